"""When reports come in: more in some months, weekdays and hours than in others, and at Tết.

Moments are made day by day, so that a year of ten thousand takes no more room than one of ten.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from network import edition, registry
from network.loading.source import BadData

DAY = timedelta(days=1)


def days_between(start: datetime, until: datetime) -> Iterator[date]:
    """Whole days of the province's calendar, without the one that has begun at either end."""
    day = registry.localdate(start) + DAY
    while day < registry.localdate(until):
        yield day
        day += DAY


def weight_of(day: date, rates: dict[str, Any]) -> float:
    """How many reports this day brings beside others. rates: `month`, `weekday`, `days_off`."""
    weight = float(rates["month"][day.month - 1]) * float(rates["weekday"][day.weekday()])
    is_feast = day in edition.current().place.days.closed
    return weight * float(rates["days_off"]) if is_feast else weight


def require_some(start: datetime, until: datetime, world: dict[str, Any]) -> None:
    """Raise BadData where the days of a play bring no report at all."""
    if not any(weight_of(day, world["rates"]) for day in days_between(start, until)):
        first, end = registry.localdate(start), registry.localdate(until)
        raise BadData(
            [f"{world['file']}: by “rates” no whole day from {first} until {end} brings a report."]
        )


def moments(
    start: datetime, until: datetime, cases: int, rates: dict[str, Any], dice: Random
) -> Iterator[tuple[date, list[datetime]]]:
    """For each day the moments of its reports, in order; `cases` in all.

    Each report lies somewhere in its own equal share of the year's weight, so that rates hold and
    no two years are alike. rates: also `hour`, 24 weights.
    """
    total = sum(weight_of(day, rates) for day in days_between(start, until))
    reached, number = 0.0, 0
    place = dice.random()
    for day in days_between(start, until):
        reached += weight_of(day, rates)
        today = []
        while number < cases and (number + place) / cases * total <= reached:
            today.append(_moment(day, rates["hour"], dice))
            number, place = number + 1, dice.random()
        yield day, sorted(today)


def _moment(day: date, hours: list[float], dice: Random) -> datetime:
    hour = dice.choices(range(24), hours)[0]
    begin = datetime.combine(day, time(hour), tzinfo=registry.zone())
    return begin + timedelta(minutes=dice.randint(0, 59))
