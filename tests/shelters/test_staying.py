"""Living in a house, leaving it, and who comes to the door: each verb and each refusal."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import holds
from casework.models import Case, Deadline
from safekeeping import rls
from safekeeping.errors import NotGranted, NotVisible, RuleBroken
from shelters import actions
from shelters.actions.walk_in import AtTheDoor
from shelters.models import Outage, Stay
from shelters.rules import Party
from shelters.sweeps import lapse_holds
from tests.conftest import NOW
from tests.shelters.conftest import (
    actor_named,
    bed,
    do,
    fresh,
    make_admitted,
    make_case,
    make_held,
    make_stay,
)
from tests.shelters.test_actions import (
    HOUR,
    NIGHT,
    events_of,
    last_event,
    running,
    stay_of,
    uses_of,
)

pytestmark = pytest.mark.usefixtures("houses")


# Being there


def test_an_arrival_starts_the_weekly_review():
    stay = make_admitted()

    assert stay.arrived_at == NOW
    assert "stay_review" in running(stay)
    assert "hold_until" not in running(stay)
    assert uses_of(stay)[0].period.upper is None


def test_an_arrival_that_is_entered_late_says_so():
    stay = make_held(at=NOW - HOUR)

    do("keeper", actions.admit, reference=stay.reference, happened_at=NOW - timedelta(minutes=20))

    assert fresh(stay).arrived_at == NOW - timedelta(minutes=20)
    assert last_event(stay).out_of_order


def test_no_arrival_in_the_future():
    stay = make_held()

    with pytest.raises(RuleBroken, match="in-the-future"):
        do("keeper", actions.admit, reference=stay.reference, happened_at=NOW + HOUR)


def test_a_host_who_is_not_connected_is_stood_in_for():
    stay = make_held()

    do("worker", actions.admit, reference=stay.reference)

    assert fresh(stay).for_host
    assert last_event(stay).code == "for_host"


def test_going_out_keeps_the_bed():
    stay = make_admitted()

    do("keeper", actions.go_away, reference=stay.reference, why="health")
    assert (fresh(stay).state, len(uses_of(stay))) == ("AWAY", 1)
    do("keeper", actions.come_back, reference=stay.reference)

    assert fresh(stay).state == "ADMITTED"


def test_a_move_to_another_bed_is_an_event():
    stay = make_admitted()

    do("keeper", actions.move_bed, reference=stay.reference,
       chosen=[bed("hoan-long", "2C").reference])  # fmt: skip

    assert [use.bed.name for use in uses_of(stay)] == ["2C"]
    assert (fresh(stay).state, events_of(stay)[-1]) == ("ADMITTED", "stay.moved")


@pytest.mark.parametrize(
    ("house", "name", "code"),
    [("hoan-long", "2B", "bed-taken"), ("dinh-cao", "1A", "beds-apart")],
)
def test_a_move_is_refused(house, name, code):
    make_held(names=("2B",))
    stay = make_admitted()

    with pytest.raises(RuleBroken, match=code):
        do("keeper", actions.move_bed, reference=stay.reference,
           chosen=[bed(house, name).reference])  # fmt: skip


def test_a_review_begins_the_next_week():
    stay = make_admitted()

    do("keeper", actions.review_stay, at=NOW + timedelta(days=6), reference=stay.reference)

    with rls.acting(actor=actor_named("worker"), now=NOW):
        clocks = Deadline.objects.filter(case_id=stay.case_id, clock="stay_review", met_at=None)
        assert clocks.get().started_at == NOW + timedelta(days=6)


# Leaving


def test_leaving_frees_the_bed_and_asks_for_the_risk_again():
    stay = make_admitted()

    do("keeper", actions.discharge, reference=stay.reference, reason="relatives",
       next_place="relatives")  # fmt: skip

    assert fresh(stay).state == "DISCHARGED"
    assert uses_of(stay) == []
    assert "reassess" in running(stay)
    assert "stay_review" not in running(stay)


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        (actions.discharge, {"reason": "relatives", "next_place": "relatives"}),
        (actions.leave_untold, {}),
    ],
)
def test_nobody_leaves_before_having_come(verb, given):
    stay = make_admitted()

    with pytest.raises(RuleBroken, match="left-before-arrival"):
        do("keeper", verb, reference=stay.reference, happened_at=NOW - HOUR, **given)

    assert (fresh(stay).state, len(uses_of(stay))) == ("ADMITTED", 1)


def test_a_minute_is_not_told_apart():
    stay = make_admitted(at=NOW + timedelta(seconds=20))

    do("keeper", actions.leave_untold, at=NOW + HOUR, reference=stay.reference, happened_at=NOW)

    assert fresh(stay).ended_at == NOW + timedelta(seconds=20)


def asked_to_leave() -> Stay:
    stay = make_admitted()
    do("keeper", actions.discharge, reference=stay.reference, reason="house_rules",
       next_place="rented")  # fmt: skip
    return fresh(stay)


def test_against_her_will_it_takes_a_second_person():
    stay = asked_to_leave()
    assert (stay.state, events_of(stay)[-1]) == ("ADMITTED", "stay.leave_asked")

    with pytest.raises(PermissionDenied):
        do("keeper", actions.confirm_leave, reference=stay.reference)
    do("second_keeper", actions.confirm_leave, reference=stay.reference)

    assert fresh(stay).state == "DISCHARGED"


def test_nobody_is_sent_away_at_night():
    stay = asked_to_leave()

    with pytest.raises(RuleBroken, match="only-by-day"):
        do("leader", actions.confirm_leave, at=NIGHT, reference=stay.reference)


def test_the_second_person_may_let_her_stay():
    stay = asked_to_leave()

    do("second_keeper", actions.refuse_leave, reference=stay.reference)

    assert (fresh(stay).state, fresh(stay).reason) == ("ADMITTED", "")


@pytest.mark.parametrize("action", [actions.confirm_leave, actions.refuse_leave])
def test_nothing_to_confirm_where_nobody_asked(action):
    stay = make_admitted()

    with pytest.raises(RuleBroken, match="leave-not-asked"):
        do("second_keeper", action, reference=stay.reference)


def test_leaving_without_a_word_raises_the_question():
    stay = make_admitted()

    do("keeper", actions.leave_untold, reference=stay.reference)

    assert fresh(stay).state == "LEFT_UNTOLD"
    assert running(stay) >= {"safe_check", "reassess"}


def test_a_mistake_frees_its_bed():
    stay = make_admitted()

    do("keeper", actions.void_stay, reference=stay.reference, reason="wrong_bed")

    assert fresh(stay).state == "VOIDED"
    assert uses_of(stay) == []
    assert "stay_review" not in running(stay)


def test_a_withdrawn_consent_ends_no_stay():
    from casework.actions.consent import record_consent, withdraw_consent

    stay = make_admitted()
    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        Case.objects.filter(pk=stay.case_id).update(worker_id=actor_named("worker").user_id)
    do("worker", record_consent, reference=stay.case.reference, answers=["doctor"])

    do("worker", withdraw_consent, reference=stay.case.reference, scope="sharing")

    assert fresh(stay).state == "ADMITTED"


@pytest.mark.parametrize("make", [make_held, make_admitted])
def test_a_case_does_not_close_over_a_bed(make):
    stay = make()

    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        assert ("live-stay", 1) in {(r.code, r.count) for r in holds.holds_on(stay.case_id)}


@pytest.mark.parametrize("state", ["REQUESTED", "SAFE_ELSEWHERE"])
def test_nor_over_somebody_who_waits_for_one(state):
    """A house would keep a bed for a case that nobody works on any more."""
    stay = make_stay()
    if state == "SAFE_ELSEWHERE":
        do(
            "worker", actions.settle_elsewhere, reference=stay.reference, kind="relatives",
            next_check_at=NOW + HOUR,
        )  # fmt: skip

    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        asked = {(r.code, r.count) for r in holds.holds_on(stay.case_id)}
        assert {"open-stay", "live-stay"} & {code for code, _ in asked} == {"open-stay"}

    do("worker", actions.cancel_request, reference=stay.reference, reason="own_decision")
    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        assert not {"open-stay"} & {r.code for r in holds.holds_on(stay.case_id)}


# At the door


def walk_in(who: str = "keeper", *, names=("2B",), house="hoan-long", party=None, **more):
    return do(who, actions.admit_walk_in, party=party or Party(sex="female"),
              chosen=[bed(house, name).reference for name in names], **more)  # fmt: skip


def test_who_stands_at_the_door_sleeps_first_and_a_case_is_opened():
    reference = walk_in(door=AtTheDoor(danger_now="no", conflict="no"))

    stay = stay_of(reference, "keeper")
    assert (stay.state, stay.arrived_at) == ("ADMITTED", NOW)
    with rls.acting(actor=actor_named("keeper"), now=NOW):
        assert not Case.objects.exists()  # the keeper sees the stay, never the case


def test_who_comes_after_the_hold_lapsed_is_the_same_case():
    stay = make_held()
    lapse_holds(NOW + HOUR)

    reference = walk_in(at=NOW + 2 * HOUR, door=AtTheDoor(late=stay.reference))

    assert stay_of(reference).case_id == stay.case_id


def test_a_worker_enters_it_for_a_host():
    case = make_case()

    reference = walk_in("worker", door=AtTheDoor(case=case.reference))

    assert stay_of(reference).for_host


@pytest.mark.parametrize(("who", "refusal"), [("officer", NotVisible), ("nurse", NotVisible)])
def test_not_everybody_takes_people_in(who, refusal):
    with pytest.raises(refusal):
        walk_in(who)


def test_another_houses_keeper_may_not_take_people_in_here():
    with pytest.raises(PermissionDenied):
        walk_in("other_keeper")


@pytest.mark.parametrize(
    ("names", "party", "code"),
    [
        (("2A",), Party(sex="female"), "bed-taken"),
        (("2B",), Party(1, 2), "too-few-beds"),
        (("2B",), Party(0, 0), "nobody-comes"),
    ],
)
def test_a_walk_in_is_refused(names, party, code):
    make_held()

    with pytest.raises(RuleBroken, match=code):
        walk_in(names=names, party=party)


# The card


def test_the_keeper_opens_the_card_and_that_is_written_down():
    stay = make_held()

    card = do("keeper", actions.open_arrival_card, reference=stay.reference)

    assert (card.alias, card.needs) == ("Hoa", "cháo")
    assert (last_event(stay).topic, last_event(stay).groups) == ("stay.seen", ["arrival_card"])


def test_no_card_before_a_bed_is_held():
    stay = make_stay()

    with pytest.raises(NotGranted):
        do("keeper", actions.open_arrival_card, reference=stay.reference)


def test_no_card_after_she_has_left():
    stay = make_admitted()
    do("keeper", actions.leave_untold, reference=stay.reference)

    with pytest.raises(NotGranted):
        do("keeper", actions.open_arrival_card, reference=stay.reference)


# Outages


def test_a_bed_is_stopped_and_given_back():
    one = bed("hoan-long", "3A")
    do("keeper", actions.stop_bed, reference=one.reference, reason="repair")
    stay = make_stay(party=Party(sex="female", needs=("wheelchair",)))
    with pytest.raises(RuleBroken, match="bed-out"):
        make_held(stay, names=("3A",))

    do("keeper", actions.return_bed, reference=one.reference)

    assert make_held(stay, names=("3A",)).state == "HELD"
    with rls.acting(actor=actor_named("keeper"), now=NOW):
        assert Outage.objects.get().ends == NOW


@pytest.mark.parametrize(
    ("who", "reason", "refusal"),
    [
        ("other_keeper", "repair", PermissionDenied),
        ("officer", "repair", NotVisible),
        ("keeper", "because", RuleBroken),
    ],
)
def test_a_bed_is_not_stopped_by_everybody(who, reason, refusal):
    with pytest.raises(refusal):
        do(who, actions.stop_bed, reference=bed("hoan-long", "3A").reference, reason=reason)


def test_an_outage_does_not_end_before_it_begins():
    one = bed("hoan-long", "3A").reference

    with pytest.raises(RuleBroken, match="ends-before-it-begins"):
        do("keeper", actions.stop_bed, reference=one, reason="repair", ends=NOW)


def test_a_bed_in_use_is_not_stopped():
    make_admitted()

    with pytest.raises(RuleBroken, match="bed-in-use"):
        do("keeper", actions.stop_bed, reference=bed("hoan-long", "2A").reference, reason="repair")


def test_an_edge_that_is_not_there_is_refused():
    stay = make_stay()

    with pytest.raises(TransitionNotAllowed):
        do("worker", actions.go_away, reference=stay.reference, why="health")


# What others hear


def test_every_open_board_hears_of_a_held_bed_and_of_no_stay(monkeypatch):
    from hotline.gateways import live

    heard = []
    monkeypatch.setattr(live, "push", lambda *told: heard.append(told))

    make_held()

    assert {told for told in heard if told[0] == live.BEDS} == {(live.BEDS, "bed", "")}


def test_every_event_of_a_stay_reads_in_words():
    from casework import timeline
    from shelters import telling

    unknown = timeline.title_of("nobody.knows")

    assert unknown not in {timeline.title_of(topic) for topic in telling.TITLES}


def test_leaving_puts_no_assessment_off_that_is_due_already():
    case = make_case(danger_now="yes")
    stay = make_admitted(make_stay(case))
    later = NOW + timedelta(hours=23)

    do("keeper", actions.discharge, at=later, reference=stay.reference, reason="relatives",
       next_place="relatives")  # fmt: skip

    with rls.acting(actor=actor_named("worker"), now=later):
        clocks = Deadline.objects.filter(case_id=case.pk, clock="reassess")
        assert [(one.due_at, one.met_at) for one in clocks] == [(NOW + timedelta(hours=24), None)]
