"""A bed that somebody else takes back leaves a person without one: the owner is rung."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.models import Alert
from safekeeping import rls
from shelters import actions
from shelters.models import Stay
from tests.conftest import NOW
from tests.shelters.conftest import actor_named, do, make_admitted, make_case, make_held, make_stay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("houses")]
CANCEL: dict[str, Any] = {"action": actions.cancel_request, "reason": "full"}
VOID: dict[str, Any] = {"action": actions.void_stay, "reason": "never_happened"}


def rung(stay: Stay) -> list[tuple[str, bool]]:
    """What rings the case's owner about this stay, and whether as an emergency."""
    worker = actor_named("worker")
    with rls.acting(actor=worker, now=NOW):
        rows = Alert.objects.visible_to(worker).ringing().filter(subject=stay.reference)
        return list(rows.values_list("topic", "emergency"))


@pytest.mark.parametrize(
    ("make", "does", "topic"),
    [(make_held, CANCEL, "stay.cancelled"), (make_admitted, VOID, "stay.voided")],
)
def test_owner_is_rung_when_the_house_takes_the_bed_back(make, does, topic):
    stay = make()

    do("keeper", reference=stay.reference, **does)

    assert rung(stay) == [(topic, False)]


@pytest.mark.parametrize(
    "make", [lambda: make_stay(emergency=True), lambda: make_stay(make_case(danger_now="yes"))]
)
def test_where_it_presses_it_is_an_emergency(make):
    held = make_held(make())

    do("keeper", reference=held.reference, **CANCEL)

    assert rung(held) == [("stay.cancelled", True)]


def test_what_the_owner_calls_off_rings_nobody():
    stay = make_held()

    do("worker", reference=stay.reference, **CANCEL)

    assert rung(stay) == []


def test_asking_for_another_bed_answers_it():
    stay = make_held()
    do("keeper", reference=stay.reference, **CANCEL)

    make_stay(stay.case, at=NOW + timedelta(minutes=1))

    assert rung(stay) == []


LEAVE: dict[str, Any] = {
    "action": actions.discharge, "reason": "house_rules", "next_place": "rented",
}  # fmt: skip


def test_owner_is_rung_when_the_house_asks_that_she_leaves():
    stay = make_admitted()

    do("keeper", reference=stay.reference, **LEAVE)

    assert rung(stay) == [("stay.leave_asked", False)]


def test_nobody_is_rung_any_more_once_she_may_stay():
    stay = make_admitted()
    do("keeper", reference=stay.reference, **LEAVE)

    do("second_keeper", actions.refuse_leave, reference=stay.reference)

    assert rung(stay) == []
