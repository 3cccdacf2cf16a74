"""Offices and people who may never see a case, and the duty desk's call that clears it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casework import access, blocks, deadlines, policy, routing, rules
from casework.models import Assessment, Block, Case, Conflict, Report
from casework.routing import Told
from network.actors import Actor
from network.models import Agency, User
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require


def clear_conflict(
    *, actor: Actor, reference: UUID, now: datetime, keep: Collection[UUID] = ()
) -> UUID:
    """The duty desk has rung back: blocks are lifted but those to keep, and the case moves on.

    keep: references of Blocks. The case moves to the office that the law names, unless that office
    stays out or nobody is there; then the duty desk keeps it and has to name a worker.
    Raises NotVisible, PermissionDenied, RuleBroken("nothing-to-clear").
    Records conflict.cleared, block.lifted for each, and case.handed_over if it moves.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.select_related("owner", "place").get(pk=case_id)
        require(policy.may_clear(actor, case))
        if not rules.is_conflict_open(case.conflict):
            raise RuleBroken("nothing-to-clear")
        stays = _lift_all_but(case, keep, actor, now)
        case.conflict = Conflict.CLEARED
        case.save(update_fields=["conflict"])
        deadlines.meet(case, "clear_conflict", at=now)
        _move_on(case, stays, actor, now)
        events.record("conflict.cleared", subject=case, actor=actor, at=now)
    return reference


def _lift_all_but(case: Case, keep: Collection[UUID], actor: Actor, now: datetime) -> set[int]:
    """Returns the ids of the offices that stay out."""
    rows = list(Block.objects.filter(case=case, live=True).select_related("case").order_by("pk"))
    for block in rows:
        if block.reference not in keep:
            _lift(block, actor, now)
    return {b.agency_id for b in rows if b.live and b.agency_id is not None}


def _move_on(case: Case, stays: set[int], actor: Actor, now: datetime) -> None:
    report = Report.objects.filter(case=case).order_by("pk")[0]
    route = routing.find(
        Told(
            place=case.place,
            tracks=tuple(case.legal_tracks),
            conditions=_conditions(case, report),
            conflict="no",
            from_agency_id=report.from_agency_id,
            at=report.happened_at,
            now=now,
            blocked=frozenset(stays),
        )
    )
    report.told = list(
        dict.fromkeys([*report.told, route.owner.pk, *(office.pk for office in route.told)])
    )
    report.not_told = sorted(stays)
    report.to_ring = [office.pk for office in route.to_ring]
    report.save(update_fields=["told", "not_told", "to_ring"])
    if route.owner.pk != case.owner_id:
        access.change_owner(case, agency=route.owner, actor=actor, now=now, reason="cleared")
    else:
        access.want_worker(case, now=now)


def _conditions(case: Case, report: Report) -> frozenset[str]:
    """What the report said, and its danger answers."""
    first = Assessment.objects.filter(case=case).order_by("pk")[0]
    return rules.circumstances_told(report.circumstances, first.answers, case.legal_tracks)


def set_block(
    *,
    actor: Actor,
    reference: UUID,
    now: datetime,
    reason: str,
    user: UUID | None = None,
    agency: UUID | None = None,
) -> UUID:
    """Keep a person or an office from this case for good; returns the Block's reference.

    Exactly one of the two references. Access ends at once; a blocked worker is let go, a blocked
    owner's case passes to the duty desk, or to the province where the desk may not have it.
    Raises NotVisible, PermissionDenied, RuleBroken ("block-names-one", "already-blocked",
    "block-yourself", "hand-over-first"). Records block.set.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.select_related("owner").get(pk=case_id)
        require(policy.may_block(actor, case))
        user_id, agency_id = _named(user, agency)
        if user_id is not None and user_id == actor.user_id:
            raise RuleBroken("block-yourself")
        if access.is_blocked(case_id, user_id=user_id, agency_id=agency_id):
            raise RuleBroken("already-blocked")
        block = blocks.keep_out(
            case, user_id=user_id, agency_id=agency_id, why=reason, by_id=actor.user_id,
            actor=actor, now=now,
        )  # fmt: skip
    return block.reference


def _named(user: UUID | None, agency: UUID | None) -> tuple[int | None, int | None]:
    if (user is None) == (agency is None):
        raise RuleBroken("block-names-one")
    if user is not None:
        return User.objects.by_reference(user).pk, None
    return None, Agency.objects.by_reference(agency or "").pk


def lift_block(*, actor: Actor, reference: UUID, block: UUID, now: datetime) -> UUID:
    """Let a person or an office see the case again, as far as anything else allows.

    reference: the case's. Raises NotVisible, PermissionDenied, RuleBroken("not-blocked").
    Records block.lifted.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_block(actor, case))
        row = Block.objects.filter(case_id=case_id).by_reference(block)
        if not row.live:
            raise RuleBroken("not-blocked")
        row.case = case
        _lift(row, actor, now)
    return block


def list_blocks(*, actor: Actor, reference: UUID, now: datetime) -> list[Block]:
    """Who may never see a case, for who leads it; the list itself names her.

    Raises NotVisible, PermissionDenied. Records block.seen.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_block(actor, case))
        rows = Block.objects.filter(case_id=case_id, live=True).select_related("user", "agency")
        found = list(rows.order_by("pk"))
        events.record("block.seen", subject=case, actor=actor, at=now)
    return found


def _lift(block: Block, actor: Actor, now: datetime) -> None:
    block.live, block.lifted_at, block.lifted_by_id = False, now, actor.user_id
    block.save(update_fields=["live", "lifted_at", "lifted_by"])
    events.record("block.lifted", subject=block, actor=actor, at=now)
