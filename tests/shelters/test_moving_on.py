"""To another house: asked for, held there, gone; and what its keeper is offered meanwhile."""

import pytest

from safekeeping import rls
from safekeeping.errors import RuleBroken
from shelters import actions, verbs
from shelters.models import Stay
from tests.conftest import NOW
from tests.shelters.conftest import actor_named, do, fresh, make_admitted
from tests.shelters.test_actions import events_of, stay_of, uses_of

pytestmark = pytest.mark.usefixtures("houses")


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


def offers(stay: Stay) -> set[str]:
    """What the keeper of the house is offered about moving on."""
    with rls.acting(actor=actor_named("keeper"), now=NOW):
        row = Stay.objects.get(pk=stay.pk)
    found = {verb.slug for verb in verbs.offered(actor_named("keeper"), row, None)}
    return found & {"xin-chuyen", "da-chuyen"}


def test_moving_on_is_offered_to_the_keeper_once_a_bed_is_held_elsewhere():
    stay = make_admitted()
    before = offers(stay)
    new = do("keeper", actions.ask_transfer, reference=stay.reference)
    asked = offers(stay)

    do("other_keeper", actions.hold_beds, reference=new)

    assert (before, asked, offers(stay)) == ({"xin-chuyen"}, set(), {"da-chuyen"})


def test_another_bed_can_be_asked_for_again_once_the_first_is_off():
    stay = make_admitted()
    new = do("keeper", actions.ask_transfer, reference=stay.reference)
    do("other_keeper", actions.hold_beds, reference=new)

    do("other_keeper", actions.cancel_request, reference=new, reason="too_far")

    assert offers(stay) == {"xin-chuyen"}


def test_one_transfer_at_a_time():
    stay = make_admitted()
    do("keeper", actions.ask_transfer, reference=stay.reference)

    with pytest.raises(RuleBroken, match="already-asked"):
        do("keeper", actions.ask_transfer, reference=stay.reference)


def test_what_fits_best_is_never_the_house_that_they_leave():
    """Also where its beds come first; who has none to give elsewhere waits."""
    stay = make_admitted()
    new = do("keeper", actions.ask_transfer, reference=stay.reference)

    do("keeper", actions.hold_beds, reference=new)
    waited = str(stay_of(new).state)
    do("coordinator", actions.hold_beds, reference=new)

    assert waited == "WAITING"
    assert stay_of(new).shelter_id != stay.shelter_id


def test_arriving_in_the_other_house_ends_the_stay_in_the_first():
    stay = make_admitted()
    new = do("keeper", actions.ask_transfer, reference=stay.reference)
    do("other_keeper", actions.hold_beds, reference=new)

    do("other_keeper", actions.admit, reference=new)

    row = fresh(stay)
    assert (row.state, row.next_place, uses_of(stay)) == ("TRANSFERRED", "shelter", [])
    assert stay_of(new).state == "ADMITTED"
    assert "stay.transferred" in events_of(stay)
