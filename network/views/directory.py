"""The network as it is today: who helps where, who is on duty, where gaps are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from network import edition, policy, registry
from network.models import AdminUnit, Agency, Level, Membership, Service
from network.models.agencies import AgencyQuerySet
from network.roles import AgencyKind, Role
from network.rules import folded
from safekeeping.errors import NotVisible

# Somebody in one of these makes an agency reachable by the system.
WORKING = [role for role in Role.values if role not in (Role.ANALYST, Role.AUDITOR)]
LONGEST_QUERY, MOST_FOUND = 80, 20
FIRST = ("duty_desk", "hotline", "child_line", "provincial_police", "social_work_centre")


@dataclass
class Shown:
    """An agency as a list shows it."""

    agency: Agency
    services: list[Service]
    watch: registry.Watch


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Any) -> HttpResponse:
    """The province's agencies and its communes by area; by POST, a place or an agency searched.

    Whose village one looks up says whom one thinks of: what is typed stays out of the address.
    """
    query = request.POST.get("q", "").replace("\0", "")[:LONGEST_QUERY].strip()
    today = registry.localdate(request.now)
    return _searched(request, query, today) if query else _listed(request, today)


def _searched(request: Any, query: str, today: date) -> HttpResponse:
    page = {
        "query": query,
        "places": registry.find_places(query, today),
        "found": shown(_named(request, query, today), request, today),
    }
    return render(request, "network/found.html", page)


def _listed(request: Any, today: date) -> HttpResponse:
    wide = Q(unit__level=Level.PROVINCE) | Q(kind=AgencyKind.COMMUNE_COMMITTEE)
    listed = list(_visible(request, today).filter(wide))
    committees = [one for one in listed if one.kind == AgencyKind.COMMUNE_COMMITTEE]
    province = _urgent_first(one for one in listed if one.unit.level == Level.PROVINCE)
    page = {
        "acting": [one for one in shown(province, request, today) if one.services],
        "areas": _areas(committees, today),
        "province": edition.current().province,
    }
    return render(request, "network/index.html", page)


@require_safe
def place(request: Any, code: str) -> HttpResponse:
    """Who helps in one commune: its own agencies, then who is asked for each service."""
    today = registry.localdate(request.now)
    unit = registry.unit_on(code, today)
    if unit is None:
        raise NotVisible
    own = _visible(request, today).filter(unit_id=unit.pk)
    page = {
        "unit": unit,
        "former": [one for one in registry.former_of(unit, _before(unit)) if one.pk != unit.pk],
        "own": shown(list(own), request, today),
        "asked": _asked(request, unit, today),
    }
    return render(request, "network/place.html", page)


@require_safe
def agency(request: Any, reference: UUID) -> HttpResponse:
    """One agency: what it offers, who is on duty, where it came from."""
    today = registry.localdate(request.now)
    visible = connected(Agency.objects.visible_to(request.actor), request)
    one = visible.select_related("unit", "successor").by_reference(reference)
    actor = request.actor
    page = {
        "one": shown([one], request, today)[0],
        "holds": one.holds(today),
        "before": list(one.predecessors.order_by("name_vi")),
        "may_manage": policy.may_manage(actor, one.pk),
        "may_reorganise": policy.may_reorganise(actor),
        "may_see_roster": policy.may_see_roster(actor, one.pk),
    }
    return render(request, "network/agency.html", page)


@require_safe
def changes(request: Any) -> HttpResponse:
    """Which former communes became which, by area; for reading only."""
    today = registry.localdate(request.now)
    units = edition.current().units
    rows = {
        unit.pk: [(units.by_id[old], is_part) for old, is_part in units.came_from.get(unit.pk, ())]
        for unit in registry.communes(today)
    }
    # An area also names communes that have ended, and some that are still to begin.
    areas = [
        (name, [(units.by_id[pk], rows[pk]) for pk in _by_name(ids & rows.keys())])
        for _, name, ids in registry.areas(today)
    ]
    page = {"areas": areas, "may_reorganise": policy.may_reorganise(request.actor)}
    return render(request, "network/changes.html", page)


def shown(agencies: list[Agency], request: Any, today: date) -> list[Shown]:
    """Agencies with what a list tells of them; two queries for all."""
    ids = [one.pk for one in agencies]
    services = defaultdict(list)
    for service in Service.objects.on(today).filter(agency_id__in=ids).order_by("order", "pk"):
        services[service.agency_id].append(service)
    watched = registry.watch(ids, request.now)
    nobody = registry.Watch([], [])
    return [Shown(one, services[one.pk], watched.get(one.pk, nobody)) for one in agencies]


def connected(agencies: AgencyQuerySet, request: Any) -> AgencyQuerySet:
    """The same, each with whether somebody there works with the system."""
    working = Membership.objects.live(request.now).with_role(*WORKING)
    return agencies.annotate(connected=Exists(working.filter(agency_id=OuterRef("pk"))))


def _visible(request: Any, today: date) -> AgencyQuerySet:
    """Agencies of today that exist for this person."""
    visible = Agency.objects.visible_to(request.actor).on(today).select_related("unit")
    return connected(visible, request).order_by("kind", "name_vi", "pk")


def _urgent_first(agencies: Iterable[Agency]) -> list[Agency]:
    """Whom one rings at night on top."""
    place = {kind: position for position, kind in enumerate(FIRST)}
    return sorted(agencies, key=lambda one: place.get(one.kind, len(place)))


def _named(request: Any, query: str, today: date) -> list[Agency]:
    """Agencies whose name holds all the words, with or without diacritics."""
    words = folded(query).split()
    if not words:
        return []
    every = _visible(request, today)
    named = (one for one in every if all(word in _called(one) for word in words))
    return list(islice(named, MOST_FOUND))


def _called(one: Agency) -> str:
    return folded(f"{one.name_vi} {one.short_vi} {one.name_en}")


def _areas(committees: list[Agency], today: date) -> list[dict[str, Any]]:
    """Areas with their communes, each with whether its committee is connected."""
    units = edition.current().units.by_id
    reached = {one.unit_id for one in committees if one.connected}  # type: ignore[attr-defined]
    return [
        {
            "name": name,
            "communes": [(units[pk], pk in reached) for pk in _by_name(ids)],
            "connected": len(ids & reached),
        }
        for _, name, ids in registry.areas(today)
    ]


def _by_name(unit_ids: Iterable[int]) -> list[int]:
    """Units as an alphabet without diacritics would list them."""
    units = edition.current().units.by_id
    return sorted(unit_ids, key=lambda pk: folded(units[pk].name))


def _asked(request: Any, unit: AdminUnit, today: date) -> list[tuple[str, list[Agency]]]:
    """For each service, who would be asked, in order; one query for all."""
    offers = registry.offers_at(unit, today)
    seen = [
        (kind, [one for one in agencies if policy.may_see_agency(request.actor, one)])
        for kind, agencies in offers.items()
    ]
    order = [code.code for code in registry.codes("service")]
    listed = [(kind, held) for kind, held in seen if held and kind in order]
    return sorted(listed, key=lambda each: order.index(each[0]))


def _before(unit: AdminUnit) -> date:
    return date.fromordinal(unit.valid_from.toordinal() - 1)
