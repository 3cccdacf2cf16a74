"""An alert's own job: before all others in the queue, and about nothing but its alert."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline import sending, sweeps
from hotline.models import Alert
from safekeeping import events, rls
from tests.conftest import NOW
from tests.hotline.test_alerts import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(monkeypatch):
    made = Desk()
    monkeypatch.setattr(sending, "gateway", lambda: made)
    return made


def ringing():
    """All that is rung at all, oldest first."""
    with rls.acting(actor=None, now=NOW, system="sweep"):
        return list(Alert.objects.filter(next_action_at__lte=NOW).order_by("pk"))


def test_a_new_alert_waits_for_no_other(cast, report, on_duty, desk):
    on_duty(cast["worker"])
    report()
    report()
    older, newer = ringing()

    sweeps.ring_now(newer.reference, newer.case_id, NOW)

    assert [text for _number, text, _key in desk.sent] == [sending.rules.text_of(newer.mark)]
    assert [one.pk for one in ringing()] == [older.pk]


def test_its_job_done_twice_texts_once(cast, report, on_duty, desk):
    on_duty(cast["worker"])
    report()
    (alert,) = ringing()

    for _ in range(2):
        sweeps.ring_now(alert.reference, alert.case_id, NOW)

    assert len(desk.sent) == 1


def test_its_job_stands_before_every_other(cast, report):
    report()

    jobs = ProcrastinateJob.objects.filter(status="todo").order_by("-priority", "id")
    named = [job.args["handler"] for job in jobs]
    assert named[0] == "hotline.handlers.ring_at_once"
    assert {job.priority for job in jobs} == {events.FIRST, events.IN_TURN}
    assert [n for n in named if n == named[0]] == named[: named.count(named[0])]
