"""Legal holds: a file that a court, an inquiry or a review needs is not erased until it ends.

A file may be held for several reasons at once; erasure is refused with the one that lasts longest.
"""

from datetime import datetime
from uuid import UUID

from casework import policy
from casework.groups import HoldPaper, Words
from casework.models import Case, HoldReason, LegalHold
from network.actors import Actor
from safekeeping import erasure, events, rls
from safekeeping.errors import RuleBroken, require


def place_hold(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    holder: str,
    paper: str,
    now: datetime,
    ends: datetime | None = None,
) -> UUID:
    """Keep a case's file from being erased; returns the hold's reference.

    reason: a `HoldReason`. holder: who asked for it; paper: by what, number and date; both sealed.
    ends: exclusive; none: until it is lifted.
    Raises NotVisible, PermissionDenied (who does not lead the case), RuleBroken ("no-such-reason",
    "nothing-said" without holder or paper, "hold-over" for an end that has passed).
    Records hold.placed with the reason.
    """
    if reason not in HoldReason.values:
        raise RuleBroken("no-such-reason")
    if not holder.strip() or not paper.strip():
        raise RuleBroken("nothing-said")
    if ends is not None and ends <= now:
        raise RuleBroken("hold-over")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_hold(actor, case))
        row: LegalHold = LegalHold.born(
            case=case, reason=reason, ends=ends, placed_by_id=actor.user_id, placed_at=now,
            paper=HoldPaper(holder.strip(), paper.strip()),
        )  # fmt: skip
        erasure.hold(case.subject_reference, source=row.reference, reason=reason, ends=ends)
        events.record("hold.placed", subject=row, actor=actor, at=now, code=reason)
    return row.reference


def lift_hold(*, actor: Actor, reference: UUID, why: str, now: datetime) -> UUID:
    """Let a file go again; returns the case's reference. Nothing is erased by it.

    why: one sentence, sealed.
    Raises NotVisible, PermissionDenied, RuleBroken ("nothing-said", "not-held" if it was lifted
    before). Records hold.lifted with the reason.
    """
    if not why.strip():
        raise RuleBroken("nothing-said")
    with rls.on_case_of(LegalHold.objects.visible_to(actor).case_ids(reference)):
        row = LegalHold.objects.select_related("case").get(reference=reference)
        require(policy.may_hold(actor, row.case))
        if row.lifted_at is not None:
            raise RuleBroken("not-held")
        row.lifted_by_id, row.lifted_at = actor.user_id, now
        row.lifted_why = Words(why.strip())
        row.save(update_fields=["lifted_by", "lifted_at", "lifted_why"])
        erasure.release(row.case.subject_reference, source=row.reference)
        events.record("hold.lifted", subject=row, actor=actor, at=now, code=row.reason)
    case: Case = row.case
    return case.reference
