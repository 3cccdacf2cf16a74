"""Agencies, their services and coverage; templates make one for every commune."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from network.loading.bring import Changes, bring, without_open_end
from network.loading.law import Law
from network.loading.source import Row, Source
from network.loading.units import Key, Units
from network.models import AdminUnit, Agency, Coverage, Publicity, Service
from network.models.units import WORDS_EN, WORDS_VI
from network.roles import AgencyKind

ServiceKey = tuple[str, str, date]  # agency's code, kind, first day
WORDS = (
    "code", "kind", "unit", "from", "to", "successor", "publicity", "vi", "en", "short_vi",
    "short_en", "plan", "services", "note", "certainty", "source", "duty_phone",
)  # fmt: skip


@dataclass
class Agencies:
    """What the files say, by code and by service."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    units: dict[str, Key] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)
    services: dict[ServiceKey, dict[str, Any]] = field(default_factory=dict)
    covers: dict[ServiceKey, set[Key]] = field(default_factory=dict)


def read(source: Source, units: Units, law: Law) -> Agencies:
    """All agencies, checked."""
    found = Agencies()
    rows: dict[str, Row] = {}
    for row in [*_of_communes(source, units), *source.rows("agencies.yaml", "agencies")]:
        read_one(found, row, units, law)
        rows[row.text("code")] = row
    for code, successor in found.successors.items():
        _check_successor(found, code, successor, rows[code])
    return found


def _of_communes(source: Source, units: Units) -> Iterator[Row]:
    """One for each commune of the template's first day, but for those written out one by one."""
    named = {row.data.get("code") for row in source.rows("agencies.yaml", "agencies")}
    for template in source.rows("agencies.yaml", "each_commune"):
        day, above = template.since(), template.text("within", "")
        for key in units.communes(day):
            unit = units.values[key]
            if above and not units.lies_in(key, above):
                continue
            words = {
                "code": key[0], "name": unit["name"],
                "kind": WORDS_VI.get(unit["kind"], ""), "kind_en": WORDS_EN.get(unit["kind"], ""),
            }  # fmt: skip
            filled = {
                name: text.format(**words) if isinstance(text, str) and "{" in text else text
                for name, text in template.data.items()
            }
            filled.pop("within", None)
            if filled["code"] not in named:
                yield Row(
                    f"{template.place} for {key[0]}", {**filled, "unit": key[0]}, source.problems
                )


def read_one(found: Agencies, row: Row, units: Units, law: Law) -> None:
    """One agency with its services."""
    row.only(*WORDS)
    code, begins = row.text("code", longest=40), row.since()
    if code in found.values:
        row.wrong(f"there is another agency {code}.")
    unit = units.on_or_before(row.text("unit"), begins)
    if unit is None:
        row.wrong(f"there is no unit {row.data.get('unit')} on {begins}.")
        return
    found.units[code] = unit
    found.values[code] = _values(row, code, begins)
    if successor := row.text("successor", ""):
        found.successors[code] = successor
    for inner in row.inner("services"):
        _service(found, inner, code, unit, begins, units, law)


def _values(row: Row, code: str, begins: date) -> dict[str, Any]:
    vi, en = row.text("vi", longest=160), row.text("en", longest=160)
    ends = row.day("to", required=False)
    if ends is not None and ends <= begins:
        row.wrong("“to” is not after “from”.")
    return {
        "code": code,
        "kind": row.one_of("kind", AgencyKind.values),
        "name_vi": vi,
        "name_en": en,
        "short_vi": row.text("short_vi", vi, longest=160)[:80],
        "short_en": row.text("short_en", en, longest=160)[:80],
        "publicity": row.one_of("publicity", Publicity.values),
        "plan_ref": row.text("plan", "", longest=40),
        "source": row.text("source", "", longest=400),
        "note": row.text("note", "", longest=400),
        "certainty": row.text("certainty", "", longest=10),
        "valid_from": begins,
        "valid_to": ends,
        **({"duty_phone": row.text("duty_phone", longest=24)} if "duty_phone" in row.data else {}),
    }


def _service(
    found: Agencies, row: Row, agency: str, unit: Key, begins: date, units: Units, law: Law
) -> None:
    row.only("kind", "hours", "capacity", "covers", "order", "from", "to")
    kind, since = row.text("kind"), row.since(begins)
    if not law.has_code("service", kind):
        row.wrong(f"the list service does not know “{kind}”.")
    key = (agency, kind, since)
    found.services[key] = {
        "kind": kind,
        "hours": row.text("hours", "", longest=80),
        "capacity_note": row.text("capacity", "", longest=80),
        "order": row.number("order", 50),
        "valid_from": since,
        "valid_to": row.day("to", required=False),
    }
    found.covers[key] = set(_covered(row, units, since)) or {unit}


def _covered(row: Row, units: Units, day: date) -> Iterator[Key]:
    for code in row.many("covers"):
        key = units.on_or_before(str(code), day)
        if key is None:
            row.wrong(f"there is no unit {code} on {day}.")
        else:
            yield key


def _check_successor(found: Agencies, code: str, successor: str, row: Row) -> None:
    if successor not in found.values:
        row.wrong(f"there is no agency {successor} to succeed it.")
        return
    ends, after = found.values[code]["valid_to"], found.values[successor]
    if ends is None:
        row.wrong("it has a successor, but “to” does not say since when.")
    elif after["valid_from"] > ends or (after["valid_to"] and after["valid_to"] <= ends):
        row.wrong(f"its successor {successor} does not exist on {ends}.")


def write(found: Agencies, units: dict[Key, AdminUnit], changes: Changes) -> dict[str, Agency]:
    """Rows as the files say; successors once all are there."""
    wanted = {
        code: {**without_open_end(values), "unit": units[found.units[code]]}
        for code, values in found.values.items()
    }
    rows: dict[str, Agency] = bring(Agency, wanted, lambda agency: agency.code, changes)
    heirs = {code: {"successor": rows[heir]} for code, heir in found.successors.items()}
    bring(Agency, heirs, lambda agency: agency.code, Changes())
    offered = {
        (rows[key[0]].pk, *key[1:]): {**without_open_end(values), "agency": rows[key[0]]}
        for key, values in found.services.items()
    }
    services = bring(Service, offered, lambda s: (s.agency_id, s.kind, s.valid_from), changes)
    pairs = {
        (services[rows[key[0]].pk, *key[1:]].pk, units[unit].pk)
        for key, covered in found.covers.items()
        for unit in covered
    }
    _cover(pairs)
    return rows


def _cover(wanted: set[tuple[int, int]]) -> None:
    """Coverage exactly as the files say, for the services that they name."""
    services = {service for service, _ in wanted}
    held = {
        (row.service_id, row.unit_id): row.pk
        for row in Coverage.objects.filter(service_id__in=services)
    }
    gone = [pk for pair, pk in held.items() if pair not in wanted]
    Coverage.objects.filter(pk__in=gone).delete()
    Coverage.objects.bulk_create(
        [Coverage(service_id=s, unit_id=u) for s, u in sorted(wanted - set(held))], batch_size=500
    )
