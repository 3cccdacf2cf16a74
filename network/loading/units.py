"""Units and their changes, from two tables."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from network import rules
from network.loading.bring import Changes, bring, overlap, without_open_end
from network.loading.source import Row, Source
from network.models import AdminChange, AdminUnit, Level
from network.models.units import UnitKind

Key = tuple[str, date]  # code, first day
ABOVE_FIRST = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)


@dataclass
class Units:
    """What the files say: values by key, each unit's parent, and the links."""

    values: dict[Key, dict[str, Any]] = field(default_factory=dict)
    parents: dict[Key, Key] = field(default_factory=dict)
    links: dict[tuple[Key, Key], tuple[date, str]] = field(default_factory=dict)
    by_code: dict[str, list[Key]] = field(default_factory=dict)

    def on(self, code: str, day: date) -> Key | None:
        """The unit that bears a code on a day."""
        for key in self.by_code.get(code, ()):
            held = self.values[key]
            if held["valid_from"] <= day and (not held["valid_to"] or day < held["valid_to"]):
                return key
        return None

    def on_or_before(self, code: str, day: date) -> Key | None:
        """The same, or else the last one that bore it: a district of 2024 in today's coverage."""
        past = [key for key in self.by_code.get(code, ()) if key[1] <= day]
        return self.on(code, day) or (max(past, key=lambda key: key[1]) if past else None)

    def lies_in(self, key: Key, code: str) -> bool:
        """Whether a unit lies, at any depth, in the one of this code."""
        while (parent := self.parents.get(key)) is not None:
            if parent[0] == code:
                return True
            key = parent
        return False

    def communes(self, day: date) -> list[Key]:
        """Communes and wards of a day."""
        found = (key for key in self.values if self.on(key[0], day) == key)
        return [key for key in found if self.values[key]["level"] == Level.COMMUNE]


def read(source: Source) -> Units:
    """All units and changes, checked."""
    units = Units()
    rows = dict(_units(source, units))
    for key, row in rows.items():
        _parent(units, key, row)
    for row in source.table("unit-changes.csv"):
        _change(units, row)
    _lost(units, rows)
    return units


def _units(source: Source, units: Units) -> Any:
    for row in source.table("units.csv"):
        row.only(
            "code", "name", "other_names", "level", "kind", "parent", "valid_from", "valid_to",
            "lon", "lat",
        )  # fmt: skip
        code, begins = row.text("code", longest=8), row.day("valid_from") or date.min
        values = _values(row, code, begins)
        for other in units.by_code.get(code, ()):
            if overlap(units.values[other], values):
                row.wrong(f"code {code} is borne by {units.values[other]['name']} on the same day.")
        if (code, begins) not in units.values:
            units.values[code, begins] = values
            units.by_code.setdefault(code, []).append((code, begins))
            yield (code, begins), row


def _values(row: Row, code: str, begins: date) -> dict[str, Any]:
    name = row.text("name", longest=80)
    others = [part.strip() for part in row.text("other_names", "").split(";") if part.strip()]
    ends = row.day("valid_to", required=False)
    if ends is not None and ends <= begins:
        row.wrong("“valid_to” is not after “valid_from”.")
    return {
        "code": code,
        "name": name,
        "other_names": others,
        "search": "|".join(rules.folded(each) for each in (name, *others)),
        "level": row.one_of("level", Level.values),
        "kind": row.one_of("kind", UnitKind.values),
        "valid_from": begins,
        "valid_to": ends,
        "lon": _degrees(row, "lon"),
        "lat": _degrees(row, "lat"),
    }


def _degrees(row: Row, key: str) -> Decimal | None:
    text = row.text(key, "")
    if not text:
        return None
    try:
        return Decimal(text).quantize(Decimal("0.0001"))
    except InvalidOperation:
        row.wrong(f"“{key}” should be degrees, as 106.0683.")
        return None


def _parent(units: Units, key: Key, row: Row) -> None:
    code = row.text("parent", "")
    if not code:
        if units.values[key]["level"] != Level.PROVINCE:
            row.wrong("only a province has nothing above it; “parent” is missing.")
        return
    parent = units.on(code, key[1])
    if parent is None:
        row.wrong(f"the parent {code} does not exist on {key[1]}.")
    else:
        units.parents[key] = parent


def _change(units: Units, row: Row) -> None:
    row.only("date", "old_code", "new_code", "extent")
    day = row.day("date") or date.min
    extent = row.one_of("extent", AdminChange.Extent.values)
    old_code, new_code = row.text("old_code"), row.text("new_code")
    old = next(
        (k for k in units.by_code.get(old_code, ()) if units.values[k]["valid_to"] == day), None
    )
    new = next((k for k in units.by_code.get(new_code, ()) if k[1] == day), None)
    if old is None:
        row.wrong(f"no unit {old_code} ends on {day}.")
    if new is None:
        row.wrong(f"no unit {new_code} begins on {day}.")
    if old and new:
        units.links[old, new] = (day, extent)


def _lost(units: Units, rows: dict[Key, Row]) -> None:
    """A commune that ends must become something; one that is split becomes two or more."""
    became: dict[Key, list[str]] = {}
    for (old, _), (_, extent) in units.links.items():
        became.setdefault(old, []).append(extent)
    for key, values in units.values.items():
        extents = became.get(key, [])
        if values["level"] == Level.COMMUNE and values["valid_to"] and not extents:
            rows[key].wrong("it ends, and unit-changes.csv does not say what it became.")
        if "whole" in extents and len(extents) > 1:
            rows[key].wrong("it became one unit as a whole, and others besides.")
        if extents == ["part"]:
            rows[key].wrong("only a part of it is said to have become something.")


def write(units: Units, changes: Changes) -> dict[Key, AdminUnit]:
    """Rows as the files say; those above first."""
    rows: dict[Key, AdminUnit] = {}
    for level in ABOVE_FIRST:
        wanted = {
            key: {
                **without_open_end(values),
                "parent": rows.get(units.parents.get(key, ("", date.min))),
            }
            for key, values in units.values.items()
            if values["level"] == level
        }
        rows |= bring(
            AdminUnit, wanted, lambda unit: (unit.code, unit.valid_from), changes, level=level
        )
    links = {
        (rows[old].pk, rows[new].pk): {
            "old": rows[old], "new": rows[new], "day": day, "extent": extent
        }
        for (old, new), (day, extent) in units.links.items()
    }  # fmt: skip
    bring(AdminChange, links, lambda link: (link.old_id, link.new_id), changes)
    return rows
