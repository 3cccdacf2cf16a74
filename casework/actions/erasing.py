"""Erasure: what was told in confidence becomes unreadable; codes stay and are counted."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework import policy
from casework.models import Case, CaseState, Survivor, SurvivorIndex
from network.actors import Actor
from safekeeping import erasure, events, rls
from safekeeping.errors import RuleBroken, require


class EraseReason(models.TextChoices):
    """Why a file may be erased; verified with her alone where she asked for it."""

    HER_REQUEST = "her_request", _("The person asked for it")
    RETENTION_OVER = "retention_over", _("The time for which it had to be kept is over")
    BY_MISTAKE = "entered_by_mistake", _("It was entered by mistake")


def erase_survivor(*, actor: Actor, reference: UUID, reason: str, now: datetime) -> UUID:
    """Destroy the key of a closed case's survivor, and what she could be found by.

    Nothing brings it back but a backup of before, until its wrapping key is destroyed too.
    reason: an `EraseReason`.
    Raises NotVisible, PermissionDenied (who does not lead the case), RuleBroken ("no-such-reason",
    "case-open", "legal-hold" with its reason and end). Records survivor.erased.
    """
    if reason not in EraseReason.values:
        raise RuleBroken("no-such-reason")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_erase(actor, case))
        if case.state != CaseState.CLOSED:
            raise RuleBroken("case-open")
        erasure.erase_subject(case.subject_reference, reason=reason, now=now)
        survivor = Survivor.objects.get(case=case)
        events.record("survivor.erased", subject=survivor, actor=actor, at=now, code=reason)
    return reference


@erasure.on_erase
def delete_indexes(subject: UUID) -> None:
    """Nobody finds her by name or number again; also when a ledger is replayed after a restore."""
    for case_id in Case.objects.filter(subject_reference=subject).values_list("pk", flat=True):
        with rls.on_case(case_id):
            SurvivorIndex.objects.filter(case_id=case_id).delete()
