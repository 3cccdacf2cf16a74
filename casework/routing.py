"""Who owns a new case and who is told first: by legal track, place of the act and conflict.

The table itself is data (`network` NoticeRule). What a blocked or unconnected office would have
done falls to the duty desk, and the page says whom to ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.deadlines import Clock
from casework.rules import is_conflict_open
from network import registry
from network.models import AdminUnit, Agency, NoticeRule
from network.roles import AgencyKind, Role
from safekeeping.errors import RuleBroken

OWNS = (Role.CASEWORKER, Role.SUPERVISOR)
ANSWERS = (Role.RESPONDER, Role.SUPERVISOR, Role.CASEWORKER)
# The offices in which he, or a relative of his, may sit.
LOCAL = (AgencyKind.COMMUNE_COMMITTEE, AgencyKind.COMMUNE_POLICE)
# Who is told in the place of an office that may not know.
INSTEAD = {AgencyKind.COMMUNE_POLICE: AgencyKind.PROVINCIAL_POLICE}
OWNERS_CLOCKS = frozenset({"notify_chairman", "child_emergency"})


@dataclass(frozen=True)
class Told:
    """What the table needs to know of a report."""

    place: AdminUnit | None
    tracks: tuple[str, ...]
    conditions: frozenset[str]
    conflict: str
    from_agency_id: int
    at: datetime  # when it was so
    now: datetime
    blocked: frozenset[int] = frozenset()  # offices that stay out after the conflict was cleared


@dataclass(frozen=True)
class Route:
    """owner, offices told besides, offices kept out, offices to be rung because nobody is there."""

    owner: Agency
    desk: Agency
    told: tuple[Agency, ...] = ()
    not_told: tuple[Agency, ...] = ()
    to_ring: tuple[Agency, ...] = ()
    clocks: tuple[Clock, ...] = ()


@dataclass(frozen=True)
class _Offices:
    """Agencies by kind at one place, all that the table may name; asked at once."""

    desk: Agency
    held: Mapping[str, Agency]

    def of(self, kind: str) -> Agency | None:
        return self.desk if kind == AgencyKind.DUTY_DESK else self.held.get(kind)


def duty_desk(now: datetime) -> Agency:
    """The network's duty desk. Raises RuleBroken("no-duty-desk") where no network is loaded."""
    desk = registry.duty_desk(registry.localdate(now))
    if desk is None:
        raise RuleBroken("no-duty-desk")
    return desk


def find(told: Told) -> Route:
    """Owner and first notices. Source: Law 13/2022/QH15 art. 19, 20; the table names each."""
    day = registry.localdate(told.now)
    table = registry.notice_rules(told.tracks, told.conditions, day)
    kinds = {*LOCAL, *INSTEAD.values(), *(kind for rule in table for kind in _kinds_of(rule))}
    offices = _Offices(duty_desk(told.now), registry.agencies_for(kinds, told.place, day))
    kept_out = _kept_out(told, offices)
    out_ids = told.blocked | {office.pk for office in kept_out}
    rightful = _rightful(table, offices)
    named = _named(table, offices, out_ids)
    roles = registry.roles_at({rightful.pk, *(one.pk for one in named)}, told.now)
    present = {pk for pk, held in roles.items() if held.intersection(ANSWERS)} | {offices.desk.pk}
    owner = _owner(rightful, told, out_ids, roles, offices.desk)
    own_ids = {owner.pk, told.from_agency_id}
    absent = [one for one in [rightful, *named] if one.pk not in present | out_ids | own_ids]
    return Route(
        owner=owner,
        desk=offices.desk,
        told=tuple(one for one in named if one.pk in present and one.pk not in own_ids),
        not_told=tuple(kept_out),
        to_ring=tuple(dict.fromkeys(absent)),
        clocks=tuple(_clocks(table, told, owner, named, present, offices.desk)),
    )


def _kinds_of(rule: NoticeRule) -> Iterable[str]:
    return (rule.owner_kind, *rule.notified)


def _kept_out(told: Told, offices: _Offices) -> list[Agency]:
    """The offices at the place, while it is open whether he is in them.

    Who reports knows already: the own office is kept out only by a plain yes.
    """
    if not is_conflict_open(told.conflict):
        return []
    local = [one for one in map(offices.of, LOCAL) if one is not None]
    return [one for one in local if told.conflict == "yes" or one.pk != told.from_agency_id]


def _rightful(table: Sequence[NoticeRule], offices: _Offices) -> Agency:
    """Who owns by the first ground rule; the duty desk where the village may not know."""
    ground = [rule for rule in table if rule.condition == "any"]
    if not ground or not all(rule.home_told for rule in table):
        return offices.desk
    return offices.of(ground[0].owner_kind) or offices.desk


def _named(table: Sequence[NoticeRule], offices: _Offices, out: Iterable[int]) -> list[Agency]:
    """Offices that the table tells, each once; one that may not know is replaced."""
    is_home_told = all(rule.home_told for rule in table)
    found: dict[Agency, None] = {}
    for kind in dict.fromkeys(kind for rule in table for kind in rule.notified):
        if kind == AgencyKind.COMMUNE_COMMITTEE and not is_home_told:
            continue
        office = _unless_out(kind, offices, out)
        if office is not None:
            found[office] = None
    return list(found)


def _unless_out(kind: str, offices: _Offices, out: Iterable[int]) -> Agency | None:
    office = offices.of(kind)
    if office is not None and office.pk in out:
        instead = INSTEAD.get(AgencyKind(kind))
        office = offices.of(instead) if instead else None
    return office


def _owner(
    rightful: Agency,
    told: Told,
    out: Iterable[int],
    roles: Mapping[int, set[str]],
    desk: Agency,
) -> Agency:
    """The rightful one, if somebody is there who may own; the duty desk otherwise."""
    if is_conflict_open(told.conflict) or rightful.pk in out or rightful == desk:
        return desk
    return rightful if roles.get(rightful.pk, set()).intersection(OWNS) else desk


def _clocks(
    table: Sequence[NoticeRule],
    told: Told,
    owner: Agency,
    named: Sequence[Agency],
    present: set[int],
    desk: Agency,
) -> Iterable[Clock]:
    """One clock of each code; who reported from the office itself has met it."""
    for code in dict.fromkeys(rule.clock for rule in table):
        who = owner if code in OWNERS_CLOCKS else _competent(table, code, named, owner)
        runs_for = who if who.pk in present or who == owner else desk
        is_met = runs_for.pk == told.from_agency_id
        yield Clock(code, runs_for.pk, told.at, met_at=told.at if is_met else None)


def _competent(
    table: Sequence[NoticeRule], code: str, named: Sequence[Agency], owner: Agency
) -> Agency:
    """The first office told of those that the clock's rules name, or its replacement."""
    listed = [kind for rule in table if rule.clock == code for kind in rule.notified]
    kinds = [one for kind in listed for one in (kind, INSTEAD.get(AgencyKind(kind)))]
    fitting = [office for kind in kinds for office in named if office.kind == kind]
    return fitting[0] if fitting else owner
