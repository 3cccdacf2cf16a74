"""Clocks, days off, code lists, notices, areas and estimates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from network import rules
from network.clocks import NAMED
from network.loading.bring import Changes, bring, close_earlier
from network.loading.source import Row, Source
from network.loading.units import Key, Units
from network.models import (
    AdminUnit,
    Area,
    Calendar,
    ClockKind,
    Code,
    CodeList,
    FigureEstimate,
    Holiday,
    NoticeRule,
)
from network.roles import AgencyKind

Values = dict[Any, dict[str, Any]]

CONDITIONS = ("any", "child", "pregnant", "elderly", "disabled", "life", "crime")
RAISE_TO = ("owner", "supervisor", "coordinator")
LENGTH = re.compile(r"(-?)(\d+)(m|h|d|wd|mo)")
SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST_TABLE = 13
DATED_LISTS_FROM = date(2023, 7, 1)  # the day the law began; a list may name another


@dataclass
class Law:
    """What the files say, by each row's key."""

    clocks: Values = field(default_factory=dict)
    holidays: Values = field(default_factory=dict)
    lists: Values = field(default_factory=dict)
    codes: Values = field(default_factory=dict)
    notices: Values = field(default_factory=dict)
    areas: Values = field(default_factory=dict)
    area_units: dict[Any, set[Key]] = field(default_factory=dict)
    estimates: Values = field(default_factory=dict)

    def has_code(self, code_list: str, code: str) -> bool:
        """Whether a list knows a code on any day."""
        return any(key[:2] == (code_list, code) for key in self.codes)


def read(source: Source, units: Units) -> Law:
    """All of it, checked."""
    law = Law()
    _put(law.clocks, _clocks(source))
    for row in source.rows("holidays.yaml", "holidays", mark="day"):
        _put(law.holidays, _days_off(row))
    for name, whole in source.whole("codes/*.yaml"):
        _lists(law, name, whole, source.problems)
    _aliases(law, source)
    _put(law.notices, _notices(source, law))
    _areas(law, source, units)
    _put(law.estimates, _estimates(source))
    for dated in (law.clocks, law.codes, law.notices, law.areas):
        close_earlier(dated)
    _require_named(law, source)
    return law


def _put(into: Values, rows: Iterator[tuple[Row, Any, dict[str, Any]]]) -> None:
    for row, key, values in rows:
        if key in into:
            row.wrong("the same is said twice.")
        into[key] = values


# Clocks and days


def _clocks(source: Source) -> Iterator[tuple[Row, Any, dict[str, Any]]]:
    for row in source.rows("clocks.yaml", "clocks"):
        row.only(
            "code", "variant", "within", "about", "at_once", "calendar", "from", "to", "raise_to",
            "ours", "certainty", "vi", "en", "source",
        )  # fmt: skip
        code, variant, begins = row.text("code", longest=40), row.text("variant", ""), row.since()
        yield (
            row,
            (code, variant, begins),
            {
                "code": code,
                "variant": variant,
                "valid_from": begins,
                "valid_to": row.day("to", required=False),
                "name_vi": row.text("vi", longest=120),
                "name_en": row.text("en", longest=120),
                **length_of(row),
                "about": row.text("about", ""),
                "at_once": bool(row.data.get("at_once", False)),
                "calendar": row.one_of("calendar", Calendar.values),
                "raise_to": row.one_of("raise_to", RAISE_TO),
                "source": row.text("source", longest=400),
                "certainty": row.text("certainty", ""),
                "our_choice": bool(row.data.get("ours", False)),
            },
        )


def _require_named(law: Law, source: Source) -> None:
    """What the program begins by name has to run on any day to come, whatever the variant."""
    standing = {
        code
        for (code, variant, _begins), values in law.clocks.items()
        if not variant and values["valid_to"] is None
    }
    missing = sorted(NAMED - standing)
    if missing:
        source.problems.append(
            "clocks.yaml: the program begins these clocks by name, and no line without an end says"
            f" how long they run: {', '.join(missing)}."
        )


def length_of(row: Row) -> dict[str, Any]:
    """`within` as the three columns, of which one is filled."""
    length: dict[str, Any] = {"within": None, "working_days": None, "months": None}
    text = row.text("within")
    found = LENGTH.fullmatch(text)
    if not found:
        if text:
            row.wrong(f"“within” is “{text}”; write 30m, 12h, 3d, 5wd, 4mo.")
        return {**length, "within": timedelta()}
    sign, count, unit = found[1], int(found[2]), found[3]
    if sign and unit not in SPANS:
        row.wrong("only minutes, hours and days may count backwards.")
    if unit in SPANS:
        return {**length, "within": SPANS[unit] * (-count if sign else count)}
    return {**length, "working_days" if unit == "wd" else "months": count}


def _days_off(row: Row) -> Iterator[tuple[Row, Any, dict[str, Any]]]:
    row.only("day", "days", "vi", "en", "working", "source", "certainty")
    values = {
        "name_vi": row.text("vi", longest=80),
        "name_en": row.text("en", longest=80),
        "is_working": bool(row.data.get("working", False)),
        "source": row.text("source", "", longest=400),
    }
    for day in _days(row):
        yield row, day, {"day": day, **values}


def _days(row: Row) -> list[date]:
    if "days" not in row.data:
        day = row.day("day")
        return [day] if day else []
    match row.many("days"):
        case [date() as first, date() as last] if first <= last:
            return [first + timedelta(days=n) for n in range((last - first).days + 1)]
    row.wrong("“days” should be the first and the last day.")
    return []


# Code lists


def _lists(law: Law, name: str, whole: dict[str, Any], problems: list[str]) -> None:
    for code_list, content in (whole.get("lists") or {}).items():
        place = f"{name}, list {code_list}"
        if not isinstance(content, dict):
            problems.append(f"{place}: should have vi, en and codes.")
            continue
        row = Row(place, content, problems)
        row.only("vi", "en", "source", "from", "codes")
        if code_list in law.lists:
            row.wrong("there is another list of this name.")
        law.lists[code_list] = _list(row, code_list)
        for order, one in enumerate(row.many("codes"), 1):
            _code(law, row, code_list, order, one)


def _list(row: Row, code_list: str) -> dict[str, Any]:
    return {
        "code": code_list,
        "name_vi": row.text("vi", longest=120),
        "name_en": row.text("en", longest=120),
        "source": row.text("source", "", longest=400),
    }


def _code(law: Law, row: Row, code_list: str, order: int, one: Any) -> None:
    place = f"{row.place}, code {order}"
    if not _is_code(one):
        row.problems.append(
            f"{place}: should be [code, Vietnamese, English] and perhaps a mapping in braces; "
            "put quotation marks around yes, no and numbers."
        )
        return
    code, vi, en, *rest = one
    mapping = dict(rest[0]) if rest else {}
    begins = mapping.pop("from", row.data.get("from", DATED_LISTS_FROM))
    key = (code_list, code, begins)
    if key in law.codes:
        row.problems.append(f"{place}: {code} is there twice.")
    law.codes[key] = {
        "list": code_list,
        "code": code,
        "label_vi": vi,
        "label_en": en,
        "order": order,
        "mapping": mapping,
        "valid_from": begins,
        "valid_to": mapping.pop("to", None),
    }


def _is_code(one: Any) -> bool:
    match one:
        case [str(code), str(vi), str(en)] | [str(code), str(vi), str(en), dict()]:
            return bool(code and vi and en)
    return False


def _aliases(law: Law, source: Source) -> None:
    law.lists["alias"] = {
        "code": "alias", "name_vi": "Biệt danh vụ việc", "name_en": "Case aliases", "source": "",
    }  # fmt: skip
    for name, whole in source.whole("aliases.yaml"):
        for order, plant in enumerate(whole.get("aliases") or [], 1):
            code = rules.folded(str(plant)).replace(" ", "-")
            key = ("alias", code, DATED_LISTS_FROM)
            if key in law.codes:
                source.problems.append(f"{name}: “{plant}” sounds like another but for accents.")
            law.codes[key] = {
                "list": "alias", "code": code, "label_vi": str(plant), "label_en": str(plant),
                "order": order, "mapping": {}, "valid_from": DATED_LISTS_FROM, "valid_to": None,
            }  # fmt: skip


# Notices, areas, estimates


def _notices(source: Source, law: Law) -> Iterator[tuple[Row, Any, dict[str, Any]]]:
    clocks = {key[0] for key in law.clocks}
    for order, row in enumerate(source.rows("notices.yaml", "rules", mark="track"), 1):
        row.only("track", "when", "owner", "tell", "clock", "home_told", "from", "to", "source")
        track, condition = row.text("track", longest=20), row.one_of("when", CONDITIONS)
        if not law.has_code("legal_track", track):
            row.wrong(f"the list legal_track does not know “{track}”.")
        tell = [str(kind) for kind in row.many("tell")]
        for kind in set(tell) - set(AgencyKind.values):
            row.wrong(f"there is no kind of agency “{kind}”.")
        begins = row.since()
        yield (
            row,
            (track, condition, begins),
            {
                "track": track,
                "condition": condition,
                "owner_kind": row.one_of("owner", AgencyKind.values),
                "notified": tell,
                "clock": row.one_of("clock", clocks),
                "home_told": bool(row.data.get("home_told", True)),
                "source": row.text("source", longest=400),
                "order": order,
                "valid_from": begins,
                "valid_to": row.day("to", required=False),
            },
        )


def _areas(law: Law, source: Source, units: Units) -> None:
    placed: dict[Key, str] = {}
    begins = date.min
    for order, row in enumerate(source.rows("areas.yaml", "areas"), 1):
        row.only("code", "vi", "en", "from", "source", "communes")
        code, begins = row.text("code", longest=20), row.since()
        law.areas[code, begins] = {
            "code": code,
            "name_vi": row.text("vi", longest=80),
            "name_en": row.text("en", longest=80),
            "order": order,
            "valid_from": begins,
            "valid_to": None,
        }
        law.area_units[code, begins] = set(_members(row, units, begins, placed, code))
    for key in set(units.communes(begins)) - set(placed):
        source.problems.append(f"areas.yaml: {key[0]} {units.values[key]['name']} is in no area.")


def _members(row: Row, units: Units, day: date, placed: dict[Key, str], area: str) -> Iterator[Key]:
    for code in row.many("communes"):
        key = units.on(str(code), day)
        if key is None:
            row.wrong(f"there is no commune {code} on {day}.")
            continue
        if placed.setdefault(key, area) != area:
            row.wrong(f"{code} is in the area {placed[key]} already.")
        yield key


def _estimates(source: Source) -> Iterator[tuple[Row, Any, dict[str, Any]]]:
    tables = [f"T{number}" for number in range(1, LONGEST_TABLE + 1)]
    for row in source.rows("estimates.yaml", "estimates", mark="table"):
        row.only("year", "table", "counts", "total", "source")
        year, table = row.number("year"), row.one_of("table", tables)
        yield (
            row,
            (year, table),
            {
                "year": year,
                "table": table,
                "counts": row.text("counts", longest=40),
                "total": row.number("total"),
                "source": row.text("source", "", longest=400),
            },
        )


# Writing


def write(law: Law, units: dict[Key, AdminUnit], changes: Changes) -> None:
    """Rows as the files say."""
    bring(ClockKind, law.clocks, lambda c: (c.code, c.variant, c.valid_from), changes)
    bring(Holiday, law.holidays, lambda day: day.day, changes)
    lists = bring(CodeList, law.lists, lambda one: one.code, changes)
    codes = {key: {**values, "list": lists[values["list"]]} for key, values in law.codes.items()}
    name_of = {one.pk: one.code for one in lists.values()}
    bring(Code, codes, lambda c: (name_of[c.list_id], c.code, c.valid_from), changes)
    bring(NoticeRule, law.notices, lambda r: (r.track, r.condition, r.valid_from), changes)
    bring(FigureEstimate, law.estimates, lambda e: (e.year, e.table), changes)
    areas = bring(Area, law.areas, lambda area: (area.code, area.valid_from), changes)
    for key, members in law.area_units.items():
        areas[key].units.set([units[member] for member in members])
