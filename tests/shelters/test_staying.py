"""Living in a house, leaving it, and who comes to the door: each verb and each refusal."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework.models import Case, Deadline
from safekeeping import rls
from safekeeping.errors import NotGranted, NotVisible, RuleBroken
from shelters import actions
from shelters.actions.walk_in import AtTheDoor
from shelters.models import Outage
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
