"""Which agency: who is responsible at a place, who offers a service there, who came after whom.

`on` is a day of the province's calendar. Asked of the database, but for the duty desk.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Value, When

from network import edition
from network.dated import holds_on
from network.models import AdminUnit, Agency, Level, Membership, Service
from network.places import is_split, lines, today_of
from network.roles import OF_A_COMMUNE, AgencyKind

NEAREST_FIRST = {Level.COMMUNE: 0, Level.DISTRICT: 1, Level.PROVINCE: 2}


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


def duty_phone_of(one: Agency | None) -> str:
    """The number that anyone may ring: the agency's own, empty if it has none."""
    return one.duty_phone if one else ""


def duty_phone(on: date) -> str:
    """The network's number on every page: the duty desk's; asked without a query."""
    return duty_phone_of(duty_desk(on))
