"""What every action of this app does first: take the case in hand and load the referral anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from casework import deadlines
from casework.models import ConsentState
from network.actors import Actor
from referral import rules
from referral.models import Ground, Referral
from safekeeping import rls
from safekeeping.errors import RuleBroken


@contextmanager
def in_hand(actor: Actor, reference: UUID) -> Iterator[Referral]:
    """See, then take: yields the referral as it stands under the case's lock.

    Raises NotVisible. What was read before the lock is old, so it is loaded here.
    """
    with rls.on_case_of(Referral.objects.visible_to(actor).case_ids(reference)):
        yield Referral.objects.select_related(
            "case__place", "consent", "to_agency", "from_agency"
        ).get(reference=reference)


def require_standing(referral: Referral) -> None:
    """Raises RuleBroken("consent-ended"): her consent no longer stands."""
    if referral.ground != Ground.CONSENT:
        return
    if referral.consent is None or referral.consent.state != ConsentState.GIVEN:
        raise RuleBroken("consent-ended")


def ask_if_safe(referral: Referral, code: str, now: datetime) -> None:
    """Silence is a danger sign first: whoever did not come or was not reached is looked for."""
    if code in rules.SILENT:
        deadlines.safe_check(referral.case, at=now, now=now, subject=referral)
