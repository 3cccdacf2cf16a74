"""An office ends while an alert rings there: it rings on at the successor."""

from datetime import date, timedelta

import pytest

from casework import sweeps as casework_sweeps
from hotline import sweeps
from hotline.models import Alert, Attempt
from network import sweeps as network_sweeps
from network.models import Agency
from safekeeping import rls
from tests.hotline.test_alerts import alerts

pytestmark = pytest.mark.django_db


@pytest.fixture
def after(now):
    return now + timedelta(days=8)


def end(code, heir=""):
    Agency.objects.filter(code=code).update(
        valid_to=date(2026, 12, 1),
        successor=Agency.objects.get(code=heir) if heir else None,
    )


def pass_all(after):
    network_sweeps.end_agencies(after)
    casework_sweeps.pass_on(after)
    sweeps.pass_on(after)


def test_it_rings_at_the_successor_from_the_first_rung(cast, report, on_duty, now, after):
    on_duty(cast["worker"], 1)
    report(danger_now="yes")
    sweeps.ring_due(now)
    (before,) = alerts(cast["worker"], now, topic="case.reported")
    end("ubnd-12424", "ubnd-12070")

    pass_all(after)

    assert alerts(cast["worker"], after) == []
    (rings,) = alerts(cast["stranger"], after, topic="case.reported")
    assert (rings.pk, rings.opened_at) == (before.pk, before.opened_at)
    assert (rings.step, rings.next_action_at) == (-1, after)
    with rls.acting(actor=cast["worker"], now=after, system="deliver"):
        assert [(t.state, t.fault) for t in Attempt.objects.all()] == [("FAILED", "answered")]


def test_without_an_heir_it_rings_at_the_duty_desk(cast, report, now, after):
    report()
    end("ubnd-12424")

    pass_all(after)

    assert {a.topic for a in alerts(cast["coordinator"], after)} >= {"case.reported"}


def test_one_that_rings_there_about_the_same_already_is_enough(cast, report, now, after):
    reference = report()
    (first,) = alerts(cast["worker"], now, topic="case.reported")
    with rls.acting(actor=cast["stranger"], now=now), rls.on_case(first.case_id):
        Alert.born(
            case_id=first.case_id, topic=first.topic, subject_kind=first.subject_kind,
            subject=first.subject, agency_id=cast["stranger"].agency_id, mark=1234, opened_at=now,
            next_action_at=now,
        )  # fmt: skip
    assert reference
    end("ubnd-12424", "ubnd-12070")

    pass_all(after)

    theirs = alerts(cast["stranger"], after, topic="case.reported")
    assert [(a.state, a.mark) for a in theirs] == [("OPEN", 1234)]
    assert alerts(cast["worker"], after, topic="case.reported")[0].state == "CANCELLED"


def test_desk_that_had_been_rung_stays_rung(cast, report, on_duty, now, after):
    on_duty(cast["coordinator"], 1)
    report(danger_now="yes")
    sweeps.ring_due(now)
    end("ubnd-12424", "ubnd-12070")

    pass_all(after)

    (alert,) = alerts(cast["coordinator"], after, topic="case.reported")
    assert alert.state == "EXHAUSTED"
    assert alert.agency_id == cast["stranger"].agency_id


def test_called_off_alert_sends_no_more_texts(cast, report, on_duty, now):
    from hotline import actions

    on_duty(cast["worker"], 1)
    report()
    sweeps.ring_due(now)
    (alert,) = alerts(cast["worker"], now)
    with rls.acting(actor=cast["worker"], now=now), rls.on_case(alert.case_id):
        actions.cancel_for(case_id=alert.case_id, now=now)

    with rls.acting(actor=cast["worker"], now=now, system="deliver"):
        assert [t.state for t in Attempt.objects.all()] == ["FAILED"]
