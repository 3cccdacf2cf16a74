"""Holding beds: all of a family's, or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from casework import access, deadlines
from casework.actions import require_or_override
from network.actors import Actor
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken, require
from shelters import beds, policy, rules
from shelters.actions.requests import hold_ends
from shelters.actions.steps import in_hand, moved
from shelters.beds import Claim
from shelters.models import Bed, Shelter, Stay, StayState
from shelters.rules import Place


def hold_beds(
    *,
    actor: Actor,
    reference: UUID,
    now: datetime,
    chosen: Sequence[UUID] = (),
    shelter: UUID | None = None,
    planned: bool = False,
    overriding: str = "",
) -> UUID:
    """Keep beds for a family for 60 minutes, or for 24 hours if the arrival is planned.

    chosen: references of beds; without any, whatever fits best, in `shelter` if one is named.
    If nothing fits, a new request goes on the waiting list. overriding: the sentence that passes
    a room not meant for these people. Raises NotVisible, PermissionDenied, TransitionNotAllowed,
    RuleBroken("bed-taken", "bed-out", "beds-apart", "beds-busy", "too-few-beds", "full",
    "soft-guard": a room not meant for them). Records stay.held or stay.waiting.
    """
    with in_hand(actor, reference) as stay:
        claim = _claim(actor, stay, now=now, shelter=shelter, planned=planned)
        if chosen:
            places: Sequence[Place] = _chosen(actor, stay, chosen, claim, overriding, now)
        else:
            places = beds.take_any(claim)
        if places:
            keep(stay, places, claim, actor=actor, planned=planned)
        else:
            _wait(stay, actor, now)
    return reference


def _claim(
    actor: Actor, stay: Stay, *, now: datetime, shelter: UUID | None, planned: bool
) -> Claim:
    seen = Shelter.objects.visible_to(actor)
    if shelter is not None:
        seen = seen.filter(pk=seen.by_reference(shelter).pk)
    blocked, owner = access.blocked_agencies(stay.case_id), stay.case.owner_id
    mine = [
        one for one in seen.exclude(agency_id__in=blocked) if policy.may_hold(actor, one, owner)
    ]
    require(bool(mine))
    return Claim(
        party=beds.party_of(stay),
        starts=now,
        ends=hold_ends(now, planned=planned),
        shelters=frozenset(one.pk for one in mine),
        start=stay.pk,
    )


def _chosen(
    actor: Actor, stay: Stay, chosen: Sequence[UUID], claim: Claim, overriding: str, now: datetime
) -> list[Place]:
    found = find_beds(actor, chosen)
    if any(bed.shelter_id not in claim.shelters for bed in found):
        raise NotVisible
    places = beds.take_these([bed.pk for bed in found], claim)
    require_together(places)
    if len(places) < claim.party.beds:
        raise RuleBroken("too-few-beds", beds=claim.party.beds)
    if not all(rules.fits(place, claim.party) for place in places):
        require_or_override(
            stay.case, actor=actor, action="hold_beds", failed=["capacity"],
            overriding=overriding, now=now,
        )  # fmt: skip
    return places


def find_beds(actor: Actor, references: Sequence[UUID]) -> list[Bed]:
    """Beds that this person sees. Raises NotVisible if one is missing."""
    found = list(Bed.objects.visible_to(actor).filter(reference__in=references))
    if not found or len(found) != len(set(references)):
        raise NotVisible
    return found


def require_together(places: Sequence[Place]) -> None:
    """A family sleeps under one roof."""
    if len({place.shelter for place in places}) > 1:
        raise RuleBroken("beds-apart")


def keep(stay: Stay, places: Sequence[Place], claim: Claim, *, actor: Actor, planned: bool) -> None:
    """Turn locked beds into a hold; starts hold_until, which the owner hears of."""
    assert claim.ends is not None
    before = str(stay.state)
    shelter = Shelter.objects.get(pk=places[0].shelter)
    stay.hold(shelter=shelter, until=claim.ends, planned=planned)
    beds.give(stay, places, claim)
    deadlines.meet(stay.case, "safe_elsewhere", at=claim.starts, subject=stay)
    deadlines.start(
        stay.case, "hold_until", at=claim.starts, agency_id=stay.case.owner_id, subject=stay,
        variant="planned" if planned else "",
    )  # fmt: skip
    code = "planned" if planned else ""
    moved(stay, "stay.held", actor=actor, at=claim.starts, before=before, code=code)


def _wait(stay: Stay, actor: Actor, now: datetime) -> None:
    """Nothing fits: a new request waits. Raises RuleBroken("full") where it waits already."""
    if stay.state != StayState.REQUESTED:
        raise RuleBroken("full")
    stay.wait()
    code = "emergency" if stay.emergency else ""
    moved(stay, "stay.waiting", actor=actor, at=now, before=StayState.REQUESTED, code=code)


def lapse_hold(*, reference: UUID, case_id: int, now: datetime) -> bool:
    """End a hold whose time is over, and ask whether she is safe: not arriving is a danger sign.

    For the sweep, which found it due; returns whether it still was. Records stay.lapsed.
    """
    with rls.on_case(case_id):
        stay = Stay.objects.select_related("case").get(reference=reference)
        if stay.state != StayState.HELD or stay.until is None or stay.until > now:
            return False
        ended = stay.until
        stay.lapse(at=ended)
        beds.free(stay, at=ended)
        # The question whether she is safe takes over from the clock of the hold.
        deadlines.meet(stay.case, "hold_until", at=now, subject=stay)
        deadlines.safe_check(stay.case, at=ended, now=now, subject=stay)
        moved(stay, "stay.lapsed", actor=None, at=now, before=StayState.HELD, happened_at=ended)
    return True
