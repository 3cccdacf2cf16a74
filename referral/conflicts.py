"""Somebody there knows the person accused: the office is kept from the case from now on."""

from datetime import datetime

from casework import access
from casework.models import Block, Case
from referral.models import Referral
from safekeeping import events, rls

CONFLICT = "conflict"
WHY = "unclear"  # until the coordinator has asked


def told_code(reason: str) -> str:
    """What an event may say of a reason: a conflict is for coordinators alone."""
    return "" if reason == CONFLICT else reason


def keep_out(referral: Referral, case: Case, *, actor: rls.ActorLike, now: datetime) -> None:
    """Block the addressed office; in hand. The coordinator sees it in the list and may lift it.

    Records block.set.
    """
    if access.is_blocked(case.pk, agency_id=referral.to_agency_id):
        return
    block = Block.born(
        case=case,
        agency_id=referral.to_agency_id,
        why=WHY,
        by_id=actor.user_id,
        starts=now,
    )
    events.record("block.set", subject=block, actor=actor, at=now, code=WHY)
