"""Answers to a request: only the addressee gives them; for one outside the sender records them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework import access
from casework.rules import fact_time
from network import registry
from network.actors import Actor
from referral import conflicts, policy, requests, rules
from referral.actions.hand import (
    ask_if_safe,
    in_hand,
    require_standing,
)
from referral.groups import Answerer
from referral.models import Kind, Referral
from referral.moving import moved
from safekeeping.errors import RuleBroken, require

ANSWERED = ("parts", "answered_by", "answered_at", "answered_how")


@dataclass(frozen=True)
class Said:
    """An answer of an office outside the network, as the sender heard it.

    answer: accepted, partly, declined or acknowledged. how: a code of `contact_channel`.
    """

    answer: str
    how: str
    who: str
    at: datetime
    parts: tuple[str, ...] = ()
    reason: str = ""
    words: str = ""


def accept_referral(
    *,
    actor: Actor,
    reference: UUID,
    now: datetime,
    parts: Collection[str] | None = None,
    happened_at: datetime | None = None,
) -> UUID:
    """Take a request on for the actor's agency, or the named parts of it; returns its reference.

    Opens exactly the consented groups. The first acceptance of a round wins: requests that wait
    beside it are superseded, or ask for the rest. A handover makes the receiver the case's owner.

    Raises NotVisible, PermissionDenied (not the addressee), TransitionNotAllowed (answered, won by
    another, withdrawn), RuleBroken("consent-ended", "parts-…", "in-the-future").
    Records referral.accepted or referral.partly_accepted with the groups, and case.handed_over.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_answer(actor, referral))
        accept_in_hand(referral, actor, parts=parts, at=fact_time(happened_at, now), now=now)
    return reference


def decline_referral(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """Say no for the actor's agency, with a coded reason; the sender is offered the next agency.

    A conflict keeps the office from the case from now on, and only coordinators read it. That she
    could not be reached asks first whether she is safe.

    Raises NotVisible, PermissionDenied (not the addressee), TransitionNotAllowed,
    RuleBroken("unknown-code", "in-the-future"). Records referral.declined with the
    reason, and block.set for a conflict.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_answer(actor, referral))
        _decline(referral, actor, reason=reason, at=fact_time(happened_at, now), now=now)
    return reference


def acknowledge_referral(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Confirm a notice; it opens the emergency card to the agency.

    Raises NotVisible, PermissionDenied (not the addressee), TransitionNotAllowed (confirmed
    already, or no notice). Records referral.acknowledged.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_answer(actor, referral))
        _acknowledge(referral, actor, at=now, now=now)
    return reference


def record_answer(*, actor: Actor, reference: UUID, said: Said, now: datetime) -> UUID:
    """Write down what an office outside the network answered: who, when, how.

    Raises NotVisible, PermissionDenied (not the sender, or the addressee is a member),
    TransitionNotAllowed, RuleBroken("unknown-code", "parts-…", "in-the-future").
    Records the same event as the answer itself.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_record_answer(actor, referral))
        registry.require_code("contact_channel", said.how)
        at = fact_time(said.at, now)
        if said.who or said.words:
            referral.answerer = Answerer(who=said.who, words=said.words)
            referral.save(update_fields=["answerer"])
        _settle(referral, actor, said, at=at, now=now)
    return reference


def _settle(referral: Referral, actor: Actor, said: Said, *, at: datetime, now: datetime) -> None:
    if said.answer == "declined":
        _decline(referral, actor, reason=said.reason, at=at, now=now, how=said.how)
    elif said.answer == "acknowledged":
        _acknowledge(referral, actor, at=at, now=now, how=said.how)
    elif said.answer in {"accepted", "partly"}:
        parts = said.parts if said.answer == "partly" else None
        accept_in_hand(referral, actor, parts=parts, at=at, now=now, how=said.how)
    else:
        raise RuleBroken("unknown-code")


def accept_in_hand(
    referral: Referral,
    actor: Actor,
    *,
    at: datetime,
    now: datetime,
    parts: Collection[str] | None = None,
    how: str = "",
    out_of_order: bool = False,
) -> None:
    """What an acceptance does, once it is asked and the case is in hand."""
    before, case = referral.state, referral.case
    require_standing(referral)
    if parts is None:
        referral.accept(by=actor.user_id, at=at, how=how)
        topic = "referral.accepted"
    else:
        taken = rules.require_parts(referral.needs, parts)
        referral.accept_partly(parts=taken, by=actor.user_id, at=at, how=how)
        topic = "referral.partly_accepted"
    referral.save(update_fields=["state", *ANSWERED])
    requests.open_groups_of(referral, case, now)
    requests.settle_clock(referral, case, at)
    requests.settle_round(referral, case, actor=actor, now=now)
    if referral.kind == Kind.HANDOVER:
        access.change_owner(
            case, agency=referral.to_agency, actor=actor, now=now, reason="handover"
        )
        requests.hide_way(referral)  # the owner reads the card as its own, a former one not at all
    moved(
        referral,
        topic,
        actor=actor,
        now=now,
        before=before,
        fields=None,
        code=referral.service,
        groups=tuple(referral.groups),
        happened_at=at,
        out_of_order=out_of_order,
    )


def _decline(
    referral: Referral, actor: Actor, *, reason: str, at: datetime, now: datetime, how: str = ""
) -> None:
    registry.require_code("decline_reason", reason)
    before, case = referral.state, referral.case
    referral.decline(reason=reason, by=actor.user_id, at=at, how=how)
    requests.settle_clock(referral, case, at)
    moved(
        referral,
        "referral.declined",
        actor=actor,
        now=now,
        before=before,
        fields=(*ANSWERED, "reason", "ended_at"),
        code=conflicts.told_code(reason),
        happened_at=at,
    )
    requests.hide_way(referral)
    ask_if_safe(referral, reason, now)
    if reason == conflicts.CONFLICT:
        conflicts.keep_out(referral, case, actor=actor, now=now)


def _acknowledge(
    referral: Referral, actor: Actor, *, at: datetime, now: datetime, how: str = ""
) -> None:
    before, case = referral.state, referral.case
    referral.acknowledge(by=actor.user_id, at=at, how=how)
    requests.settle_clock(referral, case, at)
    requests.show_way(referral)
    moved(
        referral,
        "referral.acknowledged",
        actor=actor,
        now=now,
        before=before,
        fields=ANSWERED,
        happened_at=at,
    )
