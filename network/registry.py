"""Questions that every app asks of the network: who is responsible, who is on duty, by when.

Reading only. What the law and the province say (clocks, code lists, units, notices, days off) is
held per process in `network.edition`; agencies and people are asked of the database each time.
`on` is a day of the province's calendar, `at` an aware moment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from network import edition, rules
from network.dated import holds_on
from network.law import (
    aliases,
    area_of,
    areas,
    choices,
    clock,
    code,
    codes,
    due,
    label,
    localdate,
    mapped,
    notice_rules,
    zone,
)  # fmt: skip
from network.models import AdminUnit, Agency, Level, Membership, Service, Shift
from network.places import (
    Found,
    communes,
    find_places,
    former_of,
    is_split,
    lines,
    today_of,
    unit,
    unit_on,
)  # fmt: skip
from network.roles import OF_A_COMMUNE, AgencyKind
from safekeeping.questions import Id, kept

__all__ = [
    "Duty", "Found", "Watch", "agencies_for", "agencies_of", "agencies_offering", "agency",
    "agency_for", "aliases", "area_of", "areas", "choices", "clock", "code", "codes",
    "committee_of", "communes", "connected", "due", "duty_desk", "duty_phone", "duty_phone_of",
    "find_places", "former_of", "gaps_ahead", "is_connected", "is_split", "label", "lines",
    "localdate", "mapped", "members", "members_in", "memberships_of", "next_agency", "notice_rules",
    "offers_at", "on_duty", "on_duty_in", "roles_at", "successor_of", "successors_of",
    "today_of", "unit", "unit_on", "watch", "zone",
]  # fmt: skip

ROSTER_KEPT = timedelta(days=7)
NEAREST_FIRST = {Level.COMMUNE: 0, Level.DISTRICT: 1, Level.PROVINCE: 2}


# Agencies


def committee_of(place: AdminUnit | None, on: date) -> Agency | None:
    """The People's Committee of a commune; None if the place is unknown or has none."""
    return agency_for(AgencyKind.COMMUNE_COMMITTEE, place, on)


def agency_for(kind: str, place: AdminUnit | None, on: date) -> Agency | None:
    """The agency of this kind at a place: the commune's own, else that of a unit above it.

    A unit that ended stands for what it has become; None if there is none or the place is unknown.
    Of a commune that was split nobody knows in which part a place lies: no authority of a commune.
    """
    return agencies_for([kind], place, on).get(kind)


def agencies_for(kinds: Iterable[str], place: AdminUnit | None, on: date) -> dict[str, Agency]:
    """The same for several kinds; one query. A kind of which there is none is left out."""
    if place is None:
        return {}
    here = {one.pk for one in today_of(place, on)}
    asked = set(kinds) - (OF_A_COMMUNE if len(here) > 1 else frozenset())
    rows = (
        Agency.objects.on(on)
        .filter(kind__in=asked, unit_id__in=lines({place.pk, *here}))
        .select_related("unit")
        .order_by(_nearest("unit", here), "pk")
    )
    found: dict[str, Agency] = {}
    for one in rows:
        found.setdefault(one.kind, one)
    return found


def duty_desk(on: date) -> Agency | None:
    """The network's duty desk, which owns what nobody else may or can; asked without a query."""
    return next((desk for desk in edition.current().desks if desk.holds(on)), None)


def agency(code: str) -> Agency:
    """An agency by its name in the province's data. Raises Agency.DoesNotExist."""
    return Agency.objects.get(code=code)


def agencies_of(kind: str, on: date) -> list[Agency]:
    """All agencies of a kind."""
    return list(Agency.objects.on(on).filter(kind=kind).order_by("name_vi", "pk"))


def successor_of(one: Agency, on: date, *, place: AdminUnit | None = None) -> Agency | None:
    """Who has taken over from an agency by this day: itself while it exists, None if nobody.

    Where its commune was split, that is the authority of the part in which `place` lies today;
    None for a place that is unknown or was itself split.
    """
    seen: set[int] = set()
    while not one.holds(on):
        if _is_divided(one, on):
            here = today_of(place, on) if place else []
            return agency_for(one.kind, here[0], on) if len(here) == 1 else None
        seen.add(one.pk)
        following = _next_of(one)
        if following is None or following.pk in seen:
            return None
        one = following
    return one


def successors_of(one: Agency, on: date) -> list[Agency]:
    """All who have taken over some of it: several where a commune was split on the way."""
    found, waiting, seen = list[Agency](), [one], set[int]()
    while waiting:
        here = waiting.pop(0)
        if here.pk in seen:
            continue
        seen.add(here.pk)
        if here.holds(on):
            found.append(here)
        elif _is_divided(here, on):
            waiting += _of_same_kind(here)
        elif (following := _next_of(here)) is not None:
            waiting.append(following)
    return found


def _is_divided(one: Agency, on: date) -> bool:
    return one.kind in OF_A_COMMUNE and is_split(one.unit_id, on)


def _next_of(one: Agency) -> Agency | None:
    """Whom the data names; else the authority of what an authority's commune has become."""
    if one.successor_id is not None or one.kind not in OF_A_COMMUNE:
        return one.successor
    return next(iter(_of_same_kind(one)), None)


def _of_same_kind(one: Agency) -> list[Agency]:
    new = [pk for pk, _ in edition.current().units.became.get(one.unit_id, ())]
    found = Agency.objects.filter(kind=one.kind, unit_id__in=new).exclude(pk=one.pk)
    return list(found.order_by("valid_from", "pk"))


def next_agency(
    service: str,
    place: AdminUnit | None,
    on: date,
    *,
    after: Collection[int] = (),
    kinds: Collection[str] = (),
) -> Agency | None:
    """Who to ask next for a service at a place: the nearest coverage, then the province's order.

    after: ids of agencies already asked. kinds: only these, if any are named (consent names
    recipient kinds). An unknown place is served by whoever covers a whole province.
    """
    return next(iter(agencies_offering(service, place, on, after=after, kinds=kinds)), None)


def agencies_offering(
    service: str,
    place: AdminUnit | None,
    on: date,
    *,
    after: Collection[int] = (),
    kinds: Collection[str] = (),
    members: QuerySet[Membership] | None = None,
) -> list[Any]:
    """All who offer a service at a place, in the order in which they would be asked.

    members: if given, each agency carries along which of them are its own: `member_ids`, of users.
    """
    offers = (
        Service.objects.filter(holds_on(on), holds_on(on, "agency__"), kind=service)
        .filter(_covering(place, on))
        .exclude(agency_id__in=list(after))
        .annotate(distance=_nearest("covers", _here(place, on)))
        .order_by("distance", "order", "agency_id")
        .select_related("agency")
    )
    if kinds:
        offers = offers.filter(agency__kind__in=list(kinds))
    if members is None:
        return list({offer.agency_id: offer.agency for offer in offers}.values())
    own = members.filter(agency_id=OuterRef("agency_id")).values("user_id")
    found: dict[int, Any] = {}
    for offer in offers.annotate(member_ids=ArraySubquery(own)):
        found.setdefault(offer.agency_id, offer.agency).member_ids = offer.member_ids
    return list(found.values())


def offers_at(place: AdminUnit, on: date) -> dict[str, list[Agency]]:
    """Who would be asked for each service at a place, in order; one query for all kinds."""
    offers = (
        Service.objects.filter(holds_on(on), holds_on(on, "agency__"))
        .filter(_covering(place, on))
        .annotate(distance=_nearest("covers", _here(place, on)))
        .order_by("distance", "order", "agency_id")
        .select_related("agency")
    )
    found: dict[str, dict[int, Agency]] = defaultdict(dict)
    for offer in offers:
        found[offer.kind].setdefault(offer.agency_id, offer.agency)
    return {kind: list(agencies.values()) for kind, agencies in found.items()}


def _covering(place: AdminUnit | None, on: date) -> Q:
    if place is None:
        return Q(covers__level=Level.PROVINCE)
    return Q(covers__in=lines({place.pk, *(one.pk for one in today_of(place, on))}))


def _here(place: AdminUnit | None, on: date) -> set[int]:
    return {one.pk for one in today_of(place, on)} if place else set()


def _nearest(unit: str, here: Collection[int]) -> Case:
    """The unit of today comes before those that it was made of, then what lies above."""
    exact = When(**{f"{unit}__in": list(here)}, then=Value(-1))
    steps = NEAREST_FIRST.items()
    above = [When(**{f"{unit}__level": level}, then=Value(step)) for level, step in steps]
    return Case(exact, *above, default=Value(3), output_field=IntegerField())


# People


def is_connected(one: Agency | int, role: str | Iterable[str], at: datetime) -> bool:
    """Whether an agency has an active member in (any of) the needed role(s).

    Most communes have none on day one: their work falls to the duty desk, and the page says whom
    to ring.
    """
    return bool(connected([one if isinstance(one, int) else one.pk], role, at))


def connected(agency_ids: Iterable[int], role: str | Iterable[str], at: datetime) -> set[int]:
    """Those of these agencies that have an active member in (any of) the role(s); one query."""
    roles = [role] if isinstance(role, str) else list(role)
    live = Membership.objects.live(at).with_role(*roles).filter(agency_id__in=list(agency_ids))
    return set(live.values_list("agency_id", flat=True))


def roles_at(agency_ids: Iterable[int], at: datetime) -> dict[int, set[str]]:
    """Agency id → every role that an active member holds there; one query."""
    found: dict[int, set[str]] = defaultdict(set)
    live = Membership.objects.live(at).filter(agency_id__in=list(agency_ids))
    for agency_id, roles in live.values_list("agency_id", "roles"):
        found[agency_id].update(roles)
    return found


def members(one: Agency | int, at: datetime, *roles: str) -> list[Membership]:
    """Active members of an agency, by given name; only those with one of the roles, if named."""
    return members_in([one], at, *roles)


def members_in(agencies: Iterable[Agency | int], at: datetime, *roles: str) -> list[Membership]:
    """The same of several agencies; one query."""
    ids = [one if isinstance(one, int) else one.pk for one in agencies]
    live = Membership.objects.live(at).filter(agency_id__in=ids)
    if roles:
        live = live.with_role(*roles)
    by_name = ("user__given_name", "user__family_name", "pk")
    return list(live.select_related("user", "agency").order_by(*by_name))


def memberships_of(user_id: int, at: datetime) -> list[Membership]:
    """A person's live memberships, the first joined first: what one may switch between.

    Each carries `duty_ends`: until when the person is on duty there now, or None.
    """
    return _memberships(Id(user_id), at)


@kept
def _memberships(user_id: int, at: datetime) -> QuerySet[Membership]:
    running = Shift.objects.at(at).filter(membership=OuterRef("pk")).order_by("-ends")
    live = Membership.objects.live(at).filter(user_id=user_id)
    shown = live.annotate(duty_ends=Subquery(running.values("ends")[:1]))
    return shown.select_related("user", "agency__unit").order_by("starts", "pk")


@dataclass(frozen=True)
class Duty:
    """Somebody on duty. The phone stays sealed on the shift."""

    shift_id: int
    shift: UUID
    agency_id: int
    membership_id: int
    user_id: int
    name: str
    given_name: str
    roles: frozenset[str]
    turn: int
    starts: datetime
    ends: datetime


def on_duty(one: Agency | int, at: datetime) -> list[Duty]:
    """Who is on duty for an agency, in the order in which they are rung."""
    return on_duty_in([one if isinstance(one, int) else one.pk], at)


def on_duty_in(agency_ids: Iterable[int], at: datetime) -> list[Duty]:
    """The same for several agencies; one query."""
    shifts = Shift.objects.at(at).filter(agency_id__in=list(agency_ids))
    return _duties(shifts, at)


def _duties(shifts: QuerySet[Shift], at: datetime) -> list[Duty]:
    live = shifts.filter(membership__in=Membership.objects.live(at))
    return [_duty(shift) for shift in live.select_related("membership__user").defer("phone")]


def _duty(shift: Shift) -> Duty:
    membership = shift.membership
    return Duty(
        shift_id=shift.pk,
        shift=shift.reference,
        agency_id=shift.agency_id,
        membership_id=membership.pk,
        user_id=membership.user_id,
        name=membership.user.name,
        given_name=membership.user.given_name,
        roles=frozenset(membership.roles),
        turn=shift.turn,
        starts=shift.starts,
        ends=shift.ends,
    )


@dataclass(frozen=True)
class Watch:
    """An agency's roster around a moment: who is on duty now, and when nobody will be."""

    duties: list[Duty]
    gaps: list[rules.Spell]


def watch(
    agency_ids: Iterable[int], at: datetime, ahead: timedelta = timedelta(days=7)
) -> dict[int, Watch]:
    """The rosters of several agencies; one query. Without a shift for a week one keeps none."""
    shifts = Shift.objects.filter(
        agency_id__in=list(agency_ids), ends__gt=at - ROSTER_KEPT, starts__lt=at + ahead
    ).order_by("turn", "starts", "pk")
    held: dict[int, list[Duty]] = defaultdict(list)
    for duty in _duties(shifts, at):
        held[duty.agency_id].append(duty)
    return {
        agency_id: Watch(
            duties=[duty for duty in duties if duty.starts <= at < duty.ends],
            gaps=rules.gaps([(duty.starts, duty.ends) for duty in duties], at, at + ahead),
        )
        for agency_id, duties in held.items()
    }


def gaps_ahead(
    agency_ids: Iterable[int], at: datetime, ahead: timedelta = timedelta(days=7)
) -> dict[int, list[rules.Spell]]:
    """When nobody will be on duty, for each agency that keeps a roster and has gaps; one query."""
    seen = watch(agency_ids, at, ahead)
    return {agency_id: one.gaps for agency_id, one in seen.items() if one.gaps}


def duty_phone_of(one: Agency | None) -> str:
    """The number that anyone may ring: the agency's own, empty if it has none."""
    return one.duty_phone if one else ""


def duty_phone(on: date) -> str:
    """The network's number on every page: the duty desk's; asked without a query."""
    return duty_phone_of(duty_desk(on))
