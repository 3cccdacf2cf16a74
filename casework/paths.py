"""How a case comes to the state that a fact says it is in.

On time a case takes one edge. A late fact, or an override, walks the shortest legal path and each
step says that it was out of order; an edge is never skipped. (Rules 1 and 2 of the house:
procedure may be overtaken, a fact is never refused.)
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from casework import deadlines, rules
from casework.models import Case, CaseState
from network.actors import Actor
from safekeeping import events

S = CaseState
# Edges that facts may walk by themselves; closing and reopening are decisions, not facts.
WALKED: dict[str, dict[str, str]] = {
    S.DETECTED: {"assign": S.ASSIGNED},
    S.ASSIGNED: {"support": S.SUPPORTED, "assess": S.ASSESSED},
    S.ASSESSED: {"support": S.SUPPORTED, "follow_up": S.FOLLOW_UP},
    S.SUPPORTED: {"follow_up": S.FOLLOW_UP},
    S.FOLLOW_UP: {"resume": S.SUPPORTED},
}
TOPICS = {
    "assign": "case.assigned",
    "assess": "case.assessed",
    "support": "case.supported",
    "follow_up": "case.follow_up_started",
    "resume": "case.resumed",
}


@dataclass(frozen=True)
class Moment:
    """When something was so, and when it is written down.

    guards: soft guards that were passed for danger to life; None if nobody overrode any.
    """

    at: datetime
    happened_at: datetime
    guards: tuple[str, ...] | None = None

    @property
    def is_late(self) -> bool:
        """Written down after the fact: soft guards are skipped, edges never."""
        return self.happened_at < self.at

    @property
    def may_walk(self) -> bool:
        """Whether the path may be longer than one edge."""
        return self.is_late or self.guards is not None


def moment(now: datetime, happened_at: datetime | None) -> Moment:
    """Raises RuleBroken("in-the-future")."""
    return Moment(at=now, happened_at=rules.fact_time(happened_at, now))


def route(state: str, sources: Collection[str]) -> list[str]:
    """The shortest edges to one of the sources; none if already there, or if none leads there."""
    waiting = deque([(state, [])]) if state not in sources else deque()  # type: ignore[var-annotated]
    seen = {state}
    while waiting:
        here, path = waiting.popleft()
        for edge, there in WALKED.get(here, {}).items():
            if there in sources:
                return [*path, edge]
            if there not in seen:
                seen.add(there)
                waiting.append((there, [*path, edge]))
    return []


def walk(case: Case, sources: Collection[str], *, actor: Actor, when: Moment) -> bool:
    """Bring the case to one of the sources if the moment allows it; tells whether it walked.

    Saves the case and records every step as out of order.
    """
    path = route(case.state, sources) if when.may_walk else []
    for edge in path:
        move(case, edge, actor=actor, when=when, out_of_order=True)
    return bool(path)


def move(
    case: Case, edge: str, *, actor: Actor, when: Moment, code: str = "", out_of_order: bool = False
) -> None:
    """Take one edge, save, record. Raises TransitionNotAllowed."""
    before = str(case.state)
    getattr(case, edge)()
    if edge == "assign":
        case.worker_id, code = actor.user_id, "claimed"
    case.save(update_fields=["state", "worker"])
    if edge == "assign":
        deadlines.worker_found(case, at=when.happened_at)
    events.record(
        TOPICS[edge],
        subject=case,
        actor=actor,
        at=when.at,
        happened_at=when.happened_at,
        from_state=before,
        to_state=str(case.state),
        code=code,
        override=when.guards,
        out_of_order=out_of_order,
    )
