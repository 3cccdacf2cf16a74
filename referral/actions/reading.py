"""Opening what is sealed on a referral; each opening is recorded before anything is shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

from casework import access
from casework.groups import Card
from casework.models import EmergencyCard
from network.actors import Actor
from referral import policy
from referral.actions.hand import in_hand
from referral.models import Referral
from safekeeping import events
from safekeeping.errors import NotGranted, NotVisible, require
from safekeeping.sealed import is_empty, open_fields


def open_message(*, actor: Actor, reference: UUID, now: datetime) -> str:
    """The sender's words, for the sender and for who took the request on; empty if there are none.

    A request that was sent on carries the words of the first of its round.

    Raises NotVisible, PermissionDenied (before acceptance, or after its time), Unreadable.
    Records case.seen with the group "message".
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_open_message(actor, referral, referral.case, now))
        said = _first_words(referral)
        text = _opened(said, "message") if said is not None else ""
        _record_seen(referral, "message", actor=actor, now=now)
    return text


def open_feedback(*, actor: Actor, reference: UUID, now: datetime) -> str:
    """What was written back at the end of the work.

    Raises NotVisible, PermissionDenied, Unreadable. Records case.seen with the group "feedback".
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_open_feedback(actor, referral, referral.case))
        text = _opened(referral, "feedback")
        _record_seen(referral, "feedback", actor=actor, now=now)
    return text


def open_way(*, actor: Actor, reference: UUID, now: datetime) -> Card:
    """The emergency card: exact place and ring-back, for police, emergencies and those told.

    Raises NotVisible, PermissionDenied (not asked any more, or not confirmed yet), Unreadable.
    Records card.seen.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_see_way(actor, referral))
        card = EmergencyCard.objects.filter(case_id=referral.case_id).first()
        if card is None:
            raise NotVisible
        return access.open_card(actor=actor, reference=card.reference, now=now)


def open_shared(*, actor: Actor, reference: UUID, group: str, now: datetime) -> list[Any]:
    """One group that the acceptance opened, for who accepted; the values it holds.

    Raises NotVisible, PermissionDenied (not accepted, or closed again), NotGranted, Unreadable.
    Records case.seen with the group.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_answer(actor, referral))
        require(policy.is_open_to_receiver(referral, now))
        if group not in referral.groups:
            raise NotGranted
        opened = access.open_groups(
            actor=actor, reference=referral.case.reference, groups=[group], now=now
        )
    return [one.value for one in opened.get(group, ())]


def _first_words(referral: Referral) -> Referral | None:
    if not is_empty(referral, "message"):
        return referral
    asked = Referral.objects.filter(case_id=referral.case_id, round=referral.round)
    return next((one for one in asked.order_by("pk") if not is_empty(one, "message")), None)


def _opened(referral: Referral, name: str) -> str:
    open_fields([referral], [name])
    held = getattr(referral, name)
    return held.text if held else ""


def _record_seen(referral: Referral, group: str, *, actor: Actor, now: datetime) -> None:
    events.record("case.seen", subject=referral, actor=actor, at=now, groups=(group,))
