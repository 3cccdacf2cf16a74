"""Every state × edge × person of a stay, and the same edges in the database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from network.actors import Actor
from safekeeping import rls, states
from safekeeping.errors import NotVisible, RuleBroken
from shelters import actions
from shelters.models import ASLEEP, LIVE, OPEN, Stay, StayState
from shelters.rules import Party
from shelters.sweeps import lapse_holds
from tests.conftest import NOW
from tests.shelters.conftest import (
    actor_named,
    bed,
    do,
    fresh,
    make_admitted,
    make_held,
    make_stay,
)

S = StayState
DOCUMENTED = {
    ("REQUESTED", "WAITING"), ("REQUESTED", "HELD"), ("WAITING", "HELD"),
    ("SAFE_ELSEWHERE", "HELD"), ("REQUESTED", "SAFE_ELSEWHERE"), ("WAITING", "SAFE_ELSEWHERE"),
    ("HELD", "ADMITTED"), ("HELD", "LAPSED"), ("HELD", "CANCELLED"), ("REQUESTED", "CANCELLED"),
    ("WAITING", "CANCELLED"), ("SAFE_ELSEWHERE", "CANCELLED"), ("ADMITTED", "AWAY"),
    ("AWAY", "ADMITTED"), ("ADMITTED", "DISCHARGED"), ("AWAY", "DISCHARGED"),
    ("ADMITTED", "TRANSFERRED"), ("AWAY", "TRANSFERRED"), ("ADMITTED", "LEFT_UNTOLD"),
    ("AWAY", "LEFT_UNTOLD"), ("HELD", "VOIDED"), ("ADMITTED", "VOIDED"),
}  # fmt: skip
LATER = NOW + timedelta(hours=2)


def waiting() -> Stay:
    """Nobody has seven beds that fit."""
    return make_stay(party=Party(adults=9, sex="female", needs=("wheelchair",)))


def elsewhere() -> Stay:
    stay = make_stay()
    check = NOW + timedelta(hours=5)
    do("worker", actions.settle_elsewhere, reference=stay.reference, kind="relatives",
       next_check_at=check)  # fmt: skip
    return fresh(stay)


def after(make: Callable[[], Stay], name: str, action: Callable[..., Any], **given: Any) -> Stay:
    stay = make()
    do(name, action, reference=stay.reference, **given)
    return fresh(stay)


def lapsed() -> Stay:
    stay = make_held()
    lapse_holds(LATER)
    return fresh(stay, at=LATER)


def transferred() -> Stay:
    stay = make_admitted()
    new = do("keeper", actions.ask_transfer, reference=stay.reference)
    do("coordinator", actions.hold_beds, reference=new, chosen=[bed("trung-tam", "A1").reference])
    do("keeper", actions.transfer, reference=stay.reference)
    return fresh(stay)


LEFT = {"reason": "relatives", "next_place": "relatives"}
MAKE: dict[str, Callable[[], Stay]] = {
    S.REQUESTED: make_stay,
    S.WAITING: waiting,
    S.SAFE_ELSEWHERE: elsewhere,
    S.HELD: make_held,
    S.ADMITTED: make_admitted,
    S.AWAY: lambda: after(make_admitted, "keeper", actions.go_away, why="health"),
    S.LAPSED: lapsed,
    S.CANCELLED: lambda: after(make_stay, "worker", actions.cancel_request, reason="own_decision"),
    S.DISCHARGED: lambda: after(make_admitted, "keeper", actions.discharge, **LEFT),
    S.TRANSFERRED: transferred,
    S.LEFT_UNTOLD: lambda: after(make_admitted, "keeper", actions.leave_untold),
    S.VOIDED: lambda: after(make_held, "keeper", actions.void_stay, reason="wrong_bed"),
}

# action → keywords, and the states that it moves from.
ACTS: dict[str, tuple[Callable[..., Any], dict[str, Any], tuple[str, ...]]] = {
    "hold": (actions.hold_beds, {}, OPEN),
    "elsewhere": (
        actions.settle_elsewhere,
        {"kind": "relatives", "next_check_at": NOW + timedelta(hours=1)},
        (S.REQUESTED, S.WAITING),
    ),
    "check": (actions.check_elsewhere, {"safe": True}, (S.SAFE_ELSEWHERE,)),
    "admit": (actions.admit, {}, (S.HELD,)),
    "cancel": (actions.cancel_request, {"reason": "own_decision"}, (*OPEN, S.HELD)),
    "away": (actions.go_away, {"why": "health"}, (S.ADMITTED,)),
    "back": (actions.come_back, {}, (S.AWAY,)),
    "discharge": (actions.discharge, LEFT, ASLEEP),
    "untold": (actions.leave_untold, {}, ASLEEP),
    "void": (actions.void_stay, {"reason": "wrong_bed"}, (S.HELD, S.ADMITTED)),
    "review": (actions.review_stay, {}, ASLEEP),
    "party": (actions.change_party, {"party": Party(sex="female")}, LIVE),
}
OWNER_SIDE = {"elsewhere", "check"}  # the house has no say in these
PEOPLE = (
    "worker",
    "keeper",
    "other_keeper",
    "coordinator",
    "officer",
    "nurse",
    "stranger_worker",
)


def sees(who: str, state: str) -> bool:
    if who in {"worker", "leader"}:
        return True
    if who in {"coordinator", "other_keeper"}:
        return state in OPEN
    if who == "keeper":
        return state in OPEN or state not in {S.CANCELLED}
    return False


def may(who: str, act: str, state: str) -> bool:
    if who in {"worker", "leader", "coordinator"}:
        return True
    if act in OWNER_SIDE:
        return False
    if act == "hold":
        return True  # a keeper offers the own beds
    return who == "keeper" and state not in OPEN


def expected(who: str, act: str, state: str) -> str:
    if not sees(who, state):
        return "NotVisible"
    if not may(who, act, state):
        return "PermissionDenied"
    return "done" if state in ACTS[act][2] else "refused"


def outcome(actor: Actor, act: str, stay: Stay, at: Any) -> str:
    action, given, _ = ACTS[act]
    try:
        with transaction.atomic(), rls.acting(actor=actor, now=at):
            action(actor=actor, reference=stay.reference, now=at, **given)
            raise InterruptedError  # roll back: the next one begins from the same state
    except InterruptedError:
        return "done"
    except (NotVisible, PermissionDenied) as refusal:
        return type(refusal).__name__
    except (TransitionNotAllowed, RuleBroken):
        return "refused"


def test_the_machine_is_the_documented_one():
    assert set(states.edges(Stay)) == DOCUMENTED


@pytest.mark.parametrize("state", MAKE)
def test_every_edge_for_every_person(houses, state):
    stay = MAKE[state]()
    assert stay.state == state
    # A waiting family still finds no bed: asking again is refused as full.
    full = {("hold", who) for who in PEOPLE if state == S.WAITING}
    actors = {who: actor_named(who) for who in PEOPLE}

    came = {(act, who): outcome(actors[who], act, stay, NOW) for act in ACTS for who in PEOPLE}

    wanted = {
        (act, who): "refused"
        if (act, who) in full and expected(who, act, state) == "done"
        else expected(who, act, state)
        for act in ACTS
        for who in PEOPLE
    }
    assert came == wanted


@pytest.mark.parametrize("state", MAKE)
def test_the_database_holds_the_same_edges(houses, state):
    stay = MAKE[state]()
    edges = {target for source, target in DOCUMENTED if source == state}

    came = {target for target in S.values if target != state and _database_lets(stay, target)}

    assert came == edges


def _database_lets(stay: Stay, target: str) -> bool:
    from django.db import connection

    actor = actor_named("worker")
    values = (
        "shelter_id = coalesce(shelter_id, (SELECT min(id) FROM shelters_shelter)),"
        " agency_id = coalesce(agency_id, (SELECT min(id) FROM network_agency)),"
        " until = coalesce(until, now())"
    )
    try:
        with transaction.atomic(), rls.acting(actor=actor, now=NOW), rls.on_case(stay.case_id):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE shelters_stay SET state = %s, {values} WHERE id = %s",
                    [target, stay.pk],
                )
                assert cursor.rowcount == 1
            raise InterruptedError
    except InterruptedError:
        return True
    except IntegrityError as refused:
        assert refused.__cause__.diag.constraint_name == "stay_edges"
        return False


@pytest.mark.parametrize("state", [s for s in S.values if s not in {S.REQUESTED, S.ADMITTED}])
def test_no_stay_is_born_in_the_middle(houses, state):
    stay = make_stay()
    with (
        rls.acting(actor=actor_named("worker"), now=NOW),
        rls.on_case(stay.case_id),
        pytest.raises(IntegrityError, match="not born as"),
        transaction.atomic(),
    ):
        Stay.born(case_id=stay.case_id, level="high", requested_at=NOW, state=state)


def test_a_state_cannot_be_assigned(houses):
    stay = make_stay()

    with pytest.raises(AttributeError):
        stay.state = S.ADMITTED


def test_live_states_are_those_that_keep_a_bed():
    assert set(LIVE) == {S.HELD, *ASLEEP}
