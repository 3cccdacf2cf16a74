"""One call of each action of the foundation, on a case made for it, for tests of the locks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from casework import access, actions
from casework.models import Case, Deadline, EmergencyCard, PlanItem, Report
from casework.reports import Sealed
from network.actors import Actor
from network.models import Agency, User
from safekeeping import rls
from safekeeping.errors import NotVisible
from tests.casework import looks

ITEM = actions.Item("legal")


@dataclass(frozen=True)
class Made:
    """References of a case and of rows of it."""

    case: UUID
    card: UUID
    report: UUID
    deadline: UUID
    override: UUID
    glass: UUID
    worker: UUID
    plan: UUID
    item: UUID
    visit: UUID


def make(reference: UUID, cast: dict[str, Actor], now: datetime) -> Made:
    """Lay an override and an emergency opening on a case of Tiên Tiến."""
    who, case = cast["colleague"], looks.one(Case, reference)
    with rls.acting(actor=who, now=now):
        glass = actions.break_glass(
            actor=who, reference=reference, reason="worker_absent", fresh_mfa=True, now=now
        )
        with rls.on_case(case.pk):
            override = actions.use_override(
                case, actor=who, action="x", guards={"consent"}, why="…", now=now
            ).reference
    plan, visit = _plan_and_visit(reference, cast["worker"], now)
    return Made(
        case=reference,
        card=looks.one(EmergencyCard, reference).reference,
        report=looks.one(Report, reference).reference,
        deadline=looks.one(Deadline, reference, clock="break_glass_review").reference,
        override=override,
        glass=glass,
        worker=User.objects.get(pk=cast["colleague"].user_id).reference,
        plan=plan,
        item=looks.one(PlanItem, reference).reference,
        visit=visit,
    )


def _plan_and_visit(reference: UUID, worker: Actor, now: datetime) -> tuple[UUID, UUID]:
    with rls.acting(actor=worker, now=now):
        plan = actions.agree_plan(
            actor=worker, reference=reference, kind="support", items=[ITEM], now=now
        )
        visit = actions.plan_follow_up(
            actor=worker, reference=reference, due_at=now, mode="call", now=now
        )
    return plan, visit


Call = Callable[[Actor, Made, datetime], object]

FAMILIES: dict[str, Call] = {
    "acknowledge_notice": lambda a, m, t: actions.acknowledge_notice(
        actor=a, reference=m.case, now=t
    ),
    "assign_worker": lambda a, m, t: actions.assign_worker(
        actor=a, reference=m.case, worker=m.worker, now=t
    ),
    "claim_case": lambda a, m, t: actions.claim_case(actor=a, reference=m.case, now=t),
    "reassign_worker": lambda a, m, t: actions.reassign_worker(
        actor=a, reference=m.case, worker=m.worker, now=t
    ),
    "workers_for": lambda a, m, t: actions.workers_for(actor=a, reference=m.case, now=t),
    "clear_conflict": lambda a, m, t: actions.clear_conflict(actor=a, reference=m.case, now=t),
    "set_block": lambda a, m, t: actions.set_block(
        actor=a, reference=m.case, now=t, reason="asked", agency=_office()
    ),
    "list_blocks": lambda a, m, t: actions.list_blocks(actor=a, reference=m.case, now=t),
    "lift_block": lambda a, m, t: actions.lift_block(
        actor=a, reference=m.case, block=m.override, now=t
    ),
    "waive_deadline": lambda a, m, t: actions.waive_deadline(
        actor=a, reference=m.deadline, reason="survivor_wish", now=t
    ),
    "review_override": lambda a, m, t: actions.review_override(
        actor=a, reference=m.override, verdict="right", now=t
    ),
    "break_glass": lambda a, m, t: actions.break_glass(
        actor=a, reference=m.case, reason="worker_absent", fresh_mfa=True, now=t
    ),
    "break_glass_by_card": lambda a, m, t: actions.break_glass(
        actor=a, reference=m.card, reason="worker_absent", fresh_mfa=True, now=t
    ),
    "explain_break_glass": lambda a, m, t: actions.explain_break_glass(
        actor=a, reference=m.glass, words="…", now=t
    ),
    "review_break_glass": lambda a, m, t: actions.review_break_glass(
        actor=a, reference=m.glass, verdict="right", now=t
    ),
    "complete_report": lambda a, m, t: actions.complete_report(
        actor=a, reference=m.report, sealed=Sealed(), now=t
    ),
    "open_groups": lambda a, m, t: access.open_groups(
        actor=a, reference=m.case, groups={"contact"}, now=t
    ),
    "open_card": lambda a, m, t: access.open_card(actor=a, reference=m.card, now=t),
}

ON_THE_CASE: dict[str, Callable[..., object]] = {
    "assess_case": partial(actions.assess_case, answers={"weapon": "no"}),
    "record_consent": partial(actions.record_consent, answers=["talk"]),
    "withdraw_consent": partial(actions.withdraw_consent, scope="contact"),
    "note_accused": partial(actions.note_accused, status="near"),
    "record_wishes": partial(actions.record_wishes, coded=["time"]),
    "renew_consent": partial(actions.renew_consent, scope="counted"),
    "agree_plan": partial(actions.agree_plan, kind="safety"),
    "start_follow_up": partial(actions.start_follow_up, mode="call"),
    "resume_support": actions.resume_support,
    "add_note": partial(actions.add_note, kind="general", words="…"),
    "record_safe_check": partial(actions.record_safe_check, met_by="seen_safe"),
    "propose_closure": partial(actions.propose_closure, reason="safe"),
    "approve_closure": actions.approve_closure,
    "return_closure": partial(actions.return_closure, why="plan_open"),
    "reopen_case": partial(actions.reopen_case, reason="asked"),
    "claim_task": partial(actions.claim_task, step="assess"),
    "release_task": partial(actions.release_task, step="assess"),
}
FAMILIES |= {
    name: lambda a, m, t, do=do: do(actor=a, reference=m.case, now=t)  # type: ignore[misc]
    for name, do in ON_THE_CASE.items()
}
FAMILIES |= {
    "record_conference": lambda a, m, t: actions.record_conference(
        actor=a, reference=m.case, held_at=t, agencies=[_office()], now=t
    ),
    "plan_follow_up": lambda a, m, t: actions.plan_follow_up(
        actor=a, reference=m.case, due_at=t, mode="call", now=t
    ),
    "correct_value": lambda a, m, t: actions.correct_value(
        actor=a, reference=m.case, kind="case", record=m.case, field="accused_status",
        value="near", reason="typing", now=t,
    ),
    "link_duplicate": lambda a, m, t: actions.link_duplicate(
        actor=a, reference=m.case, other=m.case, now=t
    ),
    "add_item": lambda a, m, t: actions.add_item(actor=a, reference=m.plan, item=ITEM, now=t),
    "finish_item": lambda a, m, t: actions.finish_item(actor=a, reference=m.item, now=t),
    "drop_item": lambda a, m, t: actions.drop_item(
        actor=a, reference=m.item, reason="declined", now=t
    ),
    "hold_follow_up": lambda a, m, t: actions.hold_follow_up(
        actor=a, reference=m.visit, alone=True, safe_again="call", now=t
    ),
    "miss_follow_up": lambda a, m, t: actions.miss_follow_up(
        actor=a, reference=m.visit, reason="no_answer", now=t
    ),
    "cancel_follow_up": lambda a, m, t: actions.cancel_follow_up(
        actor=a, reference=m.visit, reason="asked_later", now=t
    ),
}  # fmt: skip


def _office() -> UUID:
    reference: UUID = Agency.objects.get(code="ca-12424").reference
    return reference


def not_found(actor: Actor, made: Made, now: datetime) -> set[str]:
    """Names of the actions that find nothing there for this person."""
    return {name for name in FAMILIES if _finds_nothing(name, actor, made, now)}


def _finds_nothing(name: str, actor: Actor, made: Made, now: datetime) -> bool:
    try:
        with rls.acting(actor=actor, now=now):
            FAMILIES[name](actor, made, now)
    except NotVisible:
        return True
    return False
