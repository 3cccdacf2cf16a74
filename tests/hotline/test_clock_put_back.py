"""A clock that was ahead for a while silences nobody once it is right again."""

from datetime import timedelta

import pytest

from hotline import actions, rules, sweeps
from hotline.models import Alert
from safekeeping import rls
from tests.conftest import NOW

AHEAD = NOW + timedelta(hours=2)
pytestmark = pytest.mark.django_db


def alert_of(cast):
    with rls.acting(actor=cast["worker"], now=NOW):
        return Alert.objects.get()


def test_alert_rung_under_a_clock_ahead_goes_on_ringing(cast, report, on_duty):
    on_duty(cast["worker"], turn=1)
    on_duty(cast["colleague"], turn=2)
    report()
    sweeps.ring_due(AHEAD)

    assert sweeps.ring_due(NOW) == 1

    assert (alert_of(cast).step, alert_of(cast).next_action_at) == (1, NOW + timedelta(minutes=5))


def test_alert_answered_under_a_clock_ahead_is_looked_at_again(cast, report, on_duty):
    report(danger_now="yes")
    with rls.acting(actor=cast["worker"], now=AHEAD):
        reference = alert_of(cast).reference
        actions.acknowledge_alert(actor=cast["worker"], reference=reference, now=AHEAD)

    assert sweeps.ring_due(NOW) == 1

    assert alert_of(cast).state == "OPEN"


def test_alert_answered_while_the_sweep_is_at_its_round_rests(cast, report):
    report(danger_now="yes")
    answered = NOW + timedelta(seconds=20)
    with rls.acting(actor=cast["worker"], now=answered):
        reference = alert_of(cast).reference
        actions.acknowledge_alert(actor=cast["worker"], reference=reference, now=answered)

    assert sweeps.ring_due(NOW) == 0

    assert alert_of(cast).state == "ACKNOWLEDGED"


@pytest.mark.parametrize("opened", [NOW, AHEAD])
def test_no_rung_is_further_off_than_rungs_are_apart(opened):
    due = rules.next_rung(0, opened=opened, now=NOW)

    assert due == NOW + timedelta(minutes=5)
