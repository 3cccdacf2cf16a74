"""What the one who accepted does next: start, complete, return; and voiding a mistake."""

from datetime import datetime
from uuid import UUID

from casework.groups import Words
from casework.rules import fact_time
from network import registry
from network.actors import Actor
from referral import conflicts, policy, requests
from referral.actions.answer import accept_in_hand
from referral.actions.hand import ask_if_safe, in_hand
from referral.models import ASKED, Referral
from referral.moving import moved
from safekeeping.errors import require


def start_referral(
    *, actor: Actor, reference: UUID, now: datetime, happened_at: datetime | None = None
) -> UUID:
    """Say that the work has begun. With `happened_at` also where nobody pressed accept before.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (not accepted, or begun),
    RuleBroken("in-the-future"). Records referral.started.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_work(actor, referral))
        at = fact_time(happened_at, now)
        late = _catch_up(referral, actor, happened_at, now)
        before = referral.state
        referral.start(at=at)
        moved(
            referral,
            "referral.started",
            actor=actor,
            now=now,
            before=before,
            fields=("started_at",),
            happened_at=at,
            out_of_order=late,
        )
    return reference


def complete_referral(
    *,
    actor: Actor,
    reference: UUID,
    outcome: str,
    now: datetime,
    feedback: str = "",
    happened_at: datetime | None = None,
) -> UUID:
    """End the work with its outcome; what was opened closes 14 days later.

    "Did not come" asks first whether she is safe. With `happened_at` it may be written down where
    nobody pressed accept before: the acceptance is entered with it.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (not in work),
    RuleBroken("unknown-code", "in-the-future"). Records referral.completed with the outcome.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_work(actor, referral))
        registry.require_code("referral_outcome", outcome)
        at = fact_time(happened_at, now)
        late = _catch_up(referral, actor, happened_at, now)
        before = referral.state
        referral.complete(outcome=outcome, at=at)
        _write_back(referral, feedback)
        requests.close_groups_of(referral, at, tail=True)
        moved(
            referral,
            "referral.completed",
            actor=actor,
            now=now,
            before=before,
            fields=("outcome", "completed_at", "ended_at", "feedback"),
            code=outcome,
            happened_at=at,
            out_of_order=late,
        )
        requests.hide_way(referral)
        ask_if_safe(referral, outcome, now)
    return reference


def return_referral(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    now: datetime,
    feedback: str = "",
    happened_at: datetime | None = None,
) -> UUID:
    """Give accepted work back to the sender; what was opened closes at once.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (not in work),
    RuleBroken("unknown-code", "in-the-future"). Records referral.returned with the
    reason, and block.set for a conflict.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_work(actor, referral))
        registry.require_code("return_reason", reason)
        before, at = referral.state, fact_time(happened_at, now)
        referral.give_back(reason=reason, at=at)
        _write_back(referral, feedback)
        requests.close_groups_of(referral, now)
        moved(
            referral,
            "referral.returned",
            actor=actor,
            now=now,
            before=before,
            fields=("reason", "ended_at", "feedback"),
            code=conflicts.told_code(reason),
            happened_at=at,
        )
        requests.hide_way(referral)
        ask_if_safe(referral, reason, now)
        if reason == conflicts.CONFLICT:
            conflicts.keep_out(referral, referral.case, actor=actor, now=now)
    return reference


def void_referral(*, actor: Actor, reference: UUID, reason: str, now: datetime) -> UUID:
    """Undo an acceptance made by mistake; another person than who accepted. Access ends at once.

    Raises NotVisible, PermissionDenied (the same person, or neither agency), TransitionNotAllowed
    (not accepted, or begun), RuleBroken("unknown-code"). Records referral.voided.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_void(actor, referral))
        registry.require_code("void_reason", reason)
        before = referral.state
        referral.void(reason=reason, at=now)
        requests.close_groups_of(referral, now)
        moved(
            referral,
            "referral.voided",
            actor=actor,
            now=now,
            before=before,
            fields=("reason", "ended_at"),
            code=reason,
        )
        requests.hide_way(referral)
    return reference


def _catch_up(
    referral: Referral, actor: Actor, happened_at: datetime | None, now: datetime
) -> bool:
    """A fact that is written down late is never refused: help that came before its acceptance.

    Walks the acceptance that was never entered, flagged as out of order.
    """
    if happened_at is None or referral.state not in ASKED:
        return False
    accept_in_hand(referral, actor, at=happened_at, now=now, out_of_order=True)
    return True


def _write_back(referral: Referral, words: str) -> None:
    if words:
        referral.feedback = Words(words)
