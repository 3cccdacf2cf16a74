"""An alert from the act that rings it to the person who answers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django_fsm import TransitionNotAllowed

from casework import actions as casework
from casework.models import Deadline
from hotline import actions, rules, sending, sweeps
from hotline.gateways.base import Permanent, Temporary
from hotline.models import Alert, Attempt
from network.models import Agency
from safekeeping import rls
from safekeeping.errors import NotVisible
from safekeeping.models import Event

pytestmark = pytest.mark.django_db


class Desk:
    """A gateway that keeps what it was given, and refuses what it is told to refuse."""

    name = "desk"

    def __init__(self):
        self.sent, self.refusals = [], []

    def send(self, *, number, text, key):
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append((number, text, key))
        return sending.Receipt(provider_id=f"id-{key}")


@pytest.fixture
def desk(monkeypatch):
    made = Desk()
    monkeypatch.setattr(sending, "gateway", lambda: made)
    return made


def alerts(actor, now, **about):
    with rls.acting(actor=actor, now=now):
        return list(Alert.objects.visible_to(actor).filter(**about).order_by("pk"))


def attempts(actor, now):
    with rls.acting(actor=actor, now=now, system="deliver"):
        return list(Attempt.objects.order_by("pk"))


def sweep(at):
    sweeps.ring_due(at)
    sweeps.send_due(at)


def test_report_rings_the_owner_and_nobody_else(cast, report, now):
    report()

    assert [a.topic for a in alerts(cast["worker"], now)] == ["case.reported"]
    assert alerts(cast["stranger"], now) == []


def test_grave_report_is_an_emergency(cast, report, now):
    report(danger_now="yes")

    assert alerts(cast["worker"], now)[0].emergency is True


def test_ladder_climbs_until_a_person_answers(cast, report, on_duty, desk, now):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["colleague"], 2, "0912000002")
    on_duty(cast["supervisor"], 3, "0912000003")
    on_duty(cast["coordinator"], 1, "0912000009")
    report()

    for minutes in (0, 5, 10, 15, 20):
        sweep(now + timedelta(minutes=minutes))

    assert [number for number, _text, _key in desk.sent] == [
        "0912000001",
        "0912000002",
        "0912000003",
        "0912000009",
        "0912000009",
    ]
    assert alerts(cast["coordinator"], now)[0].state == "EXHAUSTED"


def test_empty_roster_costs_no_minute(cast, report, on_duty, desk, now):
    on_duty(cast["coordinator"], 1, "0912000009")
    report()

    sweep(now)

    assert [number for number, *_ in desk.sent] == ["0912000009"]


def test_text_carries_nothing_but_a_mark(cast, report, on_duty, desk, now):
    on_duty(cast["worker"])
    report()

    sweep(now)

    (alert,) = alerts(cast["worker"], now)
    assert desk.sent[0][1] == f"Co viec moi, mo he thong. Ma {alert.mark}"


def test_answer_stops_the_ringing_and_meets_the_chairmans_clock(cast, report, on_duty, desk, now):
    on_duty(cast["worker"])
    report()
    sweep(now)
    (alert,) = alerts(cast["worker"], now)

    with rls.acting(actor=cast["worker"], now=now):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=now)
    sweep(now + timedelta(minutes=5))

    assert len(desk.sent) == 1
    with rls.acting(actor=cast["worker"], now=now):
        clock = Deadline.objects.get(case_id=alert.case_id, clock="notify_chairman")
        topics = set(Event.objects.values_list("topic", flat=True))
    assert clock.met_at == now
    assert "alert.acknowledged" in topics


def test_answered_alert_cannot_be_answered_again(cast, report, now):
    report()
    (alert,) = alerts(cast["worker"], now)
    with rls.acting(actor=cast["worker"], now=now):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=now)

    with rls.acting(actor=cast["supervisor"], now=now), pytest.raises(TransitionNotAllowed):
        actions.acknowledge_alert(actor=cast["supervisor"], reference=alert.reference, now=now)


def test_another_agency_does_not_see_it(cast, report, now):
    report()
    (alert,) = alerts(cast["worker"], now)

    with rls.acting(actor=cast["stranger"], now=now), pytest.raises(NotVisible):
        actions.acknowledge_alert(actor=cast["stranger"], reference=alert.reference, now=now)


def test_taking_the_case_on_is_the_answer(cast, report, now):
    case = report()

    with rls.acting(actor=cast["worker"], now=now):
        casework.claim_case(actor=cast["worker"], reference=case, now=now)

    (alert,) = alerts(cast["worker"], now)
    assert (alert.state, alert.answered_by_id) == ("ACKNOWLEDGED", cast["worker"].user_id)


def test_emergency_answered_but_not_acted_upon_rings_one_step_higher(
    cast, report, on_duty, desk, now
):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["colleague"], 2, "0912000002")
    report(danger_now="yes")
    sweep(now)
    (alert,) = alerts(cast["worker"], now)
    heard = now + timedelta(minutes=1)
    with rls.acting(actor=cast["worker"], now=heard):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=heard)

    half_an_hour = heard + timedelta(minutes=30)
    sweep(half_an_hour)
    sweep(half_an_hour)

    assert alerts(cast["worker"], now)[0].state == "NOTIFIED"
    assert [number for number, *_ in desk.sent][-1] == "0912000002"


def test_emergency_acted_upon_rests(cast, report, now):
    case = report(danger_now="yes")
    (alert,) = alerts(cast["worker"], now)
    with rls.acting(actor=cast["worker"], now=now):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=now)
    later = now + timedelta(minutes=10)
    with rls.acting(actor=cast["worker"], now=later):
        casework.claim_case(actor=cast["worker"], reference=case, now=later)

    sweep(now + timedelta(minutes=30))

    (alert,) = alerts(cast["worker"], now)
    assert (alert.state, alert.next_action_at) == ("ACKNOWLEDGED", None)


def test_passing_fault_is_tried_again_and_a_final_one_rings_the_next_at_once(
    cast, report, on_duty, desk, now
):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["colleague"], 2, "0912000002")
    report()
    desk.refusals = [Temporary("20429"), Permanent("21614")]

    sweep(now)
    sweep(now + timedelta(seconds=1))
    assert desk.sent == []
    sweep(now + timedelta(seconds=7))
    sweep(now + timedelta(seconds=8))

    assert [number for number, *_ in desk.sent] == ["0912000002"]
    assert [a.state for a in attempts(cast["worker"], now)] == ["FAILED", "SENT"]


def test_killed_between_claim_and_note_sends_once_more_soon(
    cast, report, on_duty, desk, now, monkeypatch
):
    on_duty(cast["worker"])
    report()
    sweeps.ring_due(now)
    with monkeypatch.context() as killed:
        killed.setattr(sending, "_note_sent", lambda *_: None)
        sweeps.send_due(now)
    sweeps.send_due(now + rules.LEASE / 2)
    assert len(desk.sent) == 1

    sweeps.send_due(now + rules.LEASE)

    assert len(desk.sent) == 2
    assert attempts(cast["worker"], now)[0].state == "SENT"


def test_blocked_person_is_not_rung(cast, report, on_duty, desk, now):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["colleague"], 2, "0912000002")
    case = report()
    blocked = _user_reference(cast["worker"])
    with rls.acting(actor=cast["supervisor"], now=now):
        casework.set_block(
            actor=cast["supervisor"], reference=case, now=now, reason="relative", user=blocked
        )

    sweep(now)

    assert [number for number, *_ in desk.sent] == ["0912000002"]


def test_office_that_owned_the_case_is_rung_no_more(cast, report, on_duty, desk, now):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["colleague"], 2, "0912000002")
    on_duty(cast["coordinator"], 1, "0912000009")
    case = report()
    sweep(now)
    desk.sent.clear()
    office = Agency.objects.get(pk=cast["worker"].agency_id).reference
    with rls.acting(actor=cast["supervisor"], now=now):
        casework.set_block(
            actor=cast["supervisor"], reference=case, now=now, reason="relative", agency=office
        )

    sweep(now + timedelta(minutes=5))

    assert {number for number, *_ in desk.sent} == {"0912000009"}


def test_office_of_the_accused_is_not_rung(cast, report, now):
    report(conflict="yes")

    assert alerts(cast["worker"], now) == []
    assert [a.topic for a in alerts(cast["coordinator"], now)] == ["case.reported"]


def test_receipt_moves_forward_only(cast, report, on_duty, desk, now):
    on_duty(cast["worker"])
    report()
    sweep(now)
    (tried,) = attempts(cast["worker"], now)
    about = {"reference": tried.reference, "provider_id": tried.provider_id, "now": now}

    actions.note_receipt(**about | {"provider_id": "another"}, status="delivered")
    actions.note_receipt(**about, status="delivered")
    actions.note_receipt(**about, status="failed")

    assert attempts(cast["worker"], now)[0].state == "DELIVERED"
    assert alerts(cast["worker"], now)[0].state == "NOTIFIED"


def test_passed_to_the_duty_desk_at_once(cast, report, on_duty, desk, now):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["coordinator"], 1, "0912000009")
    report()
    sweep(now)
    (alert,) = alerts(cast["worker"], now)

    with rls.acting(actor=cast["worker"], now=now):
        actions.pass_to_desk(actor=cast["worker"], reference=alert.reference, now=now)
    sweep(now)

    assert [number for number, *_ in desk.sent][-1] == "0912000009"
    assert [a.pk for a in alerts(cast["coordinator"], now)] == [alert.pk]


def _user_reference(actor):
    from network.models import User

    return User.objects.get(pk=actor.user_id).reference


def test_urgent_bed_rings_every_house_until_one_holds(cast, report, now):
    report(danger_now="yes", needs=("bed",))

    rung = alerts_of_all("stay.requested", now)

    assert len(rung) > 1
    assert {alert.emergency for alert in rung} == {True}


def alerts_of_all(topic, now):
    with rls.acting(actor=None, now=now, system="sweep"):
        return list(Alert.objects.filter(topic=topic))


@pytest.mark.parametrize("role", ["auditor", "analyst", "reporter"])
def test_who_is_never_rung_knows_of_no_alert(cast, report, now, role):
    report()
    (alert,) = alerts(cast["worker"], now)
    beside = replace(cast["worker"], roles=frozenset({role}))

    assert alerts(beside, now) == []
    with rls.acting(actor=beside, now=now), pytest.raises(NotVisible):
        actions.acknowledge_alert(actor=beside, reference=alert.reference, now=now)
