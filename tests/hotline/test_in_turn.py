"""One case that cannot be rung for keeps no other waiting: a fault, a line, a hand on it."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from hotline import actions, sending, sweeps
from hotline.gateways.base import Receipt
from hotline.gateways.console import Console
from hotline.models import Alert
from safekeeping import events, rls
from tests.conftest import NOW, as_owner


def alerts():
    later = NOW + timedelta(hours=1)  # the sweep sees what is due
    with rls.acting(actor=None, now=later, system="sweep"):
        return list(Alert.objects.order_by("pk"))


def two_alerts(cast, report, on_duty):
    """One each of two cases, both due."""
    on_duty(cast["worker"])
    report()
    report()
    return alerts()


@pytest.mark.django_db
def test_alert_that_fails_keeps_no_later_one_waiting(cast, report, on_duty, monkeypatch):
    failing, _other = two_alerts(cast, report, on_duty)
    ring_next = actions.ring_next

    def ring(alert, *, now):
        return ring_next(alert, now=now) if alert.pk != failing.pk else 1 / 0

    monkeypatch.setattr(actions, "ring_next", ring)

    with pytest.raises(ZeroDivisionError):
        sweeps.ring_due(NOW)

    assert [one.state for one in alerts()] == ["OPEN", "NOTIFIED"]


@pytest.mark.django_db
def test_text_that_fails_keeps_no_later_one_waiting(cast, report, on_duty, monkeypatch):
    two_alerts(cast, report, on_duty)
    sweeps.ring_due(NOW)
    tried = []

    def send(self, *, number, text, key):
        tried.append(key)
        if len(tried) == 1:
            raise ZeroDivisionError  # no fault that a gateway knows
        return Receipt(provider_id=key)

    monkeypatch.setattr(Console, "send", send)

    with pytest.raises(ZeroDivisionError):
        sending.send_due(NOW)

    assert len(tried) == 2


@pytest.mark.django_db(transaction=True)
def test_case_in_a_hand_that_stands_still_keeps_no_other_waiting(
    cast, report, on_duty, monkeypatch
):
    """A page's process that is stopped in the middle of an act keeps what it holds."""
    monkeypatch.setattr(rls, "SOON", "20ms")
    held, _other = two_alerts(cast, report, on_duty)

    with as_owner() as stopped, pytest.raises(OperationalError, match="lock timeout"):
        stopped.execute("SELECT pg_advisory_xact_lock(%s)", [held.case_id])
        sweeps.ring_due(NOW)

    assert [one.state for one in alerts()] == ["OPEN", "NOTIFIED"]
    sweeps.ring_due(NOW)
    assert [one.state for one in alerts()] == ["NOTIFIED", "NOTIFIED"]


@pytest.mark.django_db
def test_what_falls_due_at_one_moment_rings_in_the_order_it_came(cast, report, on_duty):
    """Not as the rows happen to lie: a row that is written again lies behind all others."""
    first, second = two_alerts(cast, report, on_duty)
    with rls.acting(actor=None, now=NOW, system="sweep"), rls.on_case(first.case_id):
        Alert.objects.get(pk=first.pk).save()

    rung = []
    with events.overheard(rung.append):
        sweeps.ring_due(NOW)

    assert [event.subject for event in rung] == [first.reference, second.reference]
