"""A whole province: read, checked, written in one transaction, its changes recorded."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from network import edition, registry
from network.actors import system_actor
from network.loading import agencies, law, units
from network.loading.bring import Changes
from network.loading.source import Source
from network.models import Agency, Edition
from safekeeping import events, rls


@dataclass
class Province:
    """A folder's content, checked."""

    head: dict[str, str]
    units: units.Units
    law: law.Law
    agencies: agencies.Agencies


def read(folder: Path) -> Province:
    """The folder as plain values. Raises BadData with every mistake in it, file and row named."""
    source = Source(folder)
    row = source.head()
    head = {
        "province": row.text("code", longest=8),
        "name_vi": row.text("vi", longest=80),
        "name_en": row.text("en", longest=80),
        "time_zone": row.text("time_zone", longest=40),
    }
    try:
        ZoneInfo(head["time_zone"] or "UTC")
    except (KeyError, ValueError):
        row.wrong(f"there is no time zone “{head['time_zone']}”.")
    places = units.read(source)
    lawful = law.read(source, places)
    found = Province(head, places, lawful, agencies.read(source, places, lawful))
    source.refuse_problems()
    return found


def load(folder: Path, now: datetime) -> Changes:
    """Make the network what the folder says; loading the same twice changes nothing.

    Nothing is deleted: a row that no file names stays, and what ends is given its end.
    Raises BadData. Records network.loaded, and agency.changed for each agency that changed.
    """
    found = read(folder)
    changes = Changes()
    with rls.acting(actor=None, now=now, system="setup"):
        rows = units.write(found.units, changes)
        law.write(found.law, rows, changes)
        known = set(Agency.objects.values_list("pk", flat=True))
        agencies.write(found.agencies, rows, changes)
        _settle(known, now)
        _record(found, changes, now)
    edition.forget()
    return changes


def _record(found: Province, changes: Changes, now: datetime) -> None:
    held = Edition.objects.first() or Edition(**found.head)
    if held.pk and not changes.any and all(getattr(held, k) == v for k, v in found.head.items()):
        return
    for name, value in found.head.items():
        setattr(held, name, value)
    held.number += 1
    held.save()
    actor = system_actor("setup")
    events.record("network.loaded", subject=held, actor=actor, at=now, code=str(held.number))
    for row in changes.changed.get("Agency", []):
        assert isinstance(row, Agency)
        events.record("agency.changed", subject=row, actor=actor, at=now)


def _settle(known: set[int], now: datetime) -> None:
    """What had ended before it was loaded has never held anything: no sweep need look after it."""
    gone = Agency.objects.leaving(registry.localdate(now)).exclude(pk__in=known)
    gone.order_by().update(passed_on_at=now)


def unsettle(day: date) -> None:
    """For a play that begins on this day: who was there then holds something when it ends."""
    Agency.objects.filter(valid_to__gt=day).update(passed_on_at=None)
