"""Each action: what it does, what it records, and each refusal."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from casework.models import Block, Deadline, Override
from casework.sweeps.clocks import breach_due
from hotline.models import Alert
from network.models import Agency
from safekeeping import events, keys, rls
from safekeeping.errors import KeysUnavailable, NotVisible, RuleBroken, Stale
from safekeeping.models import Event
from shelters import actions
from shelters.groups import ArrivalCard
from shelters.models import BedUse, Stay
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


def test_going_out_says_where_by_a_word_of_the_list():
    stay = make_admitted()

    with pytest.raises(RuleBroken, match="unknown-code"):
        do("keeper", actions.go_away, reference=stay.reference, why="Chị Lan ở bệnh viện")

    assert fresh(stay).state == "ADMITTED"


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


def test_a_hold_that_is_over_rings_its_owner_once():
    stay = make_held()
    over = NOW + HOUR

    breach_due(over)
    lapse_holds(over)

    with rls.acting(actor=None, now=over, system="sweep"):
        rung = Alert.objects.ringing().filter(case_id=stay.case_id)
        about = set(rung.values_list("topic", "code"))
    assert "safe_check.raised" in {topic for topic, _code in about}
    assert ("deadline.breached", "hold_until") not in about


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


def test_a_house_sees_the_risk_as_it_is_judged_now():
    stay = make_stay()
    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        events.record(
            "case.reassessed", subject=stay.case, actor=actor_named("worker"), at=NOW,
            code="extreme",
        )  # fmt: skip

    assert fresh(stay).level == "extreme"
