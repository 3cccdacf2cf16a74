"""Taking a request back, and reading the line that says: stop, do not contact."""

from datetime import datetime
from uuid import UUID

from network.actors import Actor
from referral import policy, requests
from referral.actions.hand import in_hand
from referral.models import State
from safekeeping import events
from safekeeping.errors import RuleBroken, require


def withdraw_referral(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Take back a request that nobody has taken on.

    Raises NotVisible, PermissionDenied (not the sender), TransitionNotAllowed (answered already).
    Records referral.withdrawn.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_withdraw(actor, referral))
        requests.withdraw(referral, referral.case, reason="sender", actor=actor, now=now)
    return reference


def acknowledge_stop(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Confirm that nobody of the agency contacts her any more.

    Raises NotVisible, PermissionDenied (not the addressee), RuleBroken("no-stop-line"): consent
    stands, or it was confirmed already. Records referral.stop_acknowledged.
    """
    with in_hand(actor, reference) as referral:
        require(policy.may_read_stop(actor, referral))
        if referral.state != State.REVOKED or referral.stop_seen_at is not None:
            raise RuleBroken("no-stop-line")
        referral.stop_seen_at, referral.stop_seen_by_id = now, actor.user_id
        referral.save(update_fields=["stop_seen_at", "stop_seen_by"])
        events.record("referral.stop_acknowledged", subject=referral, actor=actor, at=now)
    return reference
