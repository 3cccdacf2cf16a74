"""Which beds a keeper on the stage could give away now."""

from datetime import datetime
from uuid import UUID

from network.actors import Actor
from shelters.models import Bed, BedUse


def free_beds(actor: Actor, now: datetime) -> list[UUID]:
    """Beds of the keeper's own house on which nobody lies or is awaited."""
    own = Bed.objects.visible_to(actor).filter(room__shelter__agency_id=actor.agency_id or 0)
    taken = BedUse.objects.filter(live=True, period__contains=now).values("bed_id")
    return [bed.reference for bed in own.exclude(pk__in=taken).order_by("pk")]
