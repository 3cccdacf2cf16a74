"""Finding a person again among the cases that one may open; every search is written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from casework import access, indexing, policy, rules
from casework.models import Case, Survivor, SurvivorIndex
from network.actors import Actor
from network.models import Agency
from safekeeping import blind, events
from safekeeping.errors import RuleBroken, require
from safekeeping.models import Event
from safekeeping.sealed import open_readable

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Hit:
    """A case in which the person was found; `exact` also agrees in its diacritics."""

    reference: UUID
    code: str
    alias: str
    state: str
    exact: bool


@dataclass(frozen=True)
class _Way:
    """How one kind of text is normalised, what of a survivor it is compared with, which group."""

    normal: Callable[[str], str]
    texts: Callable[[Survivor], list[str]]
    field: str
    group: str


def _names(survivor: Survivor) -> list[str]:
    return [survivor.identity.full_name] if survivor.identity else []


def _id_numbers(survivor: Survivor) -> list[str]:
    return [survivor.identity.id_number] if survivor.identity else []


def _numbers(survivor: Survivor) -> list[str]:
    return indexing.phones(survivor.contact)


WAYS = {
    "phone": _Way(blind.normal_phone, _numbers, "contact", "contact"),
    "name": _Way(blind.normal_name, _names, "identity", "person"),
    "id_number": _Way(blind.normal_id, _id_numbers, "identity", "person"),
}


def search_people(*, actor: Actor, kind: str, text: str, now: datetime) -> list[Hit]:
    """Cases whose survivor bears this number or name; exact hits first, then the newest.

    Only cases whose group one may open are compared; the words themselves are not kept.
    Raises PermissionDenied, RuleBroken ("too-many-searches", "nothing-to-search"),
    KeysUnavailable. Records search.made with the words' mark.
    """
    require(policy.may_search(actor))
    way = WAYS.get(kind)
    wanted = way.normal(text) if way else ""
    if way is None or not wanted:
        raise RuleBroken("nothing-to-search")
    _require_few(actor, now)
    _record(actor, blind.query_mark(kind, wanted), now)
    candidates = _candidates(actor, kind, wanted, way, now)
    hits = [_hit(one, way, text) for one in candidates if _bears(one, way, wanted)]
    return sorted(hits, key=lambda hit: not hit.exact)


def _require_few(actor: Actor, now: datetime) -> None:
    made = Event.objects.filter(
        topic="search.made", agency_id=actor.agency_id, actor_id=actor.user_id,
        recorded_at__gt=now - HOUR,
    ).count()  # fmt: skip
    if made >= rules.SEARCHES_AN_HOUR:
        raise RuleBroken("too-many-searches", most=rules.SEARCHES_AN_HOUR)


def _record(actor: Actor, mark: str, now: datetime) -> None:
    office = Agency.objects.get(pk=actor.agency_id or 0)
    events.record("search.made", subject=office, actor=actor, at=now, code=mark)


def _candidates(actor: Actor, kind: str, wanted: str, way: _Way, now: datetime) -> list[Survivor]:
    """The crowd that shares the index, opened; the newest case first."""
    seen = Case.objects.visible_to(actor)
    crowd = SurvivorIndex.objects.filter(
        indexing.bearing([(kind, wanted)]), case_id__in=seen.values("pk")
    )
    survivors = Survivor.objects.filter(case_id__in=crowd.values("case_id"))
    found = [
        one
        for one in survivors.select_related("case").order_by("-case_id")
        if way.group in access.groups_for(actor, one.case, now)
    ]
    return open_readable(found, [way.field])


def _bears(survivor: Survivor, way: _Way, wanted: str) -> bool:
    return wanted in (way.normal(text) for text in way.texts(survivor))


def _hit(survivor: Survivor, way: _Way, text: str) -> Hit:
    case = survivor.case
    exact = any(blind.same_with_marks(text, own) for own in way.texts(survivor))
    return Hit(case.reference, case.code, case.alias, str(case.state), exact)
