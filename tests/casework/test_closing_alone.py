"""Where the office of the owner has nobody else, the duty desk is the second person."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from casework import access, actions
from casework.models import (
    Case,
    CaseState,
    Closure,
)
from casework.views import together
from network.actors import Actor
from safekeeping.errors import NotVisible
from tests.casework.steps import Cast, act, bring, read, rows
from tests.casework.test_closure import approve

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]
S = CaseState
OPEN = [S.DETECTED, S.ASSIGNED, S.ASSESSED, S.SUPPORTED, S.FOLLOW_UP]


@pytest.fixture
def alone(actor: Callable[..., Actor]) -> Actor:
    """The only person of a commune who works on cases."""
    return actor("ubnd-12391", "caseworker", "supervisor", name="alone")


@pytest.fixture
def proposed(cast: Cast, report: Made, alone: Actor) -> UUID:
    case = report(commune="12391")
    act(alone, actions.claim_case, reference=case)
    act(alone, actions.propose_closure, reference=case, reason="not_confirmed")
    return case


def test_the_duty_desk_is_the_other_person_where_there_is_none(
    cast: Cast, alone: Actor, proposed: UUID
) -> None:
    with pytest.raises(PermissionDenied):
        act(alone, actions.approve_closure, reference=proposed)

    act(cast["coordinator"], actions.approve_closure, reference=proposed)

    assert read(alone, proposed).state == S.CLOSED


def test_the_desk_sees_the_case_until_it_has_answered_and_opens_nothing(
    cast: Cast, alone: Actor, proposed: UUID
) -> None:
    assert rows(cast["coordinator"], Case, reference=proposed)
    assert rows(cast["coordinator"], Closure)
    assert len(act(cast["coordinator"], asked_of)) == 1
    assert not act(cast["coordinator"], groups_of, reference=proposed)

    act(cast["coordinator"], actions.return_closure, reference=proposed, why="plan_open")

    assert not rows(cast["coordinator"], Case, reference=proposed)
    assert not rows(cast["coordinator"], Closure)
    assert read(alone, proposed).state == S.ASSIGNED


def asked_of(*, actor: Actor, now: datetime) -> list[object]:
    lines = together.closures_asked(actor=actor, now=now, limit=25)
    return [line for line in lines if "ket-thuc" in line.url]


def groups_of(*, actor: Actor, reference: UUID, now: datetime) -> frozenset[str]:
    return access.groups_for(actor, Case.objects.get(reference=reference), now)


def test_the_desk_is_not_asked_where_there_is_another_person(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSING)

    with pytest.raises(NotVisible):
        approve(cast, case, by="coordinator")
