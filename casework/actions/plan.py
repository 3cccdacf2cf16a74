"""What is agreed with her: a safety plan, a support plan, and their items one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from casework import policy
from casework.groups import words_of
from casework.guards import fresh, guarded, unassigned
from casework.models import Case, CaseState, ItemState, Plan, PlanItem, PlanKind
from casework.paths import Moment, moment, move, walk
from network import registry
from network.actors import Actor
from network.models import Agency
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

S = CaseState
FOR_CHILDREN = "for_children"  # what the code lists say of a need or a service


@dataclass(frozen=True)
class Item:
    """One thing to be done. responsible: an agency's reference. companion: who goes along."""

    need: str
    service: str = ""
    responsible: UUID | None = None
    companion: str = ""
    due_on: date | None = None
    words: str = ""


def agree_plan(
    *,
    actor: Actor,
    reference: UUID,
    kind: str,
    items: Sequence[Item] = (),
    words: str = "",
    alone: bool | None = None,
    now: datetime,
    happened_at: datetime | None = None,
    overriding: str = "",
) -> UUID:
    """Keep a plan that she agreed to; returns the plan's reference.

    The case is then supported; in follow-up a plan with open items takes support up again. A
    support plan has at least one item, a safety plan suffices by itself. Soft: assignment,
    agreement.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (closing, closed),
    RuleBroken("unknown-plan", "soft-guard", "in-the-future"). Records plan.agreed with the kind,
    and case.supported or case.resumed.
    """
    when = moment(now, happened_at)
    if kind not in PlanKind.values:
        raise RuleBroken("unknown-plan")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_work(actor, case, overriding=bool(overriding)))
        failed = unassigned(actor, case)
        if kind == PlanKind.SUPPORT and not items:
            failed.append("agreement")
        when = guarded(
            case, actor=actor, action="agree_plan", failed=failed, overriding=overriding, when=when
        )
        plan = write_plan(case, kind, items, words=words, alone=alone, actor=actor, when=when)
        _support(case, has_items=bool(items), actor=actor, when=when)
    return plan.reference


def write_plan(
    case: Case,
    kind: str,
    items: Sequence[Item],
    *,
    words: str = "",
    alone: bool | None = None,
    actor: Actor,
    when: Moment,
) -> Plan:
    """Keep the plan and its items, and say so. In hand."""
    plan = Plan.born(
        case=case,
        kind=kind,
        agreed_at=when.happened_at,
        agreed_alone=alone,
        by_id=actor.user_id,
        recorded_at=when.at,
        content=words_of(words),
    )
    agencies = _agencies(items)
    PlanItem.objects.bulk_create([_row(plan, item, agencies, when) for item in items])
    _record("plan.agreed", plan, actor=actor, when=when, code=kind)
    return plan


def _support(case: Case, *, has_items: bool, actor: Actor, when: Moment) -> None:
    walked = walk(case, (S.ASSIGNED, S.ASSESSED, S.SUPPORTED, S.FOLLOW_UP), actor=actor, when=when)
    if case.state == S.FOLLOW_UP and has_items:
        move(case, "resume", actor=actor, when=when)
    elif case.state not in (S.SUPPORTED, S.FOLLOW_UP) and not _is_only_written(case, when):
        move(case, "support", actor=actor, when=when, out_of_order=walked)


def _is_only_written(case: Case, when: Moment) -> bool:
    """A late fact of a case that is closing or closed is kept without a move."""
    return when.is_late and case.state in (S.CLOSING, S.CLOSED)


def add_item(
    *,
    actor: Actor,
    reference: UUID,
    item: Item,
    now: datetime,
    happened_at: datetime | None = None,
    version: int | None = None,
) -> UUID:
    """Add one item to a plan (its reference); returns the item's.

    Raises NotVisible, PermissionDenied, RuleBroken("case-closed", "in-the-future"), Stale.
    Records item.added with the need.
    """
    when = moment(now, happened_at)
    with rls.on_case_of(Plan.objects.visible_to(actor).case_ids(reference)):
        plan = Plan.objects.select_related("case").get(reference=reference)
        require(policy.may_work(actor, plan.case))
        fresh(plan, version)
        _require_open(plan.case, when)
        row = _row(plan, item, _agencies([item]), when)
        row.save(force_insert=True)
        _record("item.added", row, actor=actor, when=when, code=item.need)
        if plan.case.state == S.FOLLOW_UP:
            move(plan.case, "resume", actor=actor, when=when)
    return row.reference


def finish_item(
    *,
    actor: Actor,
    reference: UUID,
    now: datetime,
    happened_at: datetime | None = None,
    version: int | None = None,
) -> UUID:
    """An item is done; returns its reference.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (settled already),
    RuleBroken("in-the-future"), Stale. Records item.finished.
    """
    return _settle(actor, reference, "", now=now, happened_at=happened_at, version=version)


def drop_item(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    now: datetime,
    happened_at: datetime | None = None,
    version: int | None = None,
) -> UUID:
    """An item will not be done: declined by her, unavailable, …; returns its reference.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (settled already),
    RuleBroken("reason-missing", "in-the-future"), Stale. Records item.dropped with the reason.
    """
    if not reason:
        raise RuleBroken("reason-missing")
    return _settle(actor, reference, reason, now=now, happened_at=happened_at, version=version)


def _settle(
    actor: Actor,
    reference: UUID,
    reason: str,
    *,
    now: datetime,
    happened_at: datetime | None,
    version: int | None,
) -> UUID:
    when = moment(now, happened_at)
    with rls.on_case_of(PlanItem.objects.visible_to(actor).case_ids(reference)):
        item = PlanItem.objects.select_related("case").get(reference=reference)
        require(policy.may_work(actor, item.case))
        fresh(item, version, state=str(item.state), reason=item.reason)
        before = str(item.state)
        if reason:
            item.drop(reason=reason, at=when.happened_at)
        else:
            item.finish(at=when.happened_at)
        item.save(update_fields=["state", "reason", "settled_at"])
        _record(
            "item.dropped" if reason else "item.finished",
            item,
            actor=actor,
            when=when,
            code=reason or item.need,
            from_state=before,
            to_state=str(item.state),
        )
    return reference


def drop_for_death(case: Case, *, actor: Actor, when: Moment) -> None:
    """What was planned for her is dropped, what is for her children stays. In hand."""
    for item in PlanItem.objects.filter(case_id=case.pk, state=ItemState.OPEN).order_by("pk"):
        if is_for_children(item):
            continue
        item.drop(reason="died", at=when.at)
        item.save(update_fields=["state", "reason", "settled_at"])
        _record(
            "item.dropped", item, actor=actor, when=when, code="died",
            from_state=ItemState.OPEN, to_state=str(item.state),
        )  # fmt: skip


def is_for_children(item: PlanItem) -> bool:
    """By its need or its service, as the code lists say."""
    listed = (("plan_need", item.need), ("service", item.service))
    return any(registry.mapped(name, code, FOR_CHILDREN) for name, code in listed)


def _require_open(case: Case, when: Moment) -> None:
    if not case.is_live and not when.is_late:
        raise RuleBroken("case-closed")


def _agencies(items: Sequence[Item]) -> dict[UUID, int]:
    wanted = {item.responsible for item in items if item.responsible}
    if not wanted:
        return {}
    rows = Agency.objects.filter(reference__in=wanted)
    return dict(rows.values_list("reference", "pk"))


def _row(plan: Plan, item: Item, agencies: dict[UUID, int], when: Moment) -> PlanItem:
    row: PlanItem = PlanItem(
        plan=plan,
        case=plan.case,
        need=item.need,
        service=item.service,
        responsible_id=agencies.get(item.responsible) if item.responsible else None,
        companion=item.companion,
        due_on=item.due_on,
        recorded_at=when.at,
        content=words_of(item.words),
    )
    return row


def _record(
    topic: str,
    subject: Plan | PlanItem,
    *,
    actor: Actor,
    when: Moment,
    code: str = "",
    from_state: str = "",
    to_state: str = "",
) -> None:
    events.record(
        topic,
        subject=subject,
        actor=actor,
        at=when.at,
        happened_at=when.happened_at,
        code=code,
        from_state=from_state,
        to_state=to_state,
        override=when.guards,
    )
