"""How much danger she is in: answers, a judgement, and the clock that asks again."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from casework import deadlines, policy
from casework.deadlines import Clock
from casework.groups import words_of
from casework.guards import fresh, guarded, unassigned
from casework.instruments import INSTRUMENTS, Instrument, highest, is_high, level_after
from casework.models import Assessment, Case, CaseState, Consent, EmergencyCard
from casework.paths import Moment, moment, move, walk
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

S = CaseState
REASSESSED_IN = (S.ASSESSED, S.SUPPORTED, S.FOLLOW_UP, S.CLOSING)


def assess_case(
    *,
    actor: Actor,
    reference: UUID,
    instrument: str = "report_danger",
    answers: Mapping[str, str],
    judged: str = "",
    reasoning: str = "",
    now: datetime,
    happened_at: datetime | None = None,
    overriding: str = "",
    version: int | None = None,
) -> UUID:
    """Assess the danger, for the first time or again; returns the assessment's reference.

    answers: question → yes, no, unknown or unanswered. judged: a level, or nothing; it may raise
    what the answers found. One of an earlier day, entered late, never lowers what is known since,
    nor is it the look again that was asked for since. Soft: assignment, assessment (finished),
    consent (asked).

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (closed),
    RuleBroken("unknown-instrument", "level-not-lowered", "soft-guard", "in-the-future"), Stale.
    Records case.assessed or case.reassessed with the level.
    """
    when = moment(now, happened_at)
    asked = _instrument(instrument)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_work(actor, case, overriding=bool(overriding)))
        fresh(case, version, state=str(case.state), risk_level=case.risk_level)
        failed = _failed(actor, case, asked, answers)
        when = guarded(
            case, actor=actor, action="assess", failed=failed, overriding=overriding, when=when
        )
        row = write_assessment(
            case, asked, answers, actor=actor, when=when, judged=judged, reasoning=reasoning
        )
        level = _level_now(case, row, when)
        _move(case, level, actor=actor, when=when)
        if case.is_live:
            set_level(case, level, when=when)
            _start_clocks(case, asked, answers, when)
    return row.reference


def write_assessment(
    case: Case,
    asked: Instrument,
    answers: Mapping[str, str],
    *,
    actor: Actor,
    when: Moment,
    judged: str = "",
    reasoning: str = "",
) -> Assessment:
    """Keep the answers and the level they lead to. In hand. Raises RuleBroken."""
    found = asked.level(answers)
    level = level_after(asked, before=case.risk_level, found=found, judged=judged)
    if judged and judged != level:
        raise RuleBroken("level-not-lowered", found=str(found))
    return Assessment.born(
        case=case,
        instrument=asked.code,
        edition=asked.edition,
        answers=asked.clean(answers),
        score=asked.score(answers),
        level=level,
        raised=bool(judged) and level != found,
        by_id=actor.user_id,
        at=when.happened_at,
        recorded_at=when.at,
        reasoning=words_of(reasoning),
    )


def _level_now(case: Case, row: Assessment, when: Moment) -> str:
    """What was found later than an assessment that is entered late is not lowered by it."""
    since = Assessment.objects.filter(case_id=case.pk, at__gt=row.at)
    if when.is_late and since.exists():
        return highest(case.risk_level, row.level)
    return row.level


def set_level(case: Case, level: str, *, when: Moment) -> None:
    """The case's level and its card's, and the clock to ask again: extreme 24 h, high 72 h."""
    is_raised = highest(case.risk_level, level) != case.risk_level
    if case.risk_level != level:
        case.risk_level = level
        case.save(update_fields=["risk_level"])
        EmergencyCard.objects.filter(case_id=case.pk).update(level=level)
    deadlines.answer(case, "reassess", at=when.happened_at)
    if is_high(level):
        at = when.happened_at
        if is_raised and deadlines.meet(case, "reassess", at=when.at):
            at = when.at  # what began since has the lower level's time: from when it is known
        clock = Clock("reassess", case.owner_id, at, variant=level)
        deadlines.start(case, clock, now=when.at)


def _instrument(code: str) -> Instrument:
    if code not in INSTRUMENTS:
        raise RuleBroken("unknown-instrument")
    return INSTRUMENTS[code]


def _failed(actor: Actor, case: Case, asked: Instrument, answers: Mapping[str, str]) -> list[str]:
    failed = unassigned(actor, case)
    if not asked.is_finished(answers):
        failed.append("assessment")
    if not Consent.objects.filter(case_id=case.pk).exists():
        failed.append("consent")
    return failed


def _move(case: Case, level: str, *, actor: Actor, when: Moment) -> None:
    walked = walk(case, (S.ASSIGNED, *REASSESSED_IN), actor=actor, when=when)
    if case.state in REASSESSED_IN or (case.state == S.CLOSED and when.is_late):
        _record_again(case, level, actor=actor, when=when)
    else:
        move(case, "assess", actor=actor, when=when, code=level, out_of_order=walked)


def _record_again(case: Case, level: str, *, actor: Actor, when: Moment) -> None:
    events.record(
        "case.reassessed",
        subject=case,
        actor=actor,
        at=when.at,
        happened_at=when.happened_at,
        code=level,
        override=when.guards,
        out_of_order=not case.is_live,
    )


def _start_clocks(case: Case, asked: Instrument, answers: Mapping[str, str], when: Moment) -> None:
    for clock in asked.clocks(answers):
        deadlines.start(case, Clock(clock, case.owner_id, when.happened_at), now=when.at)
