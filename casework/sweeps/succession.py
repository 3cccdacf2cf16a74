"""An office that ended: its live cases, and all that it held of others' cases, pass on.

Found in the ended office's own name: what it could see is what it held. Each case in a
transaction of its own.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q

from casework import access, blocks, deadlines, heirs, routing
from casework.deadlines import Clock
from casework.models import (
    Access,
    AgencyTask,
    Block,
    BreakGlass,
    Case,
    CaseState,
    Deadline,
    Death,
    EmergencyCard,
    Override,
)
from network import endings, registry
from network.actors import system_actor
from network.models import Agency
from safekeeping import events, policies, rls
from safekeeping.sweeps import each, sweep

SWEEP = "sweep"
REVIEWED = (Override, BreakGlass, Death)


@sweep("succession")
def pass_on(now: datetime) -> int:
    """Cases of an office that ended pass to its successor, clocks unbroken.

    Where its commune was split, by the place of the act. Without a successor, where the conflict
    list names it, or where nobody there works on cases yet, the duty desk takes them and has a day
    to place them. A closed case waits for nobody's work: the successor has it even before somebody
    is there, so that it is linked, opened again, kept or erased by whoever answers for it.
    Records case.handed_over.
    """
    day = registry.localdate(now)
    with rls.acting(actor=None, now=now, system=SWEEP):
        owned = Access.objects.filter(reach=policies.OWNING, live=True, agency__valid_to__lte=day)
        cases = list(owned.order_by("case_id").values_list("case_id"))
    return each(_pass_on, cases, now)


def _pass_on(case_id: int, now: datetime) -> bool:
    day = registry.localdate(now)
    with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
        case = Case.objects.select_related("owner__successor", "place").get(pk=case_id)
        if case.owner.holds(day):
            return False
        heir = heirs.owner_of(case, case.owner, now)
        if case.is_live and heir != registry.successor_of(case.owner, day, place=case.place):
            deadlines.start(case, Clock("succession", heir.pk, now))
        access.change_owner(
            case, agency=heir, actor=system_actor(SWEEP), now=now, reason="succession"
        )
    return True


@sweep("succession_of_the_rest")
def pass_rest(now: datetime) -> int:
    """What an ended office held of cases that others own passes on too.

    Grants, places on emergency cards, clocks, reviews and open steps; a conflict block that named
    it names its successors. Returns how many cases were touched. Records access.succeeded for
    grants, and block.set.
    """
    with rls.acting(actor=None, now=now, system=SWEEP):
        offices = endings.leaving(now)
    held = ((case_id, one) for one in offices for case_id in sorted(_held(one.pk, now)))
    return each(_pass_rest, held, now)


def _held(office_id: int, now: datetime) -> set[int]:
    """Ids of cases in which the office has anything."""
    with rls.acting(actor=rls.Ids(agency_id=office_id), now=now, system=SWEEP):
        rows = [*_things(office_id, now), Block.objects.filter(agency_id=office_id, live=True)]
        return {case_id for each in rows for case_id in each.values_list("case_id", flat=True)}


def _things(office_id: int, now: datetime) -> list[Any]:
    """Querysets of everything but its cases and blocks that an office holds."""
    lasting = Q(ends=None) | Q(ends__gt=now)
    reviews = [m.objects.filter(review_agency=office_id, reviewed_at=None) for m in REVIEWED]
    return [
        Access.objects.filter(lasting, agency=office_id, live=True, reach=policies.SHARED),
        EmergencyCard.objects.filter(readers__contains=[office_id]),
        Deadline.objects.filter(agency=office_id, met_at=None, waived_at=None),
        AgencyTask.objects.filter(agency=office_id, finished=None),
        *reviews,
    ]


@endings.holding
def held(agency_id: int, now: datetime) -> dict[str, int]:
    """Its cases, grants, what it has to do in others' cases, blocks that have to go along."""
    with rls.acting(actor=rls.Ids(agency_id=agency_id), now=now, system=SWEEP):
        owned = Case.objects.filter(owner=agency_id)
        closed = owned.filter(state=CaseState.CLOSED).count()
        grants, *rest = (rows.count() for rows in _things(agency_id, now))
        live = owned.count() - closed
        blocks = Block.objects.filter(agency=agency_id, live=True)
        blocked = list(blocks.values_list("case_id", flat=True))
    office = Agency.objects.select_related("successor").get(pk=agency_id)
    left = sum(_is_block_left(case_id, office, now) for case_id in blocked)
    return {
        "live_cases": live, "closed_cases": closed, "grants": grants, "duties": sum(rest),
        "blocks": left,
    }  # fmt: skip


def _is_block_left(case_id: int, office: Agency, now: datetime) -> bool:
    """Whether a successor is not named yet by the list that names the office."""
    with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
        return bool(_unblocked_heirs(case_id, office, now))


def _unblocked_heirs(case_id: int, office: Agency, now: datetime) -> list[Agency]:
    """All that took over from it, but for the duty desk, which has to clear conflicts."""
    successors = registry.successors_of(office, registry.localdate(now))
    out = {office.pk, routing.duty_desk(now).pk, *access.blocked_agencies(case_id)}
    return [heir for heir in successors if heir.pk not in out]


def _pass_rest(case_id: int, office: Agency, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
        case = Case.objects.select_related("place", "owner").get(pk=case_id)
        if case.owner_id == office.pk:
            return False  # its turn comes once it has another owner
        passed = _pass_blocks(case, office, now)
        heir = heirs.heir_of(case, office, now)
        keeper = heirs.keeper_of(case, office, now, heirs.WORKS)
        passed |= _pass_grants(case, office, heir, now)
        passed |= _pass_card(case, office, heir)
        passed |= _pass_duties(case, office, keeper)
    return passed


def _pass_blocks(case: Case, office: Agency, now: datetime) -> bool:
    """Who sat in the blocked office sits in its successor now: deny goes along.

    A successor that owns the case already loses it to the duty desk, as any blocked owner.
    """
    named = Block.objects.filter(case=case, agency=office, live=True).order_by("pk").first()
    if named is None:
        return False
    found = _unblocked_heirs(case.pk, office, now)
    for heir in found:
        _block(case, heir, named, now)
    return bool(found)


def _block(case: Case, heir: Agency, like: Block, now: datetime) -> None:
    had_it = case.owner_id == heir.pk
    blocks.keep_out(
        case, agency_id=heir.pk, why=like.why, by_id=like.by_id, actor=system_actor(SWEEP), now=now,
        code="succession",
    )  # fmt: skip
    if had_it and case.is_live:
        deadlines.start(case, Clock("succession", case.owner_id, now))


def _pass_grants(case: Case, office: Agency, heir: Agency | None, now: datetime) -> bool:
    """The same groups until the same day; what was opened for one person ends with its office."""
    rows = Access.objects.filter(case=case, agency=office, live=True, reach=policies.SHARED)
    held = list(rows.filter(Q(ends=None) | Q(ends__gt=now)).order_by("pk"))
    for row in held:
        if heir is not None and row.user_id is None:
            _grant_on(case, row, heir, now)
        row.live, row.ends = False, now
        row.save(update_fields=["live", "ends"])
    return bool(held)


def _grant_on(case: Case, row: Access, heir: Agency, now: datetime) -> None:
    new = Access.born(
        case=case, agency=heir, groups=row.groups, why=row.why, source=row.source, starts=now,
        ends=row.ends,
    )  # fmt: skip
    actor = system_actor(SWEEP)
    events.record("access.succeeded", subject=new, actor=actor, at=now, groups=row.groups)


def _pass_card(case: Case, office: Agency, heir: Agency | None) -> bool:
    card = EmergencyCard.objects.filter(case=case, readers__contains=[office.pk]).first()
    if card is None:
        return False
    others = [one for one in card.readers if one != office.pk]
    card.readers = list(dict.fromkeys([*others, *([heir.pk] if heir else [])]))
    card.save(update_fields=["readers"])
    return True


def _pass_duties(case: Case, office: Agency, keeper: Agency) -> bool:
    """Clocks run on unbroken; a review is asked of the same office that has to do it in time."""
    moved = deadlines.move(case, old_agency_id=office.pk, new_agency_id=keeper.pk)
    tasks = AgencyTask.objects.filter(case=case, agency=office, finished=None)
    moved += tasks.update(agency=keeper, owner=None)
    for model in REVIEWED:
        rows = model.objects.filter(case=case, review_agency=office, reviewed_at=None)
        moved += rows.update(review_agency=keeper)
    return bool(moved)


__all__ = ["held", "pass_on", "pass_rest"]
