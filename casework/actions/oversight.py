"""Looking at how others looked: a reason in words, and the auditor's view of the chain."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Subquery

from casework import policy
from casework.models import BreakGlass, Closure, Death, Override
from network.actors import Actor
from network.models import Agency
from network.roles import Role
from safekeeping import events, rls
from safekeeping.errors import require
from safekeeping.models import Event, EventSeal
from safekeeping.sealed import open_fields

# kind → model, the sealed sentence.
REASONS: dict[str, tuple[Any, str]] = {
    "override": (Override, "why"),
    "breakglass": (BreakGlass, "words"),
    "death": (Death, "words"),
}
LOOKED_BACK = timedelta(days=30)


def read_reason(*, actor: Actor, kind: str, reference: UUID, now: datetime) -> str:
    """The sentence that came with an override or an emergency opening; empty if none yet.

    kind: override, breakglass or death. Raises NotVisible, PermissionDenied (not the one who acted
    nor of the office asked to review), Unreadable. Records case.seen with the group "reasons".
    """
    model, field = REASONS[kind]
    with rls.on_case_of(model.objects.visible_to(actor).case_ids(reference)):
        row = model.objects.select_related("case").get(reference=reference)
        is_mine = row.done_by == actor.user_id
        require(is_mine or policy.may_review(actor, row))
        return _sentence(row, field, actor=actor, now=now)


def read_closing_words(*, actor: Actor, reference: UUID, now: datetime) -> str:
    """What the proposer wrote for whoever decides; once it came back, what is to be done first.

    reference: the Closure's. Raises NotVisible, PermissionDenied (not of the owner: an asked desk
    opens nothing), Unreadable. Records case.seen with the group "reasons".
    """
    with rls.on_case_of(Closure.objects.visible_to(actor).case_ids(reference)):
        row = Closure.objects.select_related("case").get(reference=reference)
        require(policy.is_of_owner(actor, row.case))
        return _sentence(row, "words", actor=actor, now=now)


def _sentence(row: Any, field: str, *, actor: Actor, now: datetime) -> str:
    """One sealed sentence of a row in hand. Records case.seen."""
    open_fields([row], [field])
    events.record("case.seen", subject=row.case, actor=actor, at=now, groups=["reasons"])
    words = getattr(row, field)
    return words.text if words else ""


@dataclass(frozen=True)
class Audit:
    """The chain, and how often what happened in 30 days: no case, no person."""

    sealed: int
    sealed_at: datetime | None
    waiting: int
    counts: list[tuple[str, int]]


def audit(*, actor: Actor, now: datetime) -> Audit:
    """What an auditor sees. Raises PermissionDenied. Records audit.read."""
    require(actor.has(Role.AUDITOR))
    last = EventSeal.objects.order_by("-number")
    offices: Any = Agency.objects.annotate(
        sealed=Subquery(last.values("number")[:1]), sealed_at=Subquery(last.values("sealed_at")[:1])
    )
    with rls.acting(actor=actor, now=now, system="audit"):
        office = offices.get(pk=actor.agency_id or 0)
        sealed = office.sealed or 0
        recent = Count("id", filter=Q(recorded_at__gt=now - LOOKED_BACK))
        topics = Event.objects.values("topic").annotate(n=recent, ever=Count("id"))
        counts = list(topics.order_by("-n", "topic"))
        found = Audit(
            sealed=sealed,
            sealed_at=office.sealed_at,
            waiting=max(sum(row["ever"] for row in counts) - sealed, 0),
            counts=[(row["topic"], row["n"]) for row in counts if row["n"]],
        )
    events.record("audit.read", subject=office, actor=actor, at=now)
    return found
