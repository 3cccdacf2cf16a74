"""Holding beds: all of a family's, or none."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from casework import access, deadlines
from casework.actions import require_or_override
from casework.deadlines import Clock
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

    chosen: references of beds; without any, whatever fits best, in `shelter` if one is named, and
    never in the house that they move out of. If nothing fits, a new request goes on the waiting
    list. overriding: the sentence that passes a room not meant for these people.
    Raises NotVisible, PermissionDenied, TransitionNotAllowed,
    RuleBroken("bed-taken", "bed-out", "beds-apart", "beds-busy", "too-few-beds", "full",
    "soft-guard": a room not meant for them). Records stay.held or stay.waiting.
    """
    with in_hand(actor, reference) as stay:
        houses = _houses(actor, stay, shelter)
        claim = _claim(stay, houses, now=now, planned=planned)
        if chosen:
            places: Sequence[Place] = _chosen(actor, stay, chosen, claim, overriding, now)
        else:
            places = beds.take_any(stay, beds.elsewhere(claim, stay.came_from))
        if places:
            keep(stay, houses[places[0].shelter], claim, actor=actor, planned=planned)
        else:
            _wait(stay, actor, now)
    return reference


def _houses(actor: Actor, stay: Stay, named: UUID | None) -> dict[int, Shelter]:
    """Houses that come into question, by their ids; one statement."""
    seen = Shelter.objects.visible_to(actor)
    if named is not None:
        seen = seen.filter(reference=named)
    blocked = access.blocks_of_offices(stay.case_id).filter(agency_id=OuterRef("agency_id"))
    found: list[Any] = list(seen.annotate(is_blocked=Exists(blocked)))
    if named is not None and not found:
        raise NotVisible
    owner = stay.case.owner_id
    mine = [one for one in found if not one.is_blocked and policy.may_hold(actor, one, owner)]
    require(bool(mine))
    return {one.pk: one for one in mine}


def _claim(stay: Stay, houses: Collection[int], *, now: datetime, planned: bool) -> Claim:
    return Claim(
        party=beds.party_of(stay),
        starts=now,
        ends=hold_ends(now, planned=planned),
        shelters=frozenset(houses),
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
    beds.give(stay, places, claim)
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


def keep(stay: Stay, house: Shelter, claim: Claim, *, actor: Actor, planned: bool) -> None:
    """Turn given beds into a hold; starts hold_until, which the owner hears of."""
    assert claim.ends is not None
    before = str(stay.state)
    stay.hold(shelter=house, until=claim.ends, planned=planned)
    if before == StayState.SAFE_ELSEWHERE:
        deadlines.meet(stay.case, "safe_elsewhere", at=claim.starts, subject=stay)
    code = "planned" if planned else ""
    clock = Clock("hold_until", stay.case.owner_id, claim.starts, variant=code, subject=stay)
    deadlines.begin(stay.case, clock)
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
        stay = Stay.objects.select_related("case", "came_from").get(reference=reference)
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
