"""Taking a bed out of use, and back. No case is concerned, so none is in hand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from network import registry
from network.actors import Actor
from safekeeping import events
from safekeeping.errors import RuleBroken, require
from shelters import policy, rules
from shelters.models import Bed, BedUse, Outage


@transaction.atomic
def stop_bed(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    now: datetime,
    ends: datetime | None = None,
) -> UUID:
    """Take a free bed out of use, until `ends` (exclusive) or until further notice.

    Raises NotVisible, PermissionDenied, RuleBroken("bed-in-use", "bed-out", "unknown-code",
    "ends-before-it-begins").
    Records bed.stopped. Returns the outage's reference.
    """
    bed = _locked(actor, reference)
    require(policy.may_stop_bed(actor, bed))
    registry.require_code("outage_reason", reason)
    rules.require_ahead(ends, now=now)
    if BedUse.objects.during(now, ends).filter(bed=bed).exists():
        raise RuleBroken("bed-in-use")
    if Outage.objects.at(now).filter(bed=bed).exists():
        raise RuleBroken("bed-out")
    outage = Outage.born(
        shelter=bed.shelter, bed=bed, reason=reason, starts=now, ends=ends, by_id=actor.user_id
    )
    events.record("bed.stopped", subject=outage, actor=actor, at=now, code=reason)
    return outage.reference


@transaction.atomic
def return_bed(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """The bed can be given again; returns its reference.

    Raises NotVisible (also if it is not out of use), PermissionDenied. Records bed.returned.
    """
    bed = _locked(actor, reference)
    require(policy.may_stop_bed(actor, bed))
    outage = Outage.objects.at(now).filter(bed=bed).first()
    if outage is not None:
        outage.ends = now
        outage.save(update_fields=["ends"])
        events.record("bed.returned", subject=outage, actor=actor, at=now)
    return reference


def _locked(actor: Actor, reference: UUID) -> Bed:
    """The bed, locked: a claimer must not take it in the same moment.

    A bed of another house cannot be locked without a case in hand, so permission is asked of the
    unlocked row first.
    """
    bed = Bed.objects.visible_to(actor).by_reference(reference)
    require(policy.may_stop_bed(actor, bed))
    return Bed.objects.select_for_update(of=("self",), no_key=True).get(pk=bed.pk)
