"""What happened in a case, in words: events drawn for people, nothing sealed among them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from casework.models import Level
from network import registry
from network.models import Agency, User
from safekeeping.events import Event
from safekeeping.questions import Id, kept

PAGE = 50
Title = Any  # a text to be translated when it is read
_titles: dict[str, Title] = {}
_lists: dict[str, str] = {}
_follows: set[str] = set()
# Reading is shown on "who looked"; the queue's own moves would only fill the page.
HIDDEN = frozenset(
    {"case.seen", "card.seen", "block.seen", "task.claimed", "task.released", "search.made"}
)
_LEVELS = frozenset({"case.reported", "case.assessed", "case.reassessed"})  # their code is one


@dataclass(frozen=True)
class Entry:
    """One thing that happened. late: entered after the fact. override: soft guards passed."""

    reference: UUID
    topic: str
    at: datetime
    recorded_at: datetime
    title: str
    detail: str
    who: str
    agency: str
    late: bool
    override: tuple[str, ...]


def titles(
    words: Mapping[str, Title],
    *,
    lists: Mapping[str, str] | None = None,
    follows: Collection[str] = (),
) -> None:
    """Tell how topics read; any app does so at start.

    lists: topic → code list of its code. follows: topics that follow from somebody's other act; a
    name beside them would read as whom they are about.
    """
    _titles.update(words)
    _lists.update(lists or {})
    _follows.update(follows)


def title_of(topic: str) -> str:
    """A topic in words; one without words reads as something noted."""
    return str(_titles.get(topic, _("Something was noted")))


def timeline_of(
    case_id: int, *, limit: int = PAGE, before: int | None = None, acts_of: int | None = None
) -> list[Entry]:
    """The newest events of a case that the reader's agency may see; one statement.

    before: the id of the last event shown, for the next page. acts_of: of one office alone.
    """
    until = None if before is None else Id(before)
    office = None if acts_of is None else Id(acts_of)
    return [_entry(event) for event in _told(Id(case_id), limit, until, office)]


@kept
def _told(case_id: int, limit: int, before: int | None, acts_of: int | None) -> QuerySet[Event]:
    events = Event.objects.filter(case_id=case_id).exclude(topic__in=HIDDEN).order_by("-pk")
    if acts_of is not None:
        events = events.filter(agency_id=acts_of)
    if before is not None:
        events = events.filter(pk__lt=before)
    return with_names(events)[:limit]


def with_names(events: QuerySet[Event]) -> QuerySet[Any]:
    """The same events, each with who acted and for which office: read by `who_of`, `office_of`."""
    person = JSONObject(
        family_name="family_name", middle_name="middle_name", given_name="given_name"
    )
    office = JSONObject(short_vi="short_vi", short_en="short_en")
    people = User.objects.filter(pk=OuterRef("actor_id")).values(found=person)
    offices = Agency.objects.filter(pk=OuterRef("agency_id")).values(found=office)
    return events.annotate(person=Subquery(people), office=Subquery(offices))


def who_of(event: Any) -> str:
    """Who acted, by name; empty for the program itself."""
    return User(**event.person).name if event.person else ""


def office_of(event: Any) -> str:
    """For which office, in the reader's language."""
    return Agency(**event.office).short if event.office else ""


def _entry(event: Any) -> Entry:
    is_act = event.topic not in _follows
    return Entry(
        reference=event.reference,
        topic=event.topic,
        at=event.happened_at,
        recorded_at=event.recorded_at,
        title=title_of(event.topic),
        detail=_detail(event),
        who=who_of(event) if is_act else "",
        agency=office_of(event) if is_act else "",
        late=event.happened_at < event.recorded_at or event.out_of_order,
        override=tuple(event.override or ()),
    )


def _detail(event: Event) -> str:
    """The event's code in words, where its topic has a list; nothing otherwise."""
    if event.topic in _LEVELS and event.code in Level.values:
        return str(Level(event.code).label)
    code_list = _lists.get(event.topic, "")
    return registry.label(code_list, event.code) if code_list and event.code else ""
