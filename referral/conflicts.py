"""Somebody there knows the person accused: the office is kept from the case from now on."""

from datetime import datetime

from casework import access, blocks
from casework.models import Case
from referral.models import Referral
from safekeeping import rls

CONFLICT = "conflict"
WHY = "unclear"  # until the coordinator has asked


def told_code(reason: str) -> str:
    """What an event may say of a reason: a conflict is for coordinators alone."""
    return "" if reason == CONFLICT else reason


def keep_out(referral: Referral, case: Case, *, actor: rls.ActorLike, now: datetime) -> None:
    """Block the addressed office; in hand. The coordinator sees it in the list and may lift it.

    Has it the case itself by now, that passes on in the same act. Records block.set.
    """
    if not access.is_blocked(case.pk, agency_id=referral.to_agency_id):
        blocks.keep_out(
            case, agency_id=referral.to_agency_id, why=WHY, by_id=actor.user_id, actor=actor,
            now=now,
        )  # fmt: skip
