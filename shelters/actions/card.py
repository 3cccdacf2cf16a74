"""The arrival card: all that a keeper reads of a case."""

from datetime import datetime
from uuid import UUID

from network.actors import Actor
from safekeeping.errors import NotGranted
from safekeeping.sealed import open_fields
from shelters import policy
from shelters.actions.steps import in_hand, moved
from shelters.groups import ArrivalCard


def open_arrival_card(*, actor: Actor, reference: UUID, now: datetime) -> ArrivalCard | None:
    """Open the card to read; None if nothing was written on it.

    Raises NotVisible, NotGranted (no bed is kept here any more), Unreadable. Records stay.seen:
    what cannot be recorded is not shown.
    """
    with in_hand(actor, reference) as stay:
        if not policy.may_open_card(actor, stay, stay.case.owner_id):
            raise NotGranted
        open_fields([stay], ["arrival_card"])
        moved(stay, "stay.seen", actor=actor, at=now, groups=["arrival_card"], save=False)
        card: ArrivalCard | None = stay.arrival_card
    return card
