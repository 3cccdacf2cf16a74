"""Where the person accused is: the day on which he is free is a moment of danger."""

from datetime import date, datetime
from uuid import UUID

from casework import deadlines, policy
from casework.deadlines import Clock
from casework.models import Case
from casework.paths import Moment, moment
from casework.rules import HELD, before_release
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

RELEASE = "accused_release"


def note_accused(
    *,
    actor: Actor,
    reference: UUID,
    status: str,
    held_until: date | None = None,
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """Keep where the person accused is; returns the case's reference.

    status: a code of accused_status. held_until: local day on which he may be free, of who is held
    alone; half a day before it somebody is rung to ask. Once he is held no longer, the risk is
    judged again. What was so before the newest word is told, and changes nothing.

    Raises NotVisible, PermissionDenied, RuleBroken("unknown-code", "not-held-until",
    "in-the-future"). Records accused.noted with the status.
    """
    registry.require_code("accused_status", status)
    if held_until is not None and status != HELD:
        raise RuleBroken("not-held-until")
    when = moment(now, happened_at)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_correct(actor, case))
        if case.accused_noted_at is None or case.accused_noted_at <= when.happened_at:
            keep_accused(case, status, held_until, when)
        events.record(
            "accused.noted",
            subject=case,
            actor=actor,
            at=when.at,
            happened_at=when.happened_at,
            code=status,
        )
    return reference


def keep_accused(case: Case, status: str, held_until: date | None, when: Moment) -> None:
    """Set it, and the clock that goes with it. In hand."""
    was = case.accused_status
    case.accused_status, case.held_until = status, held_until
    case.accused_noted_at = when.happened_at
    case.save(update_fields=["accused_status", "held_until", "accused_noted_at"])
    deadlines.meet(case, RELEASE, at=when.happened_at)
    if not case.is_live:
        return
    if held_until is not None:
        due = before_release(held_until, registry.zone())
        clock = Clock(RELEASE, case.owner_id, when.happened_at, due_at=due)
        deadlines.start(case, clock, now=when.at)
    elif was == HELD != status:
        again = Clock("reassess", case.owner_id, when.happened_at, variant=case.risk_level)
        deadlines.start(case, again, now=when.at)
