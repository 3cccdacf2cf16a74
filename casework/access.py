"""The only source of who sees what: owner and worker, live Access rows, less conflict blocks.

`open_groups` and `open_card` are the only ways in which a sealed value of a case opens; both write
who looked, in the same transaction, before anything is shown.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, Value

from casework import deadlines, naming, policy, rules
from casework.deadlines import Clock
from casework.groups import COLUMNS, CONSENTED, EVERY, INFORMANT, Card, Column
from casework.models import Access, AccessWhy, Block, Case, CaseState, EmergencyCard
from casework.models.access import seats_now
from casework.models.base import WORKS_CASES
from network.actors import Actor
from network.models import Agency
from safekeeping import events, policies, rls
from safekeeping.errors import NotGranted, RuleBroken
from safekeeping.questions import Id, kept
from safekeeping.sealed import is_empty, open_fields


@dataclass(frozen=True)
class Opened:
    """One opened value: of which record, which field."""

    kind: str
    reference: UUID
    field: str
    value: Any


@dataclass(frozen=True)
class Look:
    """What was opened, and what else may be."""

    opened: dict[str, list[Opened]]
    granted: frozenset[str]


# Who may open what


def groups_for(actor: Actor, case: Case | int, now: datetime) -> frozenset[str]:
    """The names of the groups that this person may open now; empty for whom a block names."""
    if not actor.has(*WORKS_CASES):
        return frozenset()
    row = Case.objects.get(pk=case) if isinstance(case, int) else case
    is_blocked, granted = _blocked_and_granted(actor, row.pk, now)
    return rules.groups_of(
        rules.Standing(
            is_blocked=is_blocked,
            leads=policy.leads(actor, row),
            works=policy.works_on(actor, row),
            granted=granted,
        )
    )


def _blocked_and_granted(actor: Actor, case_id: int, now: datetime) -> tuple[bool, frozenset[str]]:
    """Whether a block names this person, and what Access grants; one statement."""
    found = _blocks_and_grants(actor, Id(case_id), now)
    is_blocked = any(is_block for _groups, is_block in found)
    return is_blocked, frozenset(name for groups, _is_block in found for name in groups)


@kept
def _blocks_and_grants(actor: Actor, case_id: int, now: datetime) -> QuerySet[Any, Any]:
    """Of each: the groups that it opens, whether it is a block."""
    live = Access.objects.live_for(actor, now).filter(case_id=case_id, starts__lte=now)
    granted = live.filter(reach=policies.SHARED).values_list("groups", Value(False))
    blocks = Block.objects.against(actor).filter(case_id=case_id)
    nothing = Value([], output_field=Access._meta.get_field("groups"))
    both: QuerySet[Any, Any] = granted.union(blocks.values_list(nothing, Value(True)), all=True)
    return both


# Opening


def open_groups(
    *, actor: Actor, reference: UUID, groups: Collection[str], now: datetime
) -> dict[str, list[Opened]]:
    """Open groups of a case: group → its values that are not empty, oldest first.

    The owner's people get `wishes` along, whatever they ask for: her wishes come first.
    Raises NotVisible, NotGranted (a group one may not open), Unreadable.
    Records case.seen with the groups' names; if that cannot be written nothing is shown.
    """
    return look(actor=actor, reference=reference, groups=groups, now=now).opened


def look(*, actor: Actor, reference: UUID, groups: Collection[str], now: datetime) -> Look:
    """The same, and the names of all groups that this person may open. Records case.seen."""
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        granted = groups_for(actor, case, now)
        wanted = set(groups) | ({"wishes"} if _is_ours(actor, case, granted) else set())
        if not wanted <= granted or not wanted:
            raise NotGranted
        opened = {group: list(_values(case, group)) for group in sorted(wanted)}
        events.record("case.seen", subject=case, actor=actor, at=now, groups=wanted)
    return Look(opened, granted)


def _is_ours(actor: Actor, case: Case, granted: frozenset[str]) -> bool:
    return policy.is_of_owner(actor, case) and "wishes" in granted


def _values(case: Case, group: str) -> Iterable[Opened]:
    for column in COLUMNS[group]:
        rows = [row for row in _rows(case, column) if not is_empty(row, column.field)]
        open_fields(rows, [column.field])
        for row in rows:
            yield Opened(column.model, row.reference, column.field, getattr(row, column.field))


def _rows(case: Case, column: Column) -> list[Any]:
    if column.model == "case":
        return [case]
    rows = apps.get_model("casework", column.model).objects.filter(case_id=case.pk)
    if column.kind:
        rows = rows.filter(**{column.by: column.kind})
    found = list(rows.order_by("pk"))
    for row in found:
        row.case = case
    return found


def open_card(*, actor: Actor, reference: UUID, now: datetime) -> Card:
    """What those who go to her need tonight, for an addressee of the emergency card.

    Raises NotVisible, Unreadable. Records card.seen.
    """
    with rls.on_case_of(EmergencyCard.objects.visible_to(actor).case_ids(reference)):
        card = EmergencyCard.objects.select_related("case").get(reference=reference)
        open_fields([card], ["card"])
        events.record("card.seen", subject=card, actor=actor, at=now, groups=["card"])
    value: Card = card.card or Card()
    return value


# Granting, with the case in hand


def grant(
    case: Case,
    *,
    agency_id: int,
    groups: Collection[str],
    why: str,
    source: UUID | None,
    starts: datetime,
    ends: datetime | None = None,
    user_id: int | None = None,
) -> Access:
    """Let an agency, or one person of it, open exactly these groups from–to.

    Raises RuleBroken("agency-blocked") for whom a conflict block names, ValueError for a group that
    is never shared.
    """
    may_be = EVERY - {INFORMANT} if why == AccessWhy.BREAK_GLASS else CONSENTED
    if not set(groups) <= may_be:
        raise ValueError("a group that is never shared")
    if is_blocked(case.pk, agency_id=agency_id, user_id=user_id):
        raise RuleBroken("agency-blocked")
    return Access.born(
        case=case, agency_id=agency_id, user_id=user_id, groups=sorted(groups), why=why,
        source=source, starts=starts, ends=ends,
    )  # fmt: skip


def end(*, source: UUID, at: datetime) -> int:
    """End what one referral, consent or opening had granted, at once. Returns how many rows."""
    return Access.objects.filter(source=source, live=True).update(live=False, ends=at)


def end_later(*, source: UUID, ends: datetime) -> int:
    """Let what one source granted run out at a moment to come."""
    return Access.objects.filter(source=source, live=True).update(ends=ends)


def add_reader(case_id: int, agency_id: int) -> None:
    """Address the emergency card to one more office. Raises RuleBroken("agency-blocked")."""
    blocks = Block.objects.filter(case_id=case_id, agency_id=agency_id, live=True)
    cards = EmergencyCard.objects.filter(~Exists(blocks), case_id=case_id)
    with_one_more = Func(F("readers"), Value(agency_id), function="array_append")
    added = cards.exclude(readers__contains=[agency_id]).update(
        readers=with_one_more, version=F("version") + 1
    )
    if not added and is_blocked(case_id, agency_id=agency_id):
        raise RuleBroken("agency-blocked")


# Blocks, with the case in hand

NO_OFFICE = Value(None, output_field=BigIntegerField())


def kept_out() -> dict[str, Any]:
    """Columns for a case in hand: ids of the offices, and of the people, that may never see it."""
    blocks = Block.objects.filter(case=OuterRef("pk"), live=True)
    offices = Block.objects.filter(case=OuterRef(OuterRef("pk")), live=True).values("agency_id")
    there = seats_now().filter(agency__in=offices)
    return {
        "blocked_offices": ArraySubquery(blocks.filter(agency__isnull=False).values("agency_id")),
        "blocked_people": ArraySubquery(blocks.filter(user__isnull=False).values("user_id")),
        "sitting_there": ArraySubquery(there.values("user_id")),
    }


def is_blocked(case_id: int, *, user_id: int | None = None, agency_id: int | None = None) -> bool:
    """Whether a block in force names this person, this office, or one where the person sits."""
    named = Q(user_id=user_id, user__isnull=False) | Q(agency_id=agency_id, agency__isnull=False)
    if user_id is not None:
        named |= Q(agency__in=seats_now().filter(user_id=user_id).values("agency_id"))
    return Block.objects.filter(named, case_id=case_id, live=True).exists()


def blocked(case_id: int) -> tuple[set[int], set[int]]:
    """Offices and people that may never see this case; one statement."""
    found = list(named_by_blocks(case_id))
    offices = {agency_id for agency_id, _user_id in found if agency_id is not None}
    return offices, {user_id for _agency_id, user_id in found if user_id is not None}


def named_by_blocks(case_id: int) -> QuerySet[Any, Any]:
    """Pairs of an office or a person; whoever sits in a blocked office too. Not asked yet."""
    rows = Block.objects.filter(case_id=case_id, live=True)
    offices = rows.filter(agency__isnull=False).values("agency_id")
    seats = seats_now().filter(agency__in=offices).annotate(nobody=NO_OFFICE)
    named: QuerySet[Any, Any] = rows.values_list("agency_id", "user_id").union(
        seats.values_list("nobody", "user_id"), all=True
    )
    return named


def blocked_agencies(case_id: int) -> set[int]:
    """Offices that may never see this case."""
    return set(blocks_of_offices(case_id).values_list("agency_id", flat=True))


def blocks_of_offices(case_id: int) -> QuerySet[Block]:
    """What keeps offices from this case, not asked yet: for a part of another statement."""
    return Block.objects.filter(case_id=case_id, live=True, agency__isnull=False)


def blocked_users(case_id: int) -> set[int]:
    """People who may never see this case: by name, or since they sit in a blocked office."""
    return blocked(case_id)[1]


# The owner


def own(case: Case, *, at: datetime) -> Access:
    """The owner's one live row of reach OWNING, written with `Case.owner` for the database."""
    return Access.born(
        case=case, agency_id=case.owner_id, reach=policies.OWNING, why=AccessWhy.OWNER,
        source=case.reference, starts=at,
    )  # fmt: skip


def change_owner(
    case: Case, *, agency: Agency, actor: rls.ActorLike, now: datetime, reason: str
) -> None:
    """Another agency owns the case: owner row, clocks and card pass on, the worker is let go.

    reason: handover (the former owner keeps a tail of 14 days), cleared, blocked, succession.
    Raises RuleBroken("agency-blocked"). Records case.handed_over.
    """
    if is_blocked(case.pk, agency_id=agency.pk):
        raise RuleBroken("agency-blocked")
    old_id = case.owner_id
    owned = Access.objects.filter(case=case, reach=policies.OWNING, live=True)
    owned.update(live=False, ends=now)
    case.owner, case.worker = agency, None
    naming.save_with_alias(case, fields=["owner", "worker"])
    own(case, at=now)
    if reason == "handover":
        _leave_tail(case, old_id, now)
    deadlines.move(
        case, old_agency_id=old_id, new_agency_id=agency.pk, but=deadlines.REVIEWS
    )  # whoever was asked to look is asked still
    events.record("case.handed_over", subject=case, actor=actor, at=now, code=reason)
    want_worker(case, now=now)


def want_worker(case: Case, *, now: datetime) -> None:
    """A live case without a worker has a clock: to be assigned, or assigned again."""
    if case.worker_id is None and case.is_live:
        fresh = case.state == CaseState.DETECTED
        clock = "assign_handler" if fresh else "without_worker"
        deadlines.start(case, Clock(clock, case.owner_id, now))


def _leave_tail(case: Case, agency_id: int, now: datetime) -> None:
    Access.born(
        case=case, agency_id=agency_id, groups=sorted(rules.TAIL_GROUPS),
        why=AccessWhy.FORMER_OWNER, source=case.reference, starts=now, ends=now + rules.TAIL,
    )  # fmt: skip
