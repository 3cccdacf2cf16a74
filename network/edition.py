"""What the law and the province say, held in each process until it changes.

Small, read on every page, changed by `load_network` alone: all of it is read at once (a few
queries), and read again when the database's edition number differs. A process looks at that
number every ten seconds at most (NETWORK_LOOK_SECONDS); the one that loads looks at once.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings

from network import rules
from network.models import (
    AdminChange,
    AdminUnit,
    Agency,
    Area,
    ClockKind,
    Code,
    Edition,
    Holiday,
    Level,
    NoticeRule,
)
from network.roles import AgencyKind

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"

R = TypeVar("R")
K = TypeVar("K")


@dataclass(frozen=True)
class Units:
    """All units that ever were, and what became of them: a few hundred rows."""

    by_id: Mapping[int, AdminUnit]
    by_code: Mapping[str, Sequence[AdminUnit]]  # the latest first
    communes: Sequence[AdminUnit]
    named: Mapping[int, rules.Named]
    became: Mapping[int, Sequence[tuple[int, bool]]]  # new unit, whether only a part
    came_from: Mapping[int, Sequence[tuple[int, bool]]]


@dataclass(frozen=True)
class AreaOf:
    """An area with its communes' ids."""

    row: Area
    unit_ids: frozenset[int]


@dataclass(frozen=True, eq=False)
class Held:
    """One edition, as plain values and unsaved rows; nobody may change them."""

    number: int
    units: Units
    clocks: Mapping[tuple[str, str], Sequence[ClockKind]]
    codes: Mapping[str, Sequence[Code]]
    by_code: Mapping[tuple[str, str], Sequence[Code]]  # list, code: as it was and is
    notices: Sequence[NoticeRule]
    areas: Sequence[AreaOf]
    place: rules.Place
    province: Edition | None
    desks: Sequence[Agency]  # duty desks, whose number stands on every page


@dataclass
class _Cell:
    held: Held | None = None
    looked: float = 0.0


_cell = _Cell()


def current() -> Held:
    """The edition in force; read from the database at most once for each edition."""
    held = _cell.held
    if held is not None and time.monotonic() - _cell.looked < settings.NETWORK_LOOK_SECONDS:
        return held
    number = Edition.objects.number()
    if held is None or held.number != number:
        _cell.held = held = _read(number)
    _cell.looked = time.monotonic()
    return held


def forget() -> None:
    """Read everything again at the next question."""
    _cell.held = None


def _read(number: int) -> Held:
    province = Edition.objects.first()
    codes = list(Code.objects.select_related("list").order_by("order", "valid_from"))
    return Held(
        number=number,
        units=_units(),
        clocks=_by(ClockKind.objects.order_by("-valid_from"), lambda c: (c.code, c.variant)),
        codes=_by(codes, lambda c: c.list.code),
        by_code=_by(codes, lambda c: (c.list.code, c.code)),
        notices=list(NoticeRule.objects.order_by("order")),
        areas=_areas(),
        place=rules.Place(ZoneInfo(province.time_zone if province else DEFAULT_ZONE), _days()),
        province=province,
        desks=list(Agency.objects.filter(kind=AgencyKind.DUTY_DESK).order_by("pk")),
    )


def _units() -> Units:
    rows = list(AdminUnit.objects.order_by("-valid_from", "code"))
    by_id = {row.pk: row for row in rows}
    changes = list(AdminChange.objects.values_list("old_id", "new_id", "extent"))
    communes = [row for row in rows if row.level == Level.COMMUNE]
    return Units(
        by_id=by_id,
        by_code=_by(rows, lambda row: row.code),
        communes=communes,
        named={row.pk: _named(row, by_id) for row in communes},
        became=_links((old, new, extent) for old, new, extent in changes),
        came_from=_links((new, old, extent) for old, new, extent in changes),
    )


def _named(row: AdminUnit, by_id: Mapping[int, AdminUnit]) -> rules.Named:
    above, parent = list[AdminUnit](), row.parent_id
    while parent is not None:
        above.append(by_id[parent])
        parent = by_id[parent].parent_id
    district = next((unit.name for unit in above if unit.level == Level.DISTRICT), "")
    names = (row.name, *row.other_names)
    return rules.Named(names, " ".join(unit.name for unit in above), district)


def _links(changes: Iterable[tuple[int, int, str]]) -> dict[int, list[tuple[int, bool]]]:
    links: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for here, there, extent in changes:
        links[here].append((there, extent == AdminChange.Extent.PART))
    return dict(links)


def _areas() -> list[AreaOf]:
    rows = Area.objects.order_by("order").prefetch_related("units")
    return [AreaOf(row, frozenset(unit.pk for unit in row.units.all())) for row in rows]


def _days() -> rules.Days:
    rows = list(Holiday.objects.values_list("day", "is_working"))
    return rules.Days(
        closed=frozenset(day for day, is_working in rows if not is_working),
        worked=frozenset(day for day, is_working in rows if is_working),
    )


def _by(rows: Iterable[R], key: Callable[[R], Any]) -> dict[Any, list[R]]:
    grouped: dict[Any, list[R]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return dict(grouped)
