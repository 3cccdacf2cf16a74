"""A handover that was accepted: the receiver becomes the case's owner."""

from datetime import datetime

from casework import access
from casework.models import Case
from network.actors import Actor
from referral.models import Referral


def take_over(referral: Referral, case: Case, *, actor: Actor, now: datetime) -> None:
    """Change the owner in hand; tasks and clocks move along, the old owner keeps 14 days.

    Records case.handed_over, upon which the other live referrals follow the new owner.
    """
    access.change_owner(case, agency=referral.to_agency, actor=actor, now=now, reason="handover")
