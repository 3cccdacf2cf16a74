"""Danger is assessed, again and again; judgement may raise what answers find."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import actions, instruments
from casework.models import Assessment, CaseState, Deadline, Level, Override
from safekeeping.errors import NotVisible, RuleBroken, Stale
from tests.casework.steps import CALM, Cast, act, bring, consented, happened, later, read, rows

Made = Callable[..., UUID]


def assess(cast: Cast, reference: UUID, *, by: str = "worker", **given: object) -> UUID:
    given = {"answers": CALM, **given}
    return act(cast[by], actions.assess_case, reference=reference, **given)


def test_a_finished_assessment_moves_the_case(cast: Cast, assigned: Made) -> None:
    case = assigned()
    consented(cast, case)

    made = assess(cast, case)

    assert read(cast["worker"], case).state == CaseState.ASSESSED
    row = read(cast["worker"], made, Assessment)
    assert (row.instrument, row.edition, row.score) == ("report_danger", "1", 0)
    assert happened(cast["worker"], case)[-1].topic == "case.assessed"


def test_answers_find_the_level_and_start_its_clock(cast: Cast, assigned: Made) -> None:
    case = assigned()
    consented(cast, case)

    assess(cast, case, answers={**CALM, "strangled": "yes"})

    assert read(cast["worker"], case).risk_level == Level.EXTREME
    clock = rows(cast["worker"], Deadline, clock="reassess", met_at=None)[0]
    assert clock.due_at == later(hours=24)


def test_assessing_again_keeps_the_state_and_begins_the_clock_anew(
    cast: Cast, assigned: Made
) -> None:
    case = assigned()
    consented(cast, case)
    assess(cast, case, answers={**CALM, "threat_to_kill": "yes"})

    assess(cast, case, answers={**CALM, "weapon": "yes"})

    assert read(cast["worker"], case).state == CaseState.ASSESSED
    running = rows(cast["worker"], Deadline, clock="reassess", met_at=None)
    assert [clock.due_at for clock in running] == [later(hours=24)]
    assert happened(cast["worker"], case)[-1].topic == "case.reassessed"


def test_judgement_raises_what_answers_found(cast: Cast, assigned: Made) -> None:
    case = assigned()
    consented(cast, case)

    made = assess(cast, case, judged="high", reasoning="Sợ hãi, không dám nói")

    row = read(cast["worker"], made, Assessment)
    assert (row.level, row.raised) == (Level.HIGH, True)


def test_answers_alone_never_lower_the_level(cast: Cast, assigned: Made) -> None:
    case = assigned()
    consented(cast, case)
    assess(cast, case, answers={**CALM, "threat_to_kill": "yes"})

    assess(cast, case)
    assert read(cast["worker"], case).risk_level == Level.HIGH

    assess(cast, case, judged="standard")
    assert read(cast["worker"], case).risk_level == Level.STANDARD


def test_judgement_below_the_answers_is_refused(cast: Cast, assigned: Made) -> None:
    case = assigned()
    consented(cast, case)

    with pytest.raises(RuleBroken, match="level-not-lowered"):
        assess(cast, case, answers={**CALM, "weapon": "yes"}, judged="raised")


@pytest.mark.parametrize(
    ("asked", "answers", "missing"),
    [(False, CALM, "consent"), (True, {**CALM, "weapon": "unanswered"}, "assessment")],
)
def test_soft_guards_refuse_without_an_override(
    cast: Cast, assigned: Made, asked: bool, answers: dict[str, str], missing: str
) -> None:
    case = assigned()
    if asked:
        consented(cast, case)

    with pytest.raises(RuleBroken, match="soft-guard") as refusal:
        assess(cast, case, answers=answers)
    assert refusal.value.facts["guards"] == missing


def test_danger_to_life_passes_soft_guards_and_is_reviewed(cast: Cast, assigned: Made) -> None:
    case = assigned()

    assess(cast, case, answers={"weapon": "yes"}, overriding="Chị đang bị đuổi đánh")

    override = rows(cast["worker"], Override)[0]
    assert override.guards == ["assessment", "consent"]
    assert rows(cast["worker"], Deadline, clock="override_review", met_at=None)
    assert happened(cast["worker"], case)[-1].override == ["assessment", "consent"]


def test_a_case_without_a_worker_is_refused_on_time(cast: Cast, report: Made) -> None:
    case = report()
    consented(cast, case)

    with pytest.raises(RuleBroken, match="soft-guard") as refusal:
        assess(cast, case)

    assert refusal.value.facts["guards"] == "assignment"


def test_an_override_walks_the_path_it_never_skips(cast: Cast, report: Made) -> None:
    case = report()
    consented(cast, case)

    assess(cast, case, overriding="Nguy hiểm tính mạng ngay lúc này")

    assert read(cast["worker"], case).state == CaseState.ASSESSED
    moved = [e for e in happened(cast["worker"], case) if e.from_state]
    assert [(e.topic, e.out_of_order) for e in moved if e.topic.startswith("case.")] == [
        ("case.assigned", True),
        ("case.assessed", True),
    ]


def test_an_override_that_makes_a_worker_ends_the_wait_for_one(cast: Cast, report: Made) -> None:
    case = report()
    consented(cast, case)

    assess(cast, case, overriding="Nguy hiểm tính mạng ngay lúc này")

    assert read(cast["worker"], case).worker_id == cast["worker"].user_id
    assert not rows(cast["worker"], Deadline, clock="assign_handler", met_at=None)


def test_a_late_fact_walks_the_path_too(cast: Cast, report: Made) -> None:
    case = report()

    assess(cast, case, answers={"weapon": "no"}, happened_at=later(minutes=-30))

    assert read(cast["worker"], case).state == CaseState.ASSESSED
    assert happened(cast["worker"], case)[-1].happened_at == later(minutes=-30)


def test_a_late_fact_of_a_closed_case_is_kept_without_a_move(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), CaseState.CLOSED)

    assess(cast, case, happened_at=later(hours=-2), answers={**CALM, "weapon": "yes"})

    assert read(cast["worker"], case).state == CaseState.CLOSED
    assert happened(cast["worker"], case)[-1].topic == "case.reassessed"


def test_a_closed_case_is_not_assessed_on_time(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), CaseState.CLOSED)

    with pytest.raises(TransitionNotAllowed):
        assess(cast, case)


def test_the_future_is_no_fact(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="in-the-future"):
        assess(cast, assigned(), happened_at=later(minutes=1))


def test_an_unknown_instrument_is_refused(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="unknown-instrument"):
        assess(cast, assigned(), instrument="horoscope")


def test_the_later_of_two_tabs_is_shown_both(cast: Cast, assigned: Made) -> None:
    case = assigned()
    consented(cast, case)
    seen = read(cast["worker"], case).version
    assess(cast, case, answers={**CALM, "weapon": "yes"})

    with pytest.raises(Stale) as refusal:
        assess(cast, case, version=seen)
    assert refusal.value.facts["current"] == {"state": "ASSESSED", "risk_level": "extreme"}


def test_a_colleague_who_is_not_the_worker_is_refused(cast: Cast, assigned: Made) -> None:
    with pytest.raises(PermissionDenied):
        assess(cast, assigned(), by="colleague")


def test_another_agency_sees_no_case(cast: Cast, assigned: Made) -> None:
    with pytest.raises(NotVisible):
        assess(cast, assigned(), by="stranger")


def test_legal_triage_starts_the_laws_clocks(cast: Cast, assigned: Made) -> None:
    case = assigned()
    consented(cast, case)
    answers = {q.code: "no" for q in instruments.LEGAL_TRIAGE.questions}

    assess(cast, case, instrument="legal_triage", answers={**answers, "sexual_violence": "yes"})

    started = {clock.clock for clock in rows(cast["worker"], Deadline)}
    assert {"health_72h", "health_120h"} <= started


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, Level.HIGH),
        ({"weapon": "unanswered"}, Level.HIGH),
        ({"weapon": "nonsense"}, Level.HIGH),
        ({"weapon": "unknown"}, Level.HIGH),
        ({"weapon": "no"}, Level.STANDARD),
        ({"he_is_here": "yes"}, Level.HIGH),
        ({"threat_to_kill": "yes", "strangled": "yes"}, Level.EXTREME),
    ],
)
def test_not_answered_is_not_no(answers: dict[str, str], level: Level) -> None:
    assert instruments.REPORT_DANGER.level(answers) == level


def test_an_assessment_of_an_earlier_day_lowers_nothing_and_is_no_new_look(
    cast: Cast, assigned: Made
) -> None:
    case = assigned()
    consented(cast, case)
    assess(cast, case, answers={**CALM, "weapon": "yes"})

    made = assess(cast, case, judged="standard", happened_at=later(days=-30), now=later(hours=1))

    assert read(cast["worker"], made, Assessment).level == Level.STANDARD
    assert read(cast["worker"], case).risk_level == Level.EXTREME
    assert happened(cast["worker"], case)[-1].code == Level.EXTREME
    assert rows(cast["worker"], Deadline, clock="reassess", met_at=None, due_at=later(hours=24))


def standing(cast: Cast, case: UUID) -> tuple[str, list[object]]:
    """The level now, and when it is to be assessed again."""
    running = rows(cast["worker"], Deadline, clock="reassess", met_at=None, waived_at=None)
    return read(cast["worker"], case).risk_level, [clock.due_at for clock in running]


def test_an_older_paper_that_raises_is_looked_after_from_when_it_is_known(
    cast: Cast, assigned: Made
) -> None:
    case = assigned()
    consented(cast, case)
    assess(cast, case, answers={**CALM, "threat_to_kill": "yes"})

    assess(
        cast, case, answers={**CALM, "weapon": "yes"}, happened_at=later(days=-30),
        now=later(hours=1),
    )  # fmt: skip

    assert standing(cast, case) == (Level.EXTREME, [later(hours=25)])
