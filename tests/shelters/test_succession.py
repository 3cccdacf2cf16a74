"""An agency with houses ends: never over somebody who has a bed there."""

from datetime import timedelta

import pytest

from hotline.models import Alert
from network import sweeps as network_sweeps
from network.actions.ending import end_agency
from network.models import Agency, Membership
from network.registry import localdate
from safekeeping import events, rls
from safekeeping.errors import RuleBroken
from safekeeping.sweeps import sweep_all
from shelters import actions
from shelters.board import board_for
from shelters.models import Shelter, StayState
from shelters.sweeps import pass_houses
from tests.conftest import NOW
from tests.shelters.conftest import (
    actor_named,
    do,
    fresh,
    make_admitted,
    make_held,
    make_stay,
)

pytestmark = pytest.mark.usefixtures("houses")

HOUSE, HEIR = "tamlanh-dongtao", "tamlanh-dinhcao"
AFTER = NOW + timedelta(days=2)


def of(code):
    return Agency.objects.get(code=code)


def end(heir=HEIR):
    """From tomorrow on, by the calendar of the province."""
    ends = localdate(NOW) + timedelta(days=1)
    Agency.objects.filter(code=HOUSE).update(valid_to=ends, successor=of(heir) if heir else None)


def house():
    with rls.acting(actor=None, now=NOW, system="setup"):
        return Shelter.objects.select_related("agency").get(code="hoan-long")


def on_board(name, now=AFTER):
    with rls.acting(actor=actor_named(name), now=now):
        return {each.shelter.code for each in board_for(actor_named(name), now).houses}


@pytest.mark.parametrize("make", [make_admitted, make_held])
def test_end_is_refused_while_somebody_has_a_bed_there(make, cast):
    make()
    Membership.objects.filter(user__username="analyst").update(roles=["network_admin"])
    admin = cast("analyst")

    with (
        rls.acting(actor=admin, now=NOW),
        pytest.raises(RuleBroken, match="somebody-sleeps-there"),
    ):
        end_agency(
            actor=admin, agency=of(HOUSE).reference, ends=AFTER.date(),
            successor=of(HEIR).reference, now=NOW,
        )  # fmt: skip

    assert of(HOUSE).valid_to is None


def test_on_the_day_it_stays_and_the_coordinator_is_rung_until_she_has_left():
    stay = make_admitted()
    end()

    network_sweeps.end_agencies(AFTER)
    events.run_jobs(AFTER)
    pass_houses(AFTER)

    assert of(HOUSE).valid_to == localdate(AFTER) + timedelta(days=1)
    assert house().agency.code == HOUSE
    assert fresh(stay).state == StayState.ADMITTED
    assert [alert.topic for alert in ringing()] == ["stay.house_ends"]

    do(
        "keeper", actions.discharge, at=AFTER, reference=stay.reference, reason="relatives",
        next_place="relatives",
    )  # fmt: skip
    assert ringing() == []


def ringing():
    desk = actor_named("coordinator")
    with rls.acting(actor=desk, now=AFTER):
        theirs = Alert.objects.visible_to(desk).ringing().filter(topic="stay.house_ends")
        return list(theirs)


def test_empty_house_passes_to_the_successor():
    end()
    assert "hoan-long" in on_board("keeper")

    sweep_all(AFTER)
    sweep_all(AFTER)

    assert house().agency.code == HEIR
    assert of(HOUSE).passed_on_at == AFTER
    with rls.acting(actor=actor_named("other_keeper"), now=AFTER):
        assert Shelter.objects.get(code="hoan-long").agency.code == HEIR
    assert "hoan-long" in on_board("other_keeper")


def test_house_without_an_heir_is_closed_and_no_bed_of_it_is_given():
    end("")

    sweep_all(AFTER)
    sweep_all(AFTER)

    assert "hoan-long" not in on_board("worker")
    stay = make_stay(at=AFTER)
    assert of(HOUSE).pk not in stay.readers


def test_request_that_it_might_answer_passes_on():
    stay = make_stay()
    assert of(HOUSE).pk in stay.readers
    end("ctxh-tb")

    pass_houses(AFTER)

    readers = set(fresh(stay, at=AFTER).readers)
    assert of(HOUSE).pk not in readers
    assert of("ctxh-tb").pk in readers
