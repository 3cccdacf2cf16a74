"""Each action: what it does, what it records, and each refusal."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import holds
from casework.models import Block, Case, Deadline, Override
from network.models import Agency
from safekeeping import keys, rls
from safekeeping.errors import KeysUnavailable, NotGranted, NotVisible, RuleBroken, Stale
from safekeeping.models import Event
from shelters import actions
from shelters.actions.walk_in import AtTheDoor
from shelters.groups import ArrivalCard
from shelters.models import BedUse, Outage, Stay
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

pytestmark = pytest.mark.usefixtures("houses")

HOUR = timedelta(hours=1)
NIGHT = NOW + timedelta(hours=12)  # 22:00 in Hưng Yên


def events_of(stay: Stay, who: str = "worker") -> list[str]:
    with rls.acting(actor=actor_named(who), now=NOW):
        rows = Event.objects.filter(subject=stay.reference).order_by("pk")
        return list(rows.values_list("topic", flat=True))


def last_event(stay: Stay) -> Event:
    with rls.acting(actor=actor_named("worker"), now=NOW):
        return Event.objects.filter(subject=stay.reference).order_by("pk").last()


def running(stay: Stay, who: str = "worker", at: datetime = NOW) -> set[str]:
    with rls.acting(actor=actor_named(who), now=at):
        rows = Deadline.objects.filter(case_id=stay.case_id, met_at=None, waived_at=None)
        return set(rows.values_list("clock", flat=True))


def uses_of(stay: Stay, who: str = "worker") -> list[BedUse]:
    with rls.acting(actor=actor_named(who), now=NOW):
        return list(BedUse.objects.filter(stay_id=stay.pk, live=True).select_related("bed"))


def stay_of(reference, who: str = "worker") -> Stay:
    with rls.acting(actor=actor_named(who), now=NOW):
        return Stay.objects.get(reference=reference)


# Asking


def test_a_bed_is_asked_for():
    stay = make_stay(party=Party(1, 2, 1, "female", 9, ("infants",)))

    assert stay.state == "REQUESTED"
    assert (stay.adults, stay.children_count, stay.sharing, stay.oldest_boy) == (1, 2, 1, 9)
    assert events_of(stay) == ["stay.requested"]


def test_without_a_fitting_bed_the_request_waits_and_an_emergency_says_so():
    stay = make_stay(party=Party(9, sex="female"), emergency=True)

    assert stay.state == "WAITING"
    assert (last_event(stay).topic, last_event(stay).code) == ("stay.waiting", "emergency")


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("officer", NotVisible), ("keeper", NotVisible), ("stranger_worker", NotVisible)],
)
def test_only_the_owners_people_ask(who, refusal):
    case = make_case()

    with pytest.raises(refusal):
        do(who, actions.request_stay, reference=case.reference, party=Party())


def test_a_second_request_is_refused():
    stay = make_stay()

    with pytest.raises(RuleBroken, match="already-asked"):
        make_stay(stay.case)


@pytest.mark.parametrize(
    ("party", "code"),
    [(Party(0, 0), "nobody-comes"), (Party(1, 1, 2), "only-children-share")],
)
def test_a_party_must_be_possible(party, code):
    case = make_case()

    with pytest.raises(RuleBroken, match=code):
        make_stay(case, party=party)


def test_a_bed_needed_within_the_hour_is_asked_for_with_the_report():
    case = make_case(needs=("bed",), adults=1, children_count=2)

    with rls.acting(actor=actor_named("worker"), now=NOW):
        stay = Stay.objects.get(case=case)
    assert (stay.adults, stay.children_count, stay.sex) == (1, 2, "female")
    assert stay.emergency
    assert stay.arrival_card_sealed.stored


def test_a_report_without_that_need_asks_for_nothing():
    case = make_case(needs=("doctor",))

    with rls.acting(actor=actor_named("worker"), now=NOW):
        assert not Stay.objects.filter(case=case).exists()


def test_with_the_keys_away_the_coded_request_is_still_saved():
    class Nowhere:
        def load(self):
            raise KeysUnavailable

    with keys.using(Nowhere()):
        case = make_case(needs=("bed",))

    with rls.acting(actor=actor_named("worker"), now=NOW):
        stay = Stay.objects.get(case=case)
    assert stay.arrival_card_sealed.stored is None


def test_the_reporter_sees_neither_stay_nor_house():
    make_case(needs=("bed",))

    officer = actor_named("officer")
    with rls.acting(actor=officer, now=NOW):
        assert not Stay.objects.exists()
        assert not Stay.objects.visible_to(officer).exists()


def test_a_request_is_changed_and_the_card_with_it():
    stay = make_stay()

    do("worker", actions.amend_request, reference=stay.reference, party=Party(1, 3, sex="female"),
       card=ArrivalCard(needs="sữa"))  # fmt: skip

    assert fresh(stay).children_count == 3
    assert "stay.amended" in events_of(stay)
    card = do("worker", actions.open_arrival_card, reference=stay.reference)
    assert (card.needs, card.alias) == ("sữa", stay.case.alias)


def test_the_later_of_two_tabs_is_noticed():
    stay = make_stay()
    do("worker", actions.amend_request, reference=stay.reference, party=Party(2), version=1)

    with pytest.raises(Stale):
        do("worker", actions.amend_request, reference=stay.reference, party=Party(3), version=1)


def test_what_has_a_bed_is_not_changed_any_more():
    stay = make_held()

    with pytest.raises(RuleBroken, match="stay-over"):
        do("worker", actions.amend_request, reference=stay.reference, party=Party(2))


def test_a_cancelled_hold_frees_its_beds_at_once():
    stay = make_held()

    do("worker", actions.cancel_request, reference=stay.reference, reason="own_decision")

    assert fresh(stay).state == "CANCELLED"
    assert uses_of(stay) == []
    assert "hold_until" not in running(stay)


def test_a_code_that_nobody_knows_is_refused():
    stay = make_stay()

    with pytest.raises(RuleBroken, match="unknown-code"):
        do("worker", actions.cancel_request, reference=stay.reference, reason="because")


# Safe elsewhere


def test_safe_elsewhere_has_a_clock_and_is_asked_again():
    stay = make_stay()
    do("worker", actions.settle_elsewhere, reference=stay.reference, kind="relatives",
       next_check_at=NOW + 5 * HOUR)  # fmt: skip
    assert "safe_elsewhere" in running(stay)

    do("worker", actions.check_elsewhere, at=NOW + 4 * HOUR, reference=stay.reference, safe=True)

    assert fresh(stay).next_check_at == NOW + 10 * HOUR
    assert "safe_elsewhere" in running(stay)
    assert "safe_check" not in running(stay)


def test_not_known_to_be_safe_raises_the_question():
    stay = make_stay()
    do("worker", actions.settle_elsewhere, reference=stay.reference, kind="relatives",
       next_check_at=NOW + HOUR)  # fmt: skip

    do("worker", actions.check_elsewhere, reference=stay.reference, safe=False)

    assert "safe_check" in running(stay)


def test_the_next_check_is_within_six_hours():
    stay = make_stay()

    with pytest.raises(RuleBroken, match="check-within-six-hours"):
        do("worker", actions.settle_elsewhere, reference=stay.reference, kind="relatives",
           next_check_at=NOW + 7 * HOUR)  # fmt: skip


# Holding


def test_a_hold_lasts_an_hour_and_tells_the_owner():
    stay = make_held(by="keeper")

    assert (stay.state, stay.until) == ("HELD", NOW + HOUR)
    assert "hold_until" in running(stay)
    assert events_of(stay)[-1] == "stay.held"


def test_a_planned_arrival_is_held_a_day():
    assert make_held(planned=True).until == NOW + timedelta(hours=24)


def test_the_best_beds_are_found_without_choosing():
    stay = make_stay(party=Party(1, 2, sex="female"))

    do("worker", actions.hold_beds, reference=stay.reference)

    assert len(uses_of(stay)) == 3


def test_a_taken_bed_is_refused():
    make_held()
    other = make_stay()

    with pytest.raises(RuleBroken, match="bed-taken"):
        make_held(other)


def test_a_family_is_not_given_half():
    stay = make_stay(party=Party(1, 2, sex="female"))

    with pytest.raises(RuleBroken, match="too-few-beds"):
        make_held(stay, names=("2A", "2B"))


def test_a_family_is_not_parted():
    stay = make_stay(party=Party(1, 1, sex="female"))
    chosen = [bed("hoan-long", "2A").reference, bed("dinh-cao", "1A").reference]

    with pytest.raises(RuleBroken, match="beds-apart"):
        do("worker", actions.hold_beds, reference=stay.reference, chosen=chosen)


def test_a_room_for_others_needs_danger_to_life_and_a_sentence():
    stay = make_stay(party=Party(1, sex="male"))
    chosen = [bed("hoan-long", "2A").reference]

    with pytest.raises(RuleBroken, match="soft-guard"):
        do("worker", actions.hold_beds, reference=stay.reference, chosen=chosen)
    do("worker", actions.hold_beds, reference=stay.reference, chosen=chosen,
       overriding="Đang bị đuổi theo")  # fmt: skip

    assert fresh(stay).state == "HELD"
    with rls.acting(actor=actor_named("worker"), now=NOW):
        assert Override.objects.get(case_id=stay.case_id).guards == ["capacity"]


def test_a_keeper_gives_only_the_own_beds():
    stay = make_stay()

    with pytest.raises(NotVisible):
        make_held(stay, by="other_keeper")


def test_a_bed_that_nobody_knows_is_not_there():
    stay = make_stay()

    with pytest.raises(NotVisible):
        do("worker", actions.hold_beds, reference=stay.reference, chosen=[uuid4()])


def test_a_blocked_house_neither_sees_nor_gets_her():
    stay = make_stay()
    house = Agency.objects.get(code="tamlanh-dongtao")
    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        Block.born(case_id=stay.case_id, agency=house, why="relative", starts=NOW)

    with pytest.raises(NotVisible):
        make_held(stay, by="keeper")
    with pytest.raises(NotVisible):
        make_held(stay, by="worker")
    do("worker", actions.hold_beds, reference=stay.reference)
    assert {use.bed.shelter_id for use in uses_of(stay)} != {bed("hoan-long", "2A").shelter_id}


def test_a_full_house_keeps_who_waits_already_waiting():
    stay = make_stay(party=Party(9, sex="female"))

    with pytest.raises(RuleBroken, match="full"):
        do("worker", actions.hold_beds, reference=stay.reference)


# Lapsing


def test_a_hold_lapses_into_the_question_whether_she_is_safe():
    stay = make_held()

    assert lapse_holds(NOW + HOUR - timedelta(seconds=1)) == 0
    assert lapse_holds(NOW + HOUR) == 1

    assert fresh(stay).state == "LAPSED"
    assert running(stay) >= {"safe_check"}
    assert "hold_until" not in running(stay)
    assert events_of(stay)[-1] == "stay.lapsed"


def test_a_bed_whose_hold_is_over_can_be_given_before_the_sweep_comes():
    make_held()

    later = make_held(make_stay(at=NOW + HOUR), at=NOW + HOUR)

    assert later.state == "HELD"


def test_who_arrives_late_finds_the_bed_if_nobody_took_it():
    stay = make_held()

    do("keeper", actions.admit, at=NOW + 2 * HOUR, reference=stay.reference)

    assert fresh(stay).state == "ADMITTED"


def test_who_arrives_late_is_told_if_somebody_took_it():
    stay = make_held()
    make_held(make_stay(at=NOW + HOUR), at=NOW + HOUR)

    with pytest.raises(RuleBroken, match="bed-taken"):
        do("keeper", actions.admit, at=NOW + HOUR, reference=stay.reference)


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


def test_a_transfer_waits_for_the_other_bed():
    stay = make_admitted()
    new = do("keeper", actions.ask_transfer, reference=stay.reference)
    with pytest.raises(RuleBroken, match="not-held-elsewhere"):
        do("keeper", actions.transfer, reference=stay.reference)

    do("other_keeper", actions.hold_beds, reference=new)
    do("keeper", actions.transfer, reference=stay.reference)

    assert fresh(stay).state == "TRANSFERRED"
    assert do("other_keeper", actions.open_arrival_card, reference=new).needs == "cháo"
    assert stay_of(new).came_from_id == stay.pk


def test_one_transfer_at_a_time():
    stay = make_admitted()
    do("keeper", actions.ask_transfer, reference=stay.reference)

    with pytest.raises(RuleBroken, match="already-asked"):
        do("keeper", actions.ask_transfer, reference=stay.reference)


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


def test_a_bed_in_use_is_not_stopped():
    make_admitted()

    with pytest.raises(RuleBroken, match="bed-taken"):
        do("keeper", actions.stop_bed, reference=bed("hoan-long", "2A").reference, reason="repair")


def test_an_edge_that_is_not_there_is_refused():
    stay = make_stay()

    with pytest.raises(TransitionNotAllowed):
        do("worker", actions.go_away, reference=stay.reference, why="health")
