"""An agency with houses ends: never while somebody sleeps there; else its houses pass on."""

from datetime import date, datetime
from typing import Any

from casework import heirs
from network import endings, registry
from network.actors import system_actor
from network.models import Agency
from safekeeping import events, rls
from safekeeping.events import Event
from safekeeping.sweeps import each, sweep
from shelters.models import LIVE, OPEN, Shelter, Stay

SWEEP = "sweep"
SLEEPS = "somebody-sleeps-there"


@endings.keep
def while_somebody_sleeps(agency_id: int, now: datetime) -> str:
    """An agency does not end over somebody who has a bed in its house, or is on the way to it."""
    with rls.acting(actor=rls.Ids(agency_id=agency_id), now=now, system=SWEEP):
        return SLEEPS if _guests(agency_id).exists() else ""


@events.on("agency.end_put_off")
def ring_for_the_sleepers(event: Event, *, now: datetime) -> None:
    """The coordinator has to find them another place: one alert for each, until answered.

    Records stay.house_ends.
    """
    if event.code != SLEEPS:
        return
    office = Agency.objects.get(reference=event.subject)
    with rls.acting(actor=rls.Ids(agency_id=office.pk), now=now, system=SWEEP):
        found = list(_guests(office.pk).order_by("pk").values_list("pk", "case_id"))
    for pk, case_id in found:
        with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
            stay = Stay.objects.select_related("case").get(pk=pk)
            events.record("stay.house_ends", subject=stay, actor=None, at=now)


@sweep("houses")
def pass_houses(now: datetime) -> int:
    """Houses of an agency that ended, and requests that it might answer, pass to its successor.

    Without one the house is closed. Returns how many agencies were touched.
    Records stay.succeeded.
    """
    with rls.acting(actor=None, now=now, system=SWEEP):
        offices = endings.leaving(now)
    return each(_pass_on, [(one,) for one in offices], now)


@endings.holding
def held(agency_id: int, now: datetime) -> dict[str, int]:
    """Requests for a bed that it may answer, and houses that have somebody to pass to."""
    with rls.acting(actor=rls.Ids(agency_id=agency_id), now=now, system=SWEEP):
        asked = _asked(agency_id).count()
        houses = Shelter.objects.filter(agency=agency_id).count()
    office = Agency.objects.select_related("successor").get(pk=agency_id)
    heir = _heir_of(office, now) if houses else None
    return {"bed_requests": asked, "houses": houses if heir else 0}


def _heir_of(office: Agency, now: datetime) -> Agency | None:
    """Who keeps the house after it: on the last day of one whose end is only planned too."""
    day = max(registry.localdate(now), office.valid_to or date.min)
    heir = registry.successor_of(office, day)
    return None if heir == office else heir


def _guests(agency_id: int) -> Any:
    return Stay.objects.filter(agency=agency_id, state__in=LIVE)


def _asked(agency_id: int) -> Any:
    return Stay.objects.filter(state__in=OPEN, readers__contains=[agency_id])


def _pass_on(office: Agency, now: datetime) -> bool:
    with rls.acting(actor=rls.Ids(agency_id=office.pk), now=now, system=SWEEP):
        if while_somebody_sleeps(office.pk, now):
            return False
        found = list(_asked(office.pk).order_by("pk").values_list("pk", "case_id"))
        houses = list(Shelter.objects.filter(agency=office).values_list("pk", flat=True))
    heir = _heir_of(office, now)
    if heir is not None and houses:
        with rls.acting(actor=None, now=now, system="setup"):
            Shelter.objects.filter(pk__in=houses).update(agency=heir)
    each(_pass_stay, found, office, now)
    return bool(found or houses)


def _pass_stay(pk: int, case_id: int, office: Agency, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
        _name_heir(Stay.objects.select_related("case__place").get(pk=pk), office, now)
    return True


def _name_heir(stay: Stay, office: Agency, now: datetime) -> None:
    heir = heirs.heir_of(stay.case, office, now)
    others = [one for one in stay.readers if one != office.pk]
    stay.readers = sorted({*others, *([heir.pk] if heir else [])})
    stay.save(update_fields=["readers"])
    events.record("stay.succeeded", subject=stay, actor=system_actor(SWEEP), at=now)
