"""After support: visits in the way she chose, and what a missed one may mean."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from casework import deadlines, policy
from casework.actions.notes import hear_danger
from casework.deadlines import Clock
from casework.groups import words_of
from casework.guards import fresh, guarded, unassigned
from casework.instruments import is_high
from casework.models import Case, CaseState, FollowUp, FollowUpState, ItemState, PlanItem
from casework.paths import Moment, moment, move, walk
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

S = CaseState
CLOCK = "follow_up_due"
PLANNED = "planned"  # one that was agreed on apart from these
VARIANTS = ("", "month_1", "month_3", "month_6")  # 1 week, then 1, 3 and 6 months: the data says


def start_follow_up(
    *,
    actor: Actor,
    reference: UUID,
    mode: str,
    schedule: Sequence[datetime] | None = None,
    now: datetime,
    happened_at: datetime | None = None,
    overriding: str = "",
) -> UUID:
    """Nothing of the plan is open: visit her from time to time; returns the case's reference.

    schedule: when; by default after 1 week, 1, 3 and 6 months. Entered late of a case that is
    closing or closed it is kept without a move, and no visit is planned. Soft: assignment,
    assessment, agreement (no open item).

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (closing, closed),
    RuleBroken("soft-guard", "in-the-future"). Records case.follow_up_started, follow_up.planned.
    """
    when = moment(now, happened_at)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_work(actor, case, overriding=bool(overriding)))
        when = guarded(
            case, actor=actor, action="follow_up", failed=_failed(actor, case),
            overriding=overriding, when=when,
        )  # fmt: skip
        walked = walk(case, (S.ASSESSED, S.SUPPORTED), actor=actor, when=when)
        if case.state in (S.CLOSING, S.CLOSED) and when.is_late:
            _only_written(case, actor=actor, when=when)
            return reference
        dues = default_schedule(when.happened_at)
        if schedule is not None:
            dues = [(PLANNED, due_at) for due_at in schedule]
        for variant, due_at in dues:
            _plan(case, due_at, mode, variant, actor=actor, when=when)
        move(case, "follow_up", actor=actor, when=when, out_of_order=walked)
    return reference


def _only_written(case: Case, *, actor: Actor, when: Moment) -> None:
    events.record(
        "case.follow_up_started", subject=case, actor=actor, at=when.at,
        happened_at=when.happened_at, out_of_order=True,
    )  # fmt: skip


def default_schedule(start: datetime) -> list[tuple[str, datetime]]:
    """When visits fall due by the network's data, each with its clock's variant."""
    return [(variant, registry.due(CLOCK, start, variant)) for variant in VARIANTS]


def _failed(actor: Actor, case: Case) -> list[str]:
    failed = unassigned(actor, case)
    if case.state in (S.DETECTED, S.ASSIGNED):
        failed.append("assessment")
    return [*failed, "agreement"] if _has_open_item(case) else failed


def _has_open_item(case: Case) -> bool:
    return bool(PlanItem.objects.filter(case_id=case.pk, state=ItemState.OPEN).exists())


def plan_follow_up(
    *, actor: Actor, reference: UUID, due_at: datetime, mode: str, now: datetime
) -> UUID:
    """Plan one more visit of a case; returns the visit's reference.

    Raises NotVisible, PermissionDenied, RuleBroken("case-closed"). Records follow_up.planned.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_work(actor, case))
        if not case.is_live:
            raise RuleBroken("case-closed")
        visit = _plan(case, due_at, mode, PLANNED, actor=actor, when=moment(now, None))
    return visit.reference


def _plan(
    case: Case, due_at: datetime, mode: str, variant: str, *, actor: Actor, when: Moment
) -> FollowUp:
    visit: FollowUp = FollowUp.born(case=case, due_at=due_at, mode=mode, recorded_at=when.at)
    clock = Clock(
        CLOCK, case.owner_id, when.happened_at, variant=variant, subject=visit, due_at=due_at
    )
    deadlines.start(case, clock, now=when.at)
    _record("follow_up.planned", visit, actor=actor, when=when, code=mode)
    return visit


def hold_follow_up(
    *,
    actor: Actor,
    reference: UUID,
    alone: bool,
    safe_again: str,
    words: str = "",
    danger: Mapping[str, str] | None = None,
    now: datetime,
    happened_at: datetime | None = None,
    version: int | None = None,
) -> UUID:
    """The visit took place; returns its reference.

    alone: whether she could speak freely. safe_again: how to reach her next time. danger: the
    three questions of each contact; they only raise the level.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (settled already),
    RuleBroken("in-the-future"), Stale. Records follow_up.held.
    """

    def hold(visit: FollowUp, when: Moment) -> None:
        visit.hold(at=when.happened_at)
        visit.alone, visit.safe_again = alone, safe_again
        visit.text = words_of(words)
        if danger:
            hear_danger(visit.case, danger, actor=actor, when=when)

    code = "alone" if alone else "not_alone"
    return _settle(
        hold, "follow_up.held", code, actor, reference, moment(now, happened_at), version
    )


def miss_follow_up(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    now: datetime,
    happened_at: datetime | None = None,
    version: int | None = None,
) -> UUID:
    """The visit did not take place; returns its reference. At high risk: is she safe?

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (settled already),
    RuleBroken("in-the-future"), Stale. Records follow_up.missed with the reason.
    """
    when = moment(now, happened_at)

    def miss(visit: FollowUp, when: Moment) -> None:
        visit.miss(at=when.happened_at)
        if is_high(visit.case.risk_level) and visit.case.is_live:
            deadlines.safe_check(visit.case, at=when.happened_at, now=when.at)

    return _settle(miss, "follow_up.missed", reason, actor, reference, when, version)


def cancel_follow_up(
    *, actor: Actor, reference: UUID, reason: str, now: datetime, version: int | None = None
) -> UUID:
    """The visit will not be made; returns its reference.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (settled already), Stale.
    Records follow_up.cancelled with the reason.
    """

    def cancel(visit: FollowUp, when: Moment) -> None:
        visit.cancel(at=when.at)

    when = moment(now, None)
    return _settle(cancel, "follow_up.cancelled", reason, actor, reference, when, version)


def _settle(
    change: Callable[[FollowUp, Moment], None],
    topic: str,
    code: str,
    actor: Actor,
    reference: UUID,
    when: Moment,
    version: int | None,
) -> UUID:
    with rls.on_case_of(FollowUp.objects.visible_to(actor).case_ids(reference)):
        visit = FollowUp.objects.select_related("case").get(reference=reference)
        require(policy.may_work(actor, visit.case))
        fresh(visit, version, state=str(visit.state))
        change(visit, when)
        visit.save(update_fields=["state", "settled_at", "alone", "safe_again", "text"])
        deadlines.meet(visit.case, CLOCK, at=when.happened_at, subject=visit)
        _record(topic, visit, actor=actor, when=when, code=code)
    return reference


def cancel_planned(case: Case, *, actor: Actor, when: Moment, code: str = "closed") -> None:
    """What was planned is cancelled: the case closes, or she has died. In hand."""
    planned = FollowUp.objects.filter(case_id=case.pk, state=FollowUpState.PLANNED)
    for visit in planned.order_by("pk"):
        visit.cancel(at=when.at)
        visit.save(update_fields=["state", "settled_at"])
        _record("follow_up.cancelled", visit, actor=actor, when=when, code=code)


def resume_support(
    *, actor: Actor, reference: UUID, now: datetime, happened_at: datetime | None = None
) -> UUID:
    """She needs support again; returns the case's reference.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (not in follow-up),
    RuleBroken("in-the-future"). Records case.resumed.
    """
    when = moment(now, happened_at)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_work(actor, case))
        move(case, "resume", actor=actor, when=when)
    return reference


def _record(topic: str, visit: FollowUp, *, actor: Actor, when: Moment, code: str = "") -> None:
    to_state = str(visit.state)
    events.record(
        topic,
        subject=visit,
        actor=actor,
        at=when.at,
        happened_at=when.happened_at,
        code=code,
        from_state="" if to_state == FollowUpState.PLANNED else FollowUpState.PLANNED,
        to_state=to_state,
    )
