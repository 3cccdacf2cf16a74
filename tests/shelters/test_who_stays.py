"""Who is with a family changes while it has its beds: one goes to relatives, one more comes."""

from collections.abc import Sequence

import pytest

from safekeeping.errors import NotVisible, RuleBroken
from shelters import actions
from shelters.models import Stay
from shelters.rules import Party
from tests.shelters.conftest import do, fresh, make_admitted, make_held, make_stay
from tests.shelters.test_actions import events_of, uses_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("houses")]
THREE = Party(adults=1, children=2, sex="female")


def family(make=make_admitted, names: Sequence[str] = ("2A", "2B", "2C")) -> Stay:
    return make(make_stay(party=THREE), names=tuple(names))


def change(stay: Stay, party: Party, who: str = "keeper") -> None:
    do(who, actions.change_party, reference=stay.reference, party=party)


@pytest.mark.parametrize("make", [make_held, make_admitted])
def test_bed_of_a_child_that_leaves_is_free_again(make):
    stay = family(make)

    change(stay, Party(adults=1, children=1, sex="female"))

    row = fresh(stay)
    assert (row.adults, row.children_count, events_of(stay)[-1]) == (1, 1, "stay.amended")
    assert [(use.bed.name, use.persons) for use in uses_of(stay)] == [("2A", 1), ("2B", 1)]
    make_held(names=("2C",))


def test_one_more_gets_a_bed_of_the_house():
    stay = make_admitted(make_stay(party=Party(adults=1, sex="female")))

    change(stay, Party(adults=1, children=1, sex="female"))

    used = uses_of(stay)
    assert len({use.bed_id for use in used}) == 2
    assert {use.bed.shelter_id for use in used} == {fresh(stay).shelter_id}


def test_that_there_are_more_is_written_down_where_no_bed_is_left(monkeypatch):
    stay = make_admitted(make_stay(party=Party(adults=1, sex="female")))
    monkeypatch.setattr(actions.staying.beds, "take_any", lambda stay, claim: ())

    change(stay, Party(adults=1, children=1, sharing=0, sex="female"))

    assert fresh(stay).children_count == 1
    assert [use.persons for use in uses_of(stay)] == [2]


def test_party_that_is_nobody_is_refused():
    stay = family()

    with pytest.raises(RuleBroken, match="nobody-comes"):
        change(stay, Party(adults=0, children=0))


def test_party_of_a_stay_that_is_over_is_not_changed():
    stay = family()
    do("keeper", actions.leave_untold, reference=stay.reference)

    with pytest.raises(RuleBroken, match="stay-over"):
        change(stay, Party())


def test_other_offices_change_nothing():
    stay = family()

    with pytest.raises(NotVisible):
        change(stay, Party(), who="other_keeper")
