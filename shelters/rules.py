"""Who fits where: plain values in, plain answers out. How long a hold lasts a clock says."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from casework.rules import TYPED
from safekeeping.errors import RuleBroken

# All of these are our choice.
ELSEWHERE_AT_MOST = timedelta(hours=6)
WITHIN_THE_HOUR = timedelta(hours=1)  # how an emergency is asked for
DAY_BEGINS, DAY_ENDS = time(6), time(18)  # nobody is sent away in the dark
PERSONS_IN_A_BED = 2  # one of them a small child

PRIVATE, WHEELCHAIR, INFANTS = "private", "wheelchair", "infants"
# Tags of rooms that a party may ask for; must: no other room will do, else one is only better.
NEEDS = {PRIVATE: "must", WHEELCHAIR: "must", INFANTS: "better"}
MUST = frozenset(tag for tag, how in NEEDS.items() if how == "must")
WOMEN, MEN = "women", "men"
FEMALE, MALE, MIXED = "female", "male", "mixed"


@dataclass(frozen=True)
class Party:
    """Who comes. sharing: small children among `children` who sleep in another's bed.

    sex: of the adults; "unknown" rules no room out. oldest_boy: years, None if no boy comes.
    needs: keys of NEEDS.
    """

    adults: int = 1
    children: int = 0
    sharing: int = 0
    sex: str = "unknown"
    oldest_boy: int | None = None
    needs: tuple[str, ...] = ()

    @property
    def persons(self) -> int:
        return self.adults + self.children

    @property
    def beds(self) -> int:
        """How many beds they take; never more than two to a bed."""
        shared = max(0, min(self.sharing, self.children))
        return max(1, self.persons - shared, -(-self.persons // PERSONS_IN_A_BED))

    def spread(self, beds: int) -> list[int]:
        """How many sleep in each of so many beds."""
        each, more = divmod(self.persons, beds)
        return [each + (1 if place < more else 0) for place in range(beds)]


class Place(NamedTuple):
    """One bed as a claimer sees it. free: neither used nor out. out: out of order."""

    bed: int
    room: int
    shelter: int
    tags: frozenset[str] = frozenset()
    sons_up_to: int | None = None
    extra: bool = False
    free: bool = True
    out: bool = False


@dataclass(frozen=True)
class Plan:
    """Beds to take, and the ids of all beds to lock: a private room goes whole."""

    take: tuple[Place, ...]
    lock: tuple[int, ...]


def require_party(party: Party) -> None:
    """Refuse a party of nobody, or with more sharing than there are children."""
    if party.persons < 1:
        raise RuleBroken("nobody-comes")
    if party.sharing > party.children:
        raise RuleBroken("only-children-share")


def fits(place: Place, party: Party) -> bool:
    """Whether the room may take these people, free or not."""
    tags = place.tags
    if WOMEN in tags and party.sex in {MALE, MIXED}:
        return False
    if MEN in tags and party.sex in {FEMALE, MIXED}:
        return False
    if not MUST.intersection(party.needs) <= tags:
        return False
    return not _too_old(place, party)


def _too_old(place: Place, party: Party) -> bool:
    if party.oldest_boy is None or place.sons_up_to is None:
        return False
    return party.oldest_boy > place.sons_up_to


def choose(
    places: Sequence[Place], party: Party, *, busy: Collection[int] = (), start: int = 0
) -> Plan | None:
    """The best beds for a party, all in one house, in one room if possible; None if none do.

    busy: ids of beds that others are just taking. start: any number; of equal rooms it picks
    different ones, so that claimers do not all run for the same bed.
    """
    rooms = _rooms(places, party, busy)
    whole = [room for room in rooms if len(room.free) >= party.beds]
    if whole:
        best = min(whole, key=lambda room: (room.rank(party), _turn(room, start)))
        return _plan([best], party, start)
    for _, of_house in groupby(rooms, key=lambda room: room.shelter):
        several = sorted(of_house, key=lambda room: -len(room.free))
        if sum(len(room.free) for room in several) >= party.beds:
            return _plan(several, party, start)
    return None


@dataclass(frozen=True)
class _Room:
    room: int
    shelter: int
    tags: frozenset[str]
    free: tuple[Place, ...]
    every: tuple[Place, ...]

    def rank(self, party: Party) -> tuple[bool, bool, bool, int]:
        """Least is best: nothing special wasted, a cot's room for infants, few beds left over."""
        needs = set(party.needs) & NEEDS.keys()
        wasted, lacking = not MUST & self.tags <= needs, not needs <= self.tags
        extra = any(place.extra for place in self.free[: party.beds])
        return wasted, lacking, extra, len(self.free) - party.beds


def _rooms(places: Sequence[Place], party: Party, busy: Collection[int]) -> list[_Room]:
    by_room: dict[int, list[Place]] = {}
    for place in places:
        by_room.setdefault(place.room, []).append(place)
    rooms = (_room(beds, busy) for beds in by_room.values() if fits(beds[0], party))
    # groupby needs a house's rooms side by side; the places come in the order of the houses.
    return sorted((room for room in rooms if room.free), key=_order_of([p.shelter for p in places]))


def _order_of(shelters: list[int]) -> Callable[[_Room], int]:
    seen = {shelter: index for index, shelter in reversed(list(enumerate(shelters)))}
    return lambda room: seen[room.shelter]


def _room(beds: list[Place], busy: Collection[int]) -> _Room:
    first = beds[0]
    free = sorted((p for p in beds if p.free and p.bed not in busy), key=lambda p: (p.extra, p.bed))
    usable = [place for place in beds if not place.out]
    if PRIVATE in first.tags and len(free) < len(usable):
        free = []  # somebody sleeps there, or is just coming: it is theirs alone
    return _Room(first.room, first.shelter, first.tags, tuple(free), tuple(usable))


def _turn(room: _Room, start: int) -> int:
    return (room.room - start) % 1009


def _plan(rooms: list[_Room], party: Party, start: int) -> Plan:
    take: list[Place] = []
    lock: set[int] = set()
    for room in rooms:
        wanted = party.beds - len(take)
        if wanted <= 0:
            break
        taken = _rotated(room.free, start)[:wanted]
        take += taken
        lock |= {place.bed for place in (room.every if PRIVATE in room.tags else taken)}
    return Plan(tuple(take), tuple(sorted(lock)))


def _rotated(free: Iterable[Place], start: int) -> list[Place]:
    """Extra beds last; of the others, a different one first for each claimer."""
    proper = [place for place in free if not place.extra]
    extra = [place for place in free if place.extra]
    at = start % len(proper) if proper else 0
    return proper[at:] + proper[:at] + extra


def left_at(arrived: datetime | None, typed: datetime) -> datetime:
    """When somebody left, as typed to the minute.

    Raises RuleBroken("left-before-arrival"): one of the two times is a slip of the hand.
    """
    if arrived is None:
        return typed
    if typed + TYPED <= arrived:
        raise RuleBroken("left-before-arrival")
    return max(typed, arrived)


def ends_of(until: datetime | None, *, now: datetime) -> datetime | None:
    """Until when a stay wants its beds: until its hold ends, unless that is over already."""
    return until if until is not None and until > now else None


def require_by_day(at: datetime, zone: ZoneInfo) -> None:
    """Nobody has to leave against their will in the dark: from 06:00 until 18:00 (exclusive)."""
    clock = at.astimezone(zone).time()
    if not DAY_BEGINS <= clock < DAY_ENDS:
        raise RuleBroken("only-by-day")


def require_check_soon(next_check_at: datetime, *, now: datetime) -> None:
    """Who is safe elsewhere is asked again within six hours (inclusive), and not in the past."""
    if not now < next_check_at <= now + ELSEWHERE_AT_MOST:
        raise RuleBroken("check-within-six-hours")


def require_ahead(ends: datetime | None, *, now: datetime) -> None:
    """An end that is known lies ahead."""
    if ends is not None and ends <= now:
        raise RuleBroken("ends-before-it-begins")
