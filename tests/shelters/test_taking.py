"""What changed between the look and the taking: who takes must not trust what was seen."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from safekeeping import rls
from shelters import actions, beds, rules
from shelters.models import Bed, BedUse, Shelter, Stay
from shelters.rules import Party, Place
from tests.conftest import NOW
from tests.shelters.conftest import actor_named, do, make_stay
from tests.shelters.test_races import make_house

ALONE = Party(sex="female")
IN_PRIVATE = Party(sex="female", needs=("private",))


def claim_in(house: Shelter, party: Party) -> beds.Claim:
    return beds.Claim(party, NOW, NOW + timedelta(hours=1), frozenset({house.pk}))


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Place]], None]:
    """`looked(places)`: the next look shows the beds as they were then."""

    def show(places: list[Place]) -> None:
        looks: Iterator[list[Place]] = iter([places])
        look = beds.look
        monkeypatch.setattr(beds, "look", lambda claim: next(looks, None) or look(claim))

    return show


def take(stay: Stay, claim: beds.Claim) -> list[int]:
    """What a worker gets, with the stay's case in hand."""
    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        taken = [place.bed for place in beds.take_any(stay, claim)]
        used = BedUse.objects.filter(stay=stay, live=True).values_list("bed_id", flat=True)
        assert sorted(used) == sorted(taken)
    return taken


def first_choice(claim: beds.Claim) -> tuple[list[Place], Bed]:
    """What a claimer sees now, and the bed that it would take first."""
    with rls.acting(actor=actor_named("worker"), now=NOW):
        places = beds.look(claim)
        plan: Any = rules.choose(places, claim.party)
        return places, Bed.objects.get(pk=plan.take[0].bed)


def test_a_bed_given_since_the_look_is_left_for_another(houses, looked):
    house = make_house(2)
    claim = claim_in(house, ALONE)
    seen, gone = first_choice(claim)
    do("worker", actions.hold_beds, reference=make_stay().reference, chosen=[gone.reference])
    stay = make_stay()
    looked(seen)

    taken = take(stay, claim)

    assert len(taken) == 1
    assert taken != [gone.pk]


def test_a_bed_stopped_since_the_look_is_not_given(houses, looked):
    house = make_house(2)
    claim = claim_in(house, ALONE)
    seen, gone = first_choice(claim)
    do("keeper", actions.stop_bed, reference=gone.reference, reason="repair")
    stay = make_stay()
    looked(seen)

    taken = take(stay, claim)

    assert len(taken) == 1
    assert taken != [gone.pk]


def test_a_family_takes_nothing_of_a_plan_that_lost_one_bed(houses, looked):
    house = make_house(3)
    claim = claim_in(house, Party(adults=1, children=2, sex="female"))
    seen, gone = first_choice(claim)
    do("worker", actions.hold_beds, reference=make_stay().reference, chosen=[gone.reference])
    family = make_stay()
    looked(seen)

    assert take(family, claim) == []


def test_a_private_room_in_which_somebody_lies_since_the_look_is_not_shared(houses, looked):
    house = make_house(3, tags=("private",))
    claim = claim_in(house, IN_PRIVATE)
    seen, first = first_choice(claim)
    with rls.acting(actor=None, now=NOW, system="setup"):
        beside = Bed.objects.filter(shelter=house).exclude(pk=first.pk).first()
    other = make_stay(party=IN_PRIVATE)
    do("worker", actions.hold_beds, reference=other.reference, chosen=[beside.reference])
    stay = make_stay(party=IN_PRIVATE)
    looked(seen)

    assert take(stay, claim) == []
