"""Bringing a case to where a test begins, by actions alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from casework import actions
from casework.models import Case, CaseState
from network.actors import Actor
from safekeeping import rls
from safekeeping.events import Event
from tests.conftest import NOW

S = CaseState
Cast = dict[str, Actor]
CALM = dict.fromkeys(
    ("danger_to_life", "weapon", "strangled", "threat_to_kill", "he_is_here"), "no"
)  # fmt: skip


def act(actor: Actor, action: Callable[..., Any], *, now: datetime = NOW, **given: Any) -> Any:
    """One action as a request would call it."""
    with rls.acting(actor=actor, now=now):
        return action(actor=actor, now=now, **given)


def read(actor: Actor, reference: UUID, model: Any = Case, *, now: datetime = NOW) -> Any:
    """A row as this person's agency sees it."""
    with rls.acting(actor=actor, now=now):
        return model.objects.get(reference=reference)


def rows(actor: Actor, model: Any, *, now: datetime = NOW, **lookups: Any) -> list[Any]:
    """Rows as this person's agency sees them."""
    with rls.acting(actor=actor, now=now):
        return list(model.objects.filter(**lookups).order_by("pk"))


def topics(actor: Actor, reference: UUID, *, now: datetime = NOW) -> list[str]:
    """What happened in a case, in order."""
    return [event.topic for event in happened(actor, reference, now=now)]


def happened(actor: Actor, reference: UUID, *, now: datetime = NOW) -> list[Event]:
    """The same as events; alerts, which follow what is done, are left out."""
    with rls.acting(actor=actor, now=now):
        case_id = Case.objects.get(reference=reference).pk
        events = Event.objects.filter(case_id=case_id).exclude(topic__startswith="alert.")
        return list(events.order_by("pk"))


def consented(cast: Cast, reference: UUID, *answers: str) -> None:
    act(cast["worker"], actions.record_consent, reference=reference, answers=answers or ("talk",))


def bring(cast: Cast, reference: UUID, state: str) -> UUID:
    """Walk a reported case of Tiên Tiến to a state, on time, by its worker."""
    worker = cast["worker"]
    for reached, step in WAYS[state]:
        act(cast[reached], step, reference=reference)
    assert read(worker, reference).state == state
    return reference


def _assess(**given: Any) -> None:
    actions.record_consent(answers=("talk",), **given)
    actions.assess_case(answers=CALM, **given)


def _plan(**given: Any) -> None:
    actions.agree_plan(kind="safety", **given)


def _follow(**given: Any) -> None:
    actions.start_follow_up(mode="call", **given)


def _propose(**given: Any) -> None:
    actions.propose_closure(reason="safe", **given)


CLAIM = ("worker", actions.claim_case)
ASSESS, PLAN, FOLLOW = ("worker", _assess), ("worker", _plan), ("worker", _follow)
PROPOSE, APPROVE = ("worker", _propose), ("supervisor", actions.approve_closure)
WAYS: dict[str, list[tuple[str, Callable[..., Any]]]] = {
    S.DETECTED: [],
    S.ASSIGNED: [CLAIM],
    S.ASSESSED: [CLAIM, ASSESS],
    S.SUPPORTED: [CLAIM, ASSESS, PLAN],
    S.FOLLOW_UP: [CLAIM, ASSESS, PLAN, FOLLOW],
    S.CLOSING: [CLAIM, ASSESS, PLAN, FOLLOW, PROPOSE],
    S.CLOSED: [CLAIM, ASSESS, PLAN, FOLLOW, PROPOSE, APPROVE],
}


def later(**by: float) -> datetime:
    return NOW + timedelta(**by)
