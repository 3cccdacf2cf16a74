"""Keeping somebody out of a case; in hand. It always has an owner who may work on it."""

from datetime import datetime

from casework import access, another, staff
from casework.models import Block, Case
from network.models import Agency
from safekeeping import events, rls
from safekeeping.errors import RuleBroken


def keep_out(
    case: Case,
    *,
    why: str,
    by_id: int | None,
    actor: rls.ActorLike,
    now: datetime,
    user_id: int | None = None,
    agency_id: int | None = None,
    code: str = "",
) -> Block:
    """Name a person or an office in the list; a blocked worker is let go, a blocked owner too.

    Who sits in the office as well is kept out with it.

    The owner's case passes to the duty desk; where that is the office, or is blocked as well, to an
    office of the province that may see it. What waits there for another person's eye is asked of
    somebody who may look. code: what the event says, if not why.
    Raises RuleBroken("hand-over-first"): no other office could take the case.
    Records block.set, and case.handed_over or case.worker_left.
    """
    block: Block = Block.born(
        case=case, user_id=user_id, agency_id=agency_id, why=why, by_id=by_id, starts=now
    )
    events.record("block.set", subject=block, actor=actor, at=now, code=code or why)
    if agency_id is not None and agency_id == case.owner_id:
        heir = _next_owner(case, now)
        access.change_owner(case, agency=heir, actor=actor, now=now, reason="blocked")
    elif case.worker_id is not None and access.is_blocked(case.pk, user_id=case.worker_id):
        case.worker = None
        case.save(update_fields=["worker"])
        access.want_worker(case, now=now)
        events.record("case.worker_left", subject=case, actor=actor, at=now, code="blocked")
    another.ask_again(case, now=now)
    return block


def _next_owner(case: Case, now: datetime) -> Agency:
    found = staff.reviewer_outside(case, now)
    if found.pk == case.owner_id:
        raise RuleBroken("hand-over-first")
    return found
