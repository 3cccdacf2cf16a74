"""What is kept of somebody who was taken in before anything was asked."""

from safekeeping import rls
from safekeeping.models import Event
from shelters import actions
from shelters.actions.walk_in import AtTheDoor
from shelters.rules import Party
from tests.conftest import NOW
from tests.shelters.conftest import bed, do, make_case


def test_the_first_event_of_a_walk_in_says_where_the_stay_begins(houses: None) -> None:
    case = make_case()

    stay = do(
        "worker", actions.admit_walk_in, party=Party(sex="female"),
        chosen=[bed("hoan-long", "2B").reference], door=AtTheDoor(case=case.reference),
    )  # fmt: skip

    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(case.pk):
        (event,) = Event.objects.filter(subject=stay, topic__startswith="stay.")
    assert (event.topic, event.from_state, event.to_state) == ("stay.admitted", "", "ADMITTED")
