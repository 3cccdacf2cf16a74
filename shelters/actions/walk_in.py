"""Somebody stands at the door: she sleeps first, the asking comes after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from casework.actions import report_case
from casework.models import Case, Report
from casework.reports import Facts, Sealed
from casework.rules import fact_time
from network.actors import Actor
from safekeeping import rls
from safekeeping.errors import RuleBroken, require
from shelters import beds, policy, rules
from shelters.actions.holding import find_beds, require_together
from shelters.actions.requests import born
from shelters.actions.staying import arrive
from shelters.beds import Claim
from shelters.groups import ArrivalCard
from shelters.models import Bed, Shelter, Stay, StayState
from shelters.rules import Party

WALK_IN = "walk_in"


@dataclass(frozen=True)
class AtTheDoor:
    """What a keeper asks first. late: a stay that lapsed or ended, if it is she after all."""

    danger_now: str = "unanswered"
    conflict: str = "unanswered"
    ring_back: str = ""
    case: UUID | None = None
    late: UUID | None = None


def admit_walk_in(
    *,
    actor: Actor,
    chosen: Sequence[UUID],
    party: Party,
    now: datetime,
    card: ArrivalCard | None = None,
    door: AtTheDoor | None = None,
    happened_at: datetime | None = None,
    expected_on: date | None = None,
) -> UUID:
    """Take somebody in at once; returns the stay's reference.

    Without a case or an earlier stay in `door`, a report opens one: the network hears of her in
    the same transaction. Raises NotVisible, PermissionDenied, RuleBroken("bed-taken", "bed-out",
    "beds-apart", "too-few-beds", "case-closed", "nobody-comes", "in-the-future").
    Records stay.admitted with code walk_in (or for_host).
    """
    door = door or AtTheDoor()
    rules.require_party(party)
    at = fact_time(happened_at, now)
    found = find_beds(actor, chosen)
    shelter = Shelter.objects.get(pk=found[0].shelter_id)
    require(policy.may_walk_in(actor, shelter))
    with rls.on_case_of(_case_ids(actor, shelter, party, door, at=at, now=now)) as case_id:
        case = Case.objects.get(pk=case_id)
        if not case.is_live:
            raise RuleBroken("case-closed")
        claim = Claim(party, at, None, frozenset({shelter.pk}))
        stay = _take_in(case, found, claim, shelter, card, expected_on, now)
        code = WALK_IN if policy.keeps(actor, shelter) else ""
        arrive(stay, actor=actor, at=at, now=now, before="", code=code)
    return stay.reference


def _case_ids(
    actor: Actor, shelter: Shelter, party: Party, door: AtTheDoor, *, at: datetime, now: datetime
) -> QuerySet[Any, int]:
    ids: QuerySet[Any, int]
    if door.late is not None:
        ids = Stay.objects.visible_to(actor).case_ids(door.late)
    elif door.case is not None:
        ids = Case.objects.visible_to(actor).case_ids(door.case)
    else:
        report = _report(actor, shelter, party, door, at=at, now=now)
        ids = Report.objects.visible_to(actor).case_ids(report)
    return ids


def _report(
    actor: Actor, shelter: Shelter, party: Party, door: AtTheDoor, *, at: datetime, now: datetime
) -> UUID:
    facts = Facts(
        place=None,
        danger_now=door.danger_now,
        conflict=door.conflict,
        adults=party.adults,
        children_count=party.children,
        channel="in_person",
        sex=party.sex if party.sex in {rules.FEMALE, rules.MALE} else "unknown",
    )
    sealed = Sealed(ring_back=door.ring_back or shelter.agency.duty_phone)
    return report_case(actor=actor, facts=facts, sealed=sealed, now=now, happened_at=at)


def _take_in(
    case: Case,
    found: Sequence[Bed],
    claim: Claim,
    shelter: Shelter,
    card: ArrivalCard | None,
    expected_on: date | None,
    now: datetime,
) -> Stay:
    places = beds.take_these([bed.pk for bed in found], claim)
    require_together(places)
    if len(places) < claim.party.beds:
        raise RuleBroken("too-few-beds", beds=claim.party.beds)
    stay = born(
        case, claim.party, emergency=True, at=claim.starts, state=StayState.ADMITTED,
        shelter=shelter, agency_id=shelter.agency_id, arrived_at=claim.starts,
        expected_on=expected_on, arrival_card=card,
    )  # fmt: skip
    beds.give(stay, places, claim)
    return stay
