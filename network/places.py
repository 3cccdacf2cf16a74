"""Questions about places: what answers a name, what a unit was and what it has become.

Asked without a query, of `network.edition`. `on` is a day of the province's calendar.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.text import capfirst
from django.utils.translation import get_language

from network import edition, rules
from network.models import AdminUnit, Level


@dataclass(frozen=True)
class Found:
    """A place that answers a search; `was` names the former unit by which it was found."""

    unit: AdminUnit
    was: AdminUnit | None = None
    is_part: bool = False

    @property
    def label(self) -> str:
        """Today's name."""
        return self.unit.label


def find_places(text: str, on: date, limit: int = 8) -> list[Found]:
    """Communes of this day by today's or a former name, with or without diacritics, best first.

    A former commune answers with what it has become; a split one with each of its parts.
    """
    units = edition.current().units
    ranked = []
    for unit in units.communes:
        position = rules.rank(text, units.named[unit.pk])
        if position is None:
            continue
        # Among equals today's name comes before a former one.
        ranked += [
            (position, found.was is not None, found.unit.name, found)
            for found in _answers(unit, on, units)
        ]
    ranked.sort(key=lambda each: each[:3])
    best: dict[int, Found] = {}
    for *_, found in ranked:
        best.setdefault(found.unit.pk, found)
    return list(best.values())[:limit]


def _answers(unit: AdminUnit, on: date, units: edition.Units) -> list[Found]:
    if unit.holds(on):
        return [Found(unit)]
    return [
        Found(units.by_id[new], was=unit, is_part=is_part)
        for new, is_part in _followed(unit.pk, units.became, on, units)
    ]


def _followed(
    start: int, links: Mapping[int, Sequence[tuple[int, bool]]], on: date, units: edition.Units
) -> Iterator[tuple[int, bool]]:
    """Units of a day that links lead to, over as many reorganisations as there were.

    With each, whether it is only a part at any of the steps.
    """
    waiting, seen = [(start, False)], {start}
    while waiting:
        here, is_part = waiting.pop(0)
        for there, is_cut in links.get(here, ()):
            if there in seen:
                continue
            seen.add(there)
            step = (there, is_part or is_cut)
            if units.by_id[there].holds(on):
                yield step
            else:
                waiting.append(step)


def unit_on(code: str, on: date) -> AdminUnit | None:
    """The unit that bore this code on this day: codes are reused, so the day decides."""
    for unit in edition.current().units.by_code.get(code, ()):
        if unit.holds(on):
            return unit
    return None


def unit(unit_id: int) -> AdminUnit:
    """A unit by id, without a query. Raises KeyError."""
    return edition.current().units.by_id[unit_id]


def today_of(one: AdminUnit, on: date) -> list[AdminUnit]:
    """What a unit has become by this day: itself while it exists; several if it was split."""
    if one.holds(on):
        return [one]
    units = edition.current().units
    return [units.by_id[new] for new, _ in _followed(one.pk, units.became, on, units)]


def is_split(unit_id: int, on: date) -> bool:
    """Whether a unit has become several by this day."""
    units = edition.current().units
    return not units.by_id[unit_id].holds(on) and len(units.became.get(unit_id, ())) > 1


def former_of(one: AdminUnit, on: date) -> list[AdminUnit]:
    """The same place in the boundaries of an earlier day: all units, whole or part, it came from.

    "In 2024 boundaries" is `former_of(unit, date(2024, 12, 31))`.
    """
    if one.holds(on):
        return [one]
    units = edition.current().units
    return [units.by_id[old] for old, _ in _followed(one.pk, units.came_from, on, units)]


def communes(on: date) -> list[AdminUnit]:
    """All communes and wards of a day, by name."""
    return list(_communes(edition.current(), on))


@lru_cache(maxsize=4)  # of an edition and a day; sorting by folded names costs a millisecond
def _communes(held: edition.Held, on: date) -> tuple[AdminUnit, ...]:
    standing = (unit for unit in held.units.communes if unit.holds(on))
    return tuple(sorted(standing, key=lambda unit: (rules.folded(unit.name), unit.code)))


def commune_names(on: date) -> tuple[str, ...]:
    """Their names as people write them, in the reader's language."""
    return _commune_names(edition.current(), on, get_language() or "vi")


@lru_cache(maxsize=4)
def _commune_names(held: edition.Held, on: date, language: str) -> tuple[str, ...]:
    return tuple(capfirst(unit.label_in(language)) for unit in _communes(held, on))


def lines(unit_ids: Collection[int]) -> set[int]:
    """Units, what they were made of, and everything above either.

    So a service that covers a district of 2024 still covers the communes made of its own, and what
    is of a province that was merged is there for all of the merged one.
    """
    units = edition.current().units
    waiting = list(_made_of(unit_ids, units))
    line = set[int]()
    while waiting:
        line.add(one := waiting.pop())
        parent = units.by_id[one].parent_id if one in units.by_id else None
        if parent is not None and parent not in line:
            waiting += [parent, *_merged_into(units.by_id[parent], units)]
    return line


def _merged_into(one: AdminUnit, units: edition.Units) -> set[int]:
    return _made_of([one.pk], units) if one.level == Level.PROVINCE else set()


def _made_of(unit_ids: Collection[int], units: edition.Units) -> set[int]:
    found, waiting = set(unit_ids), list(unit_ids)
    while waiting:
        older = {old for old, _ in units.came_from.get(waiting.pop(), ())} - found
        found |= older
        waiting += older
    return found
