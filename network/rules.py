"""Pure rules of the network: when a clock falls due, how a name is searched for."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

SATURDAY = 5


@dataclass(frozen=True)
class Days:
    """The dated table of days off: `closed` weekdays, and `worked` Saturdays or Sundays."""

    closed: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether public offices are open."""
        if day in self.worked:
            return True
        return day.weekday() < SATURDAY and day not in self.closed


@dataclass(frozen=True)
class Span:
    """How long a clock runs: exactly one of the three is set."""

    within: timedelta | None = None
    working_days: int | None = None
    months: int | None = None
    whole_days: bool = False  # ends with the last day, not at the hour it began


@dataclass(frozen=True)
class Place:
    """The calendar of a province."""

    zone: ZoneInfo
    days: Days = field(default_factory=Days)


def due_at(start: datetime, span: Span, place: Place) -> datetime:
    """When a clock begun at `start` (aware) falls due, exclusive: the first moment too late.

    Hours run through nights, weekends and Tết. Working days begin after the day of the start and
    end with the last one; calendar days and months end with their last day.
    Source: Civil Code 91/2015/QH13 art. 147-148 for counting days and months.
    """
    local = start.astimezone(place.zone)
    if span.working_days is not None:
        return _midnight(_after_working_days(local.date(), span.working_days, place.days), place)
    if span.months is not None:
        return _midnight(add_months(local.date(), span.months), place)
    assert span.within is not None
    if span.whole_days:
        return _midnight((local + span.within).date(), place)
    return start + span.within


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 31 January and 1 month, 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise AssertionError("every month has 28 days")


def _after_working_days(day: date, count: int, days: Days) -> date:
    while count:
        day += timedelta(days=1)
        count -= days.is_working(day)
    return day


def _midnight(day: date, place: Place) -> datetime:
    """The end of a local day, as UTC."""
    end = datetime.combine(day + timedelta(days=1), clock_time(), tzinfo=place.zone)
    return end.astimezone(ZoneInfo("UTC"))


Spell = tuple[datetime, datetime]


def gaps(duties: Iterable[Spell], start: datetime, end: datetime) -> list[Spell]:
    """The times between `start` and `end` that no duty covers, in order."""
    found, covered = list[Spell](), start
    for begins, ends in sorted(duties):
        if begins >= end:
            break
        if begins > covered:
            found.append((covered, begins))
        covered = max(covered, ends)
    if covered < end:
        found.append((covered, end))
    return found


def folded(text: str) -> str:
    """A name as people type it in a hurry: no diacritics, small letters, single spaces."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("đ", "d")
    letters = unicodedata.normalize("NFD", plain)
    kept = ("" if unicodedata.combining(c) else c if c.isalnum() else " " for c in letters)
    return " ".join("".join(kept).split())


def composed(text: str) -> str:
    """A name with its diacritics in one spelling, for telling exact hits from near ones."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@dataclass(frozen=True)
class Named:
    """What a place is called, for ranking: names with and without diacritics, and what is above."""

    names: tuple[str, ...]
    above: str = ""
    district: str = ""  # former units lay in one that people still speak of


# The words before a name say little: "xa dinh cao" looks for the same as "dinh cao".
KIND_WORDS = ("thi tran", "thanh pho", "dac khu", "phuong", "thi xa", "huyen", "tinh", "tx", "tp",
              "tt", "xa", "p", "h")  # fmt: skip


def without_kind(text: str) -> str:
    """A folded query without its leading "xã", "phường", "TT" …; all of it if nothing is left."""
    for word in KIND_WORDS:
        rest = text.removeprefix(word + " ")
        if rest != text:
            return rest
    return text


def rank(query: str, named: Named) -> int | None:
    """How well a place answers: smaller is better, None is not at all.

    0 exact with diacritics · 1 exact without · 2 begins with it · 3 a word begins with it ·
    4 name and what is above together ("dinh cao phu cu") · 5 lay in that district ("phu cu").
    """
    plain = without_kind(folded(query))
    if not plain:
        return None
    ranks = [_rank_of(composed(query), plain, name) for name in named.names]
    best = min((found for found in ranks if found is not None), default=None)
    if best is not None:
        return best
    if _in_both(plain, named):
        return 4
    return 5 if plain == folded(named.district) else None


def _rank_of(query: str, plain: str, name: str) -> int | None:
    bare = folded(name)
    if plain == bare:
        return 0 if query.endswith(composed(name)) else 1
    if bare.startswith(plain):
        return 2
    return 3 if f" {plain}" in f" {bare}" else None


def _in_both(plain: str, named: Named) -> bool:
    """A whole name first, then words that begin words of what lies above it."""
    above = folded(named.above).split()
    for name in map(folded, named.names):
        rest = plain.removeprefix(name + " ")
        if rest != plain:
            return _all_begin(rest.split(), above)
    return False


def _all_begin(words: Collection[str], targets: Collection[str]) -> bool:
    return all(any(target.startswith(word) for target in targets) for word in words)
