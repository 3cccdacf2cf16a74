"""She has died: her bed is free, whoever came with her keeps theirs."""

from datetime import timedelta

import pytest

from casework.actions import record_death
from casework.models import Case
from safekeeping import rls
from shelters.models import StayState
from shelters.rules import Party
from tests.conftest import NOW
from tests.shelters.conftest import do, fresh, make_admitted, make_held, make_stay
from tests.shelters.test_actions import last_event, running, uses_of

pytestmark = pytest.mark.usefixtures("houses")
LATER = NOW + timedelta(hours=2)


def die(stay):
    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(stay.case_id):
        reference = Case.objects.get(pk=stay.case_id).reference
    do("worker", record_death, at=LATER, reference=reference, cause="illness")


@pytest.mark.parametrize(
    ("make", "state", "topic"),
    [
        (make_admitted, StayState.DISCHARGED, "stay.discharged"),
        (make_held, StayState.CANCELLED, "stay.cancelled"),
        (make_stay, StayState.CANCELLED, "stay.cancelled"),
    ],
)
def test_a_stay_of_hers_alone_ends(make, state, topic):
    stay = make()

    die(stay)

    after = fresh(stay, at=LATER)
    assert (after.state, after.reason, after.ended_at) == (state, "died", LATER)
    assert (last_event(stay).topic, last_event(stay).code) == (topic, "died")
    assert not [use for use in uses_of(stay) if use.live]
    assert running(stay).isdisjoint({"stay_review", "hold_until", "reassess"})


def test_her_children_keep_their_beds():
    family = make_stay(party=Party(adults=1, children=2, sharing=0, sex="female"))
    stay = make_admitted(family, names=("2A", "2B", "2C"))

    die(stay)

    after = fresh(stay, at=LATER)
    assert (after.state, after.adults, after.children_count) == (StayState.ADMITTED, 0, 2)
    assert len([use for use in uses_of(stay) if use.live]) == 3
    assert (last_event(stay).topic, last_event(stay).code) == ("stay.amended", "died")
