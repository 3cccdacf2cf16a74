"""One call of each action of the foundation, on a case made for it, for tests of the locks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework import access, actions
from casework.models import Case, Deadline, EmergencyCard, Report
from casework.reports import Sealed
from network.actors import Actor
from network.models import Agency, User
from safekeeping import rls
from tests.casework import looks


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
    return Made(
        case=reference,
        card=looks.one(EmergencyCard, reference).reference,
        report=looks.one(Report, reference).reference,
        deadline=looks.one(Deadline, reference, clock="break_glass_review").reference,
        override=override,
        glass=glass,
        worker=User.objects.get(pk=cast["colleague"].user_id).reference,
    )


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


def _office() -> UUID:
    reference: UUID = Agency.objects.get(code="ca-12424").reference
    return reference
