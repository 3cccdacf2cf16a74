"""A case is closed by two; what is still open keeps it open."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import actions, closing, holds
from casework.models import (
    CaseState,
    Closure,
    Deadline,
    FollowUp,
    Override,
    Report,
)
from network.models import Agency
from safekeeping.errors import NotVisible, RuleBroken, Stale
from tests.casework.steps import CALM, Cast, act, bring, happened, later, read, rows
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]
S = CaseState
OPEN = [S.DETECTED, S.ASSIGNED, S.ASSESSED, S.SUPPORTED, S.FOLLOW_UP]


def propose(cast: Cast, case: UUID, *, by: str = "worker", **given: object) -> UUID:
    given = {"reason": "safe", **given}
    return act(cast[by], actions.propose_closure, reference=case, **given)


def approve(cast: Cast, case: UUID, *, by: str = "supervisor") -> UUID:
    return act(cast[by], actions.approve_closure, reference=case)


def give_back(cast: Cast, case: UUID, *, by: str = "supervisor", why: str = "plan_open") -> UUID:
    return act(cast[by], actions.return_closure, reference=case, why=why)


def make_high(cast: Cast, case: UUID, now: datetime = NOW) -> None:
    act(
        cast["worker"], actions.assess_case, reference=case, now=now,
        answers={**CALM, "threat_to_kill": "yes"},
    )  # fmt: skip


@pytest.mark.parametrize("state", OPEN)
def test_closure_is_proposed_from_any_open_state_and_returned_to_it(
    cast: Cast, report: Made, state: str
) -> None:
    case = bring(cast, report(), state)

    propose(cast, case, by="supervisor")
    assert read(cast["worker"], case).state == S.CLOSING

    give_back(cast, case, by="second_supervisor")
    row = read(cast["worker"], case)
    assert (row.state, row.closing_from, row.closure_reason) == (state, "", "")


def test_another_person_closes(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.FOLLOW_UP)
    propose(cast, case, words="Chị đã ổn định", checklist=["safety_plan", "told_to_return"])

    approve(cast, case)

    row = read(cast["worker"], case)
    assert (row.state, row.closed_at, row.closure_reason) == (S.CLOSED, NOW, "safe")
    answered = rows(cast["worker"], Closure)[0]
    assert (answered.approved, answered.decided_by_id) == (True, cast["supervisor"].user_id)
    assert happened(cast["worker"], case)[-1].code == "safe"


def test_closing_stops_clocks_and_cancels_visits(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.CLOSED)

    assert not rows(cast["worker"], Deadline, met_at=None, waived_at=None)
    assert {visit.state for visit in rows(cast["worker"], FollowUp)} == {"CANCELLED"}


def test_the_reporter_sees_that_it_is_closed(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.CLOSED)

    assert rows(cast["officer"], Report)[0].status == "CLOSED"


@pytest.mark.parametrize("decide", [approve, give_back])
def test_the_proposer_does_not_decide(
    cast: Cast, report: Made, decide: Callable[..., UUID]
) -> None:
    case = bring(cast, report(), S.SUPPORTED)
    propose(cast, case, by="supervisor")

    with pytest.raises(PermissionDenied):
        decide(cast, case, by="supervisor")


@pytest.mark.parametrize("decide", [approve, give_back])
def test_another_agency_does_not_decide(
    cast: Cast, report: Made, decide: Callable[..., UUID]
) -> None:
    case = bring(cast, report(), S.CLOSING)

    with pytest.raises(NotVisible):
        decide(cast, case, by="strange_supervisor")


@pytest.mark.parametrize("state", [*OPEN, S.CLOSED])
def test_only_what_was_proposed_is_decided(cast: Cast, report: Made, state: str) -> None:
    case = bring(cast, report(), state)

    with pytest.raises(TransitionNotAllowed):
        approve(cast, case)
    with pytest.raises(TransitionNotAllowed):
        give_back(cast, case)


@pytest.mark.parametrize("state", [S.CLOSING, S.CLOSED])
def test_closure_is_not_proposed_twice(cast: Cast, report: Made, state: str) -> None:
    case = bring(cast, report(), state)

    with pytest.raises(TransitionNotAllowed):
        propose(cast, case)


def test_returning_says_why(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSING)

    with pytest.raises(RuleBroken, match="reason-missing"):
        give_back(cast, case, why="")


def test_a_reason_outside_the_list_is_refused(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)

    with pytest.raises(RuleBroken, match="closure-reason"):
        propose(cast, case, reason="she_lied")


def test_two_tabs_on_a_closure(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)
    seen = read(cast["worker"], case).version
    act(cast["worker"], actions.start_follow_up, reference=case, mode="call")

    with pytest.raises(Stale):
        propose(cast, case, version=seen)


def test_holds_refuse_the_proposal(cast: Cast, report: Made, held: list[holds.Reason]) -> None:
    case = bring(cast, report(), S.FOLLOW_UP)
    held += [holds.Reason("live-stay", "bed"), holds.Reason("open-alert", "alerts", 2)]

    with pytest.raises(RuleBroken, match="closure-held") as refusal:
        propose(cast, case)
    assert refusal.value.facts["holds"] == ("live-stay", "open-alert")


def test_holds_are_asked_again_at_approval(
    cast: Cast, report: Made, held: list[holds.Reason]
) -> None:
    case = bring(cast, report(), S.CLOSING)
    held.append(holds.Reason("live-stay", "bed"))

    with pytest.raises(RuleBroken, match="closure-held"):
        approve(cast, case)


def test_high_risk_needs_a_conference(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)
    make_high(cast, case)

    with pytest.raises(RuleBroken, match="conference-missing"):
        propose(cast, case)

    act(
        cast["worker"], actions.record_conference, reference=case, held_at=NOW,
        agencies=[office(cast)],
    )  # fmt: skip
    propose(cast, case)
    assert read(cast["worker"], case).state == S.CLOSING


def office(cast: Cast) -> UUID:

    return Agency.objects.get(pk=cast["worker"].agency_id).reference


def test_high_risk_needs_a_recent_assessment(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)
    make_high(cast, case)

    with pytest.raises(RuleBroken, match="assessment-old"):
        propose(cast, case, now=later(days=8))


@pytest.mark.parametrize("reason", ["safe", "own_decision", "lost_contact", "not_confirmed"])
def test_high_risk_spares_no_usual_reason(reason: str) -> None:
    with pytest.raises(RuleBroken, match="assessment-old"):
        closing.require(closing.Facts(), reason, "high", now=NOW)


@pytest.mark.parametrize(
    ("age", "is_recent"),
    [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False), (timedelta(0), True)],
)
def test_seven_days_are_recent(age: timedelta, is_recent: bool) -> None:
    facts = closing.Facts(assessed_at=NOW - age)

    assert closing.is_recently_assessed(facts, "safe", "extreme", NOW) is is_recent


DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("tries", "is_enough"),
    [
        ([], False),
        ([(0, "call"), (1, "visit")], False),
        ([(0, "call"), (0, "visit"), (1, "call")], False),
        ([(0, "call"), (1, "call"), (2, "call")], False),
        ([(0, "call"), (1, "visit"), (2, "call")], True),
        ([(0, "call"), (1, "visit"), (2, "through_other")], True),
    ],
)
def test_lost_contact_means_three_days_and_different_ways(
    tries: list[tuple[int, str]], is_enough: bool
) -> None:
    made = tuple((DAY + timedelta(days=day), way) for day, way in tries)

    assert closing.is_tried(closing.Facts(tries=made), "lost_contact", "raised", NOW) is is_enough


def test_lost_contact_counts_tries_since_she_was_last_reached(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)

    def contact(day: int, way: str, *, reached: bool) -> None:
        act(
            cast["worker"], actions.add_note, reference=case, kind="contact", words="",
            reached=reached, way=way, alone=True, safe_again="call", now=later(days=day),
        )  # fmt: skip

    contact(1, "call", reached=False)
    contact(2, "visit", reached=False)
    contact(3, "call", reached=True)
    contact(4, "call", reached=False)
    with pytest.raises(RuleBroken, match="tries-missing"):
        propose(cast, case, reason="lost_contact", now=later(days=4))

    contact(5, "visit", reached=False)
    contact(6, "call", reached=False)
    propose(cast, case, reason="lost_contact", now=later(days=6))
    assert read(cast["worker"], case).closure_reason == "lost_contact"


def test_what_passed_a_guard_is_looked_at_all_the_same(cast: Cast, report: Made) -> None:
    """Else whoever overrode closes the case, and nobody looks."""
    case = bring(cast, report(), S.ASSIGNED)
    danger = {"answers": {}, "overriding": "Chị đang bị đe dọa"}
    act(cast["worker"], actions.assess_case, reference=case, **danger)
    glass = act(
        cast["colleague"], actions.break_glass, reference=case, reason="worker_absent",
        fresh_mfa=True,
    )  # fmt: skip
    propose(cast, case, reason="entered_by_mistake")

    approve(cast, case)

    left = {clock.clock for clock in rows(cast["worker"], Deadline, met_at=None, waived_at=None)}
    assert left == {"override_review", "break_glass_words", "break_glass_review"}
    act(cast["colleague"], actions.explain_break_glass, reference=glass, words="Nghe tiếng kêu cứu")
    (override,) = rows(cast["supervisor"], Override)
    act(cast["supervisor"], actions.review_override, reference=override.reference, verdict="right")
    left = {clock.clock for clock in rows(cast["worker"], Deadline, met_at=None, waived_at=None)}
    assert left == {"break_glass_review"}


@pytest.mark.parametrize(
    ("reason", "code"), [("died", "death-missing"), ("linked", "link-missing")]
)
def test_no_word_alone_spares_a_high_risk_its_conference(
    cast: Cast, report: Made, reason: str, code: str
) -> None:
    case = bring(cast, report(), S.SUPPORTED)
    make_high(cast, case)

    with pytest.raises(RuleBroken, match=code):
        propose(cast, case, reason=reason)


def test_of_two_reports_of_one_event_one_goes_on(cast: Cast, report: Made) -> None:
    kept, double = report(), report()
    act(cast["supervisor"], actions.link_duplicate, reference=kept, other=double)

    with pytest.raises(RuleBroken, match="link-missing"):
        propose(cast, kept, by="supervisor", reason="linked")


def test_what_was_held_when_it_was_linked_is_closed_as_linked_later(
    cast: Cast, report: Made, held: list[holds.Reason]
) -> None:
    kept, double = report(), report()
    held.append(holds.Reason("open-alert", "alerts"))
    act(cast["supervisor"], actions.link_duplicate, reference=kept, other=double)
    held.clear()

    propose(cast, double, by="supervisor", reason="linked")

    assert read(cast["worker"], double).state == S.CLOSING


def test_danger_found_since_the_proposal_needs_its_conference(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSING)
    make_high(cast, case)

    with pytest.raises(RuleBroken, match="conference-missing"):
        approve(cast, case)

    assert read(cast["worker"], case).state == S.CLOSING


def test_who_was_reached_since_the_proposal_is_not_lost(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)
    tried = {"reference": case, "kind": "contact", "words": "", "reached": False}
    for day, way in enumerate(("call", "visit", "call")):
        act(cast["worker"], actions.add_note, way=way, now=later(days=day), **tried)
    propose(cast, case, reason="lost_contact", now=later(days=2))
    found = {**tried, "reached": True, "alone": True, "safe_again": "call", "way": "call"}
    act(cast["worker"], actions.add_note, now=later(days=3), **found)

    with pytest.raises(RuleBroken, match="tries-missing"):
        approve(cast, case)


def test_an_answer_that_takes_days_makes_no_assessment_old(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)
    make_high(cast, case)
    act(
        cast["worker"], actions.record_conference, reference=case, held_at=NOW,
        agencies=[office(cast)],
    )  # fmt: skip
    propose(cast, case, now=later(days=6))

    act(cast["supervisor"], actions.approve_closure, reference=case, now=later(days=9))

    assert read(cast["worker"], case).state == S.CLOSED


@pytest.mark.parametrize(
    ("reason", "is_free"),
    [("safe", False), ("own_decision", False), ("not_confirmed", False), ("lost_contact", True),
     ("died", True), ("linked", True), ("entered_by_mistake", True)],
)  # fmt: skip
def test_it_is_not_left_open_whether_she_is_safe(reason: str, is_free: bool) -> None:
    facts = closing.Facts(is_asked_after=True)

    assert closing.is_known_safe(facts, reason, "raised", NOW) is is_free


def test_who_missed_her_visit_is_looked_for_before_the_case_closes(
    cast: Cast, report: Made
) -> None:
    case = bring(cast, report(), S.FOLLOW_UP)
    make_high(cast, case)
    visit = rows(cast["worker"], FollowUp)[0]
    act(cast["worker"], actions.miss_follow_up, reference=visit.reference, reason="nobody_there")
    act(cast["worker"], actions.assess_case, reference=case, answers=CALM, judged="standard")

    with pytest.raises(RuleBroken, match="safe-check-open"):
        propose(cast, case)
