"""The week on paper, for the night the line is down: whom to ring, who is on duty, who has beds.

Nothing of a case stands here, no address, and no secret house: paper lies about.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from network import registry
from network.actions.roster import open_week
from network.actors import Actor
from network.models import Agency, Publicity, Shift
from shelters.models import Shelter

WEEK = timedelta(days=7)
MOST = 10  # other agencies, so that all stays on one sheet
NEXT = "sau"
EVERYBODYS = {"111", "113", "115"}  # stand on top of the sheet


@dataclass(frozen=True)
class Turn:
    """One shift as it stands on paper; times are local."""

    starts: datetime
    ends: datetime
    name: str
    number: str
    is_second: bool


@dataclass(frozen=True)
class Near:
    """Another agency that helps here, and what with."""

    name: str
    number: str
    services: str


@dataclass(frozen=True)
class House:
    """Who keeps beds, and how many there are at all."""

    name: str
    number: str
    beds: int


@dataclass(frozen=True)
class Sheet:
    """A week of one agency: Monday, Sunday, (day, its turns), others, houses."""

    agency: Agency
    first: date
    last: date
    days: list[tuple[date, list[Turn]]]
    near: list[Near]
    houses: list[House]


def monday_of(now: datetime, *, ahead: bool) -> date:
    """The Monday of this week, or of the next."""
    today = timezone.localdate(now)
    return today - timedelta(days=today.weekday()) + (WEEK if ahead else timedelta(0))


def midnight(day: date) -> datetime:
    """The day's first moment, local."""
    return timezone.make_aware(datetime.combine(day, time.min))


def sheet_of(agency: Agency, *, actor: Actor, first: date, now: datetime) -> Sheet:
    """The week that begins on a Monday; opens the duty phones of the agency.

    Raises NotVisible, Unreadable. Records roster.opened.
    """
    begin = midnight(first)
    shifts = open_week(actor=actor, agency=agency, starts=begin, ends=begin + WEEK, now=now)
    houses = _houses(actor)
    told = {house.number for house in houses} | {registry.duty_phone(first)} | EVERYBODYS
    return Sheet(
        agency=agency,
        first=first,
        last=first + WEEK - timedelta(days=1),
        days=list(_days(shifts, first)),
        near=[one for one in _near(agency, first) if one.number not in told][:MOST],
        houses=houses,
    )


def _days(shifts: list[Shift], first: date) -> Iterator[tuple[date, list[Turn]]]:
    of_day: dict[date, list[Turn]] = defaultdict(list)
    for shift in shifts:
        # A shift of the Sunday before stands on Monday, from midnight on.
        starts = max(timezone.localtime(shift.starts), midnight(first))
        of_day[starts.date()].append(
            Turn(
                starts,
                timezone.localtime(shift.ends),
                shift.membership.user.name,
                shift.phone.number if shift.phone else "",
                shift.turn > 1,
            )
        )
    for offset in range(WEEK.days):
        day = first + timedelta(days=offset)
        yield day, of_day[day]


def _near(agency: Agency, on: date) -> Iterator[Near]:
    """Agencies with a number that serve this place, in the order in which they are asked."""
    helps: dict[int, list[str]] = defaultdict(list)
    found: dict[int, Agency] = {}
    for service, offering in registry.offers_at(agency.unit, on).items():
        for one in offering:
            if one.duty_phone and one.pk != agency.pk and one.publicity != Publicity.SECRET:
                found[one.pk] = one
                helps[one.pk].append(registry.label("service", service))
    for pk, one in found.items():
        yield Near(one.short, one.duty_phone, ", ".join(helps[pk][:3]))


def _houses(actor: Actor) -> list[House]:
    """Houses that the network knows of; a secret one is on no paper, not even on its own."""
    known = Shelter.objects.visible_to(actor).exclude(publicity=Publicity.SECRET)
    counted: Any = known.annotate(beds=Count("rooms__beds", filter=Q(rooms__beds__extra=False)))
    return [
        House(one.name, one.agency.duty_phone, one.beds) for one in counted.select_related("agency")
    ]
