"""Plans are agreed with her; items are settled one by one; visits follow."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import actions
from casework.models import CaseState, Deadline, FollowUp, Override, Plan, PlanItem
from safekeeping.errors import NotVisible, RuleBroken, Stale
from tests.casework.steps import Cast, act, bring, happened, later, read, rows, topics

Made = Callable[..., UUID]
S = CaseState
ITEM = actions.Item("legal", service="legal", companion="sister", due_on=date(2026, 12, 1))


def agree(cast: Cast, case: UUID, *, by: str = "worker", **given: object) -> UUID:
    given = {"kind": "support", "items": [ITEM], **given}
    return act(cast[by], actions.agree_plan, reference=case, **given)


def one_item(cast: Cast) -> PlanItem:
    return rows(cast["worker"], PlanItem)[0]


def test_a_plan_with_an_item_means_support(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.ASSESSED)

    plan = agree(cast, case, words="Đi cùng chị Hoa", alone=True)

    assert read(cast["worker"], case).state == S.SUPPORTED
    assert read(cast["worker"], plan, Plan).agreed_alone is True
    assert (one_item(cast).need, one_item(cast).companion) == ("legal", "sister")
    assert topics(cast["worker"], case)[-2:] == ["plan.agreed", "case.supported"]


def test_a_safety_plan_alone_suffices(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.ASSIGNED)

    agree(cast, case, kind="safety", items=[])

    assert read(cast["worker"], case).state == S.SUPPORTED


def test_an_empty_support_plan_is_refused_unless_life_is_in_danger(
    cast: Cast, report: Made
) -> None:
    case = bring(cast, report(), S.ASSESSED)

    with pytest.raises(RuleBroken, match="soft-guard"):
        agree(cast, case, items=[])

    agree(cast, case, items=[], overriding="Phải đưa chị đi ngay")
    assert rows(cast["worker"], Override)[0].guards == ["agreement"]


def test_a_second_plan_moves_nothing(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)

    agree(cast, case)

    assert read(cast["worker"], case).state == S.SUPPORTED
    assert topics(cast["worker"], case)[-1] == "plan.agreed"


def test_a_plan_in_follow_up_takes_support_up_again(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.FOLLOW_UP)

    agree(cast, case)

    assert read(cast["worker"], case).state == S.SUPPORTED
    assert topics(cast["worker"], case)[-1] == "case.resumed"


def test_a_worker_comes_before_a_plan(cast: Cast, report: Made) -> None:
    with pytest.raises(RuleBroken, match="soft-guard") as refusal:
        agree(cast, report())

    assert refusal.value.facts["guards"] == "assignment"


@pytest.mark.parametrize("state", [S.CLOSING, S.CLOSED])
def test_a_plan_needs_a_case_that_is_worked_on(cast: Cast, report: Made, state: str) -> None:
    case = bring(cast, report(), state)

    with pytest.raises(TransitionNotAllowed):
        agree(cast, case)


@pytest.mark.parametrize("state", [S.CLOSING, S.CLOSED])
def test_a_late_plan_is_kept_without_a_move(cast: Cast, report: Made, state: str) -> None:
    case = bring(cast, report(), state)

    agree(cast, case, happened_at=later(hours=-3))

    assert read(cast["worker"], case).state == state


def test_a_late_plan_of_a_new_case_walks_there(cast: Cast, report: Made) -> None:
    case = report()

    agree(cast, case, happened_at=later(hours=-1))

    assert read(cast["worker"], case).state == S.SUPPORTED
    late = [e.topic for e in happened(cast["worker"], case) if e.out_of_order]
    assert late == ["case.assigned", "case.supported"]


def test_danger_to_life_comes_before_a_worker(cast: Cast, report: Made) -> None:
    case = report()

    agree(cast, case, overriding="Chị đang bị đuổi đánh")

    assert read(cast["worker"], case).state == S.SUPPORTED
    assert happened(cast["worker"], case)[-1].override == ["assignment"]


def test_an_unknown_kind_of_plan_is_refused(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="unknown-plan"):
        agree(cast, assigned(), kind="secret")


def test_planning_is_the_workers(cast: Cast, assigned: Made) -> None:
    case = assigned()

    with pytest.raises(PermissionDenied):
        agree(cast, case, by="colleague")
    with pytest.raises(NotVisible):
        agree(cast, case, by="stranger")


def test_items_are_added_done_and_dropped(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.ASSESSED)
    plan = agree(cast, case)
    added = act(cast["worker"], actions.add_item, reference=plan, item=actions.Item("health"))

    act(cast["worker"], actions.finish_item, reference=one_item(cast).reference)
    act(cast["worker"], actions.drop_item, reference=added, reason="declined")

    assert [item.state for item in rows(cast["worker"], PlanItem)] == ["DONE", "DROPPED"]
    assert topics(cast["worker"], case)[-3:] == ["item.added", "item.finished", "item.dropped"]


def test_a_settled_item_is_not_settled_again(cast: Cast, report: Made) -> None:
    agree(cast, bring(cast, report(), S.ASSESSED))
    item = one_item(cast).reference
    act(cast["worker"], actions.finish_item, reference=item)

    with pytest.raises(TransitionNotAllowed):
        act(cast["worker"], actions.drop_item, reference=item, reason="declined")


def test_dropping_needs_a_reason(cast: Cast, report: Made) -> None:
    agree(cast, bring(cast, report(), S.ASSESSED))

    with pytest.raises(RuleBroken, match="reason-missing"):
        act(cast["worker"], actions.drop_item, reference=one_item(cast).reference, reason="")


def test_two_tabs_on_an_item(cast: Cast, report: Made) -> None:
    agree(cast, bring(cast, report(), S.ASSESSED))
    item = one_item(cast)
    act(cast["worker"], actions.finish_item, reference=item.reference)

    with pytest.raises(Stale) as refusal:
        act(
            cast["worker"], actions.drop_item, reference=item.reference, reason="declined",
            version=item.version,
        )  # fmt: skip
    assert refusal.value.facts["current"] == {"state": "DONE", "reason": ""}


def test_no_item_is_added_to_a_closed_case(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSED)
    plan = rows(cast["worker"], Plan)[0].reference

    with pytest.raises(RuleBroken, match="case-closed"):
        act(cast["worker"], actions.add_item, reference=plan, item=ITEM)
    assert read(cast["worker"], case).state == S.CLOSED


# Follow-up


def follow(cast: Cast, case: UUID, *, by: str = "worker", **given: object) -> UUID:
    return act(cast[by], actions.start_follow_up, reference=case, mode="call", **given)


def visits(cast: Cast) -> list[FollowUp]:
    return rows(cast["worker"], FollowUp)


def test_follow_up_plans_four_visits_with_their_clocks(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.SUPPORTED)

    follow(cast, case)

    assert read(cast["worker"], case).state == S.FOLLOW_UP
    assert len(visits(cast)) == 4
    clocks = rows(cast["worker"], Deadline, clock="follow_up_due", met_at=None)
    assert {c.due_at for c in clocks} == {visit.due_at for visit in visits(cast)}


@pytest.mark.parametrize(
    ("state", "first"), [(S.DETECTED, "assessment,assignment"), (S.ASSIGNED, "assessment")]
)
def test_what_comes_before_follow_up_is_said(
    cast: Cast, report: Made, state: str, first: str
) -> None:
    case = bring(cast, report(), state)

    with pytest.raises(RuleBroken, match="soft-guard") as refusal:
        follow(cast, case)

    assert refusal.value.facts["guards"] == first


def test_open_items_keep_support_open(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.ASSESSED)
    agree(cast, case)

    with pytest.raises(RuleBroken, match="soft-guard"):
        follow(cast, case)

    act(cast["worker"], actions.finish_item, reference=one_item(cast).reference)
    follow(cast, case)
    assert read(cast["worker"], case).state == S.FOLLOW_UP


def test_a_visit_is_held_and_its_clock_met(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.FOLLOW_UP)
    visit = visits(cast)[0].reference

    act(
        cast["worker"], actions.hold_follow_up, reference=visit, alone=True,
        safe_again="call", words="Con đi học lại", now=later(days=7),
    )  # fmt: skip

    held = read(cast["worker"], visit, FollowUp, now=later(days=7))
    assert (held.state, held.alone, held.safe_again) == ("HELD", True, "call")
    assert rows(cast["worker"], Deadline, subject=visit)[0].met_at == later(days=7)


@pytest.mark.parametrize(("judged", "asked"), [("high", 1), ("extreme", 1), ("raised", 0)])
def test_a_missed_visit_at_high_risk_asks_whether_she_is_safe(
    cast: Cast, report: Made, judged: str, asked: int
) -> None:
    from tests.casework.steps import CALM

    case = bring(cast, report(), S.FOLLOW_UP)
    act(cast["worker"], actions.assess_case, reference=case, answers=CALM, judged=judged)

    act(
        cast["worker"], actions.miss_follow_up, reference=visits(cast)[0].reference,
        reason="no_answer",
    )  # fmt: skip

    running = rows(cast["worker"], Deadline, clock="safe_check", met_at=None)
    assert [c.due_at for c in running] == [later(hours=1)] * asked


def test_danger_heard_at_a_visit_raises_the_level(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.FOLLOW_UP)

    act(
        cast["worker"], actions.hold_follow_up, reference=visits(cast)[0].reference, alone=True,
        safe_again="call", danger={"worse": "yes"},
    )  # fmt: skip

    assert read(cast["worker"], case).risk_level == "high"


def test_a_visit_is_cancelled_once(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.FOLLOW_UP)
    visit = visits(cast)[0].reference
    act(cast["worker"], actions.cancel_follow_up, reference=visit, reason="asked_later")

    with pytest.raises(TransitionNotAllowed):
        act(cast["worker"], actions.cancel_follow_up, reference=visit, reason="asked_later")


def test_one_more_visit_can_be_planned(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.FOLLOW_UP)

    made = act(
        cast["worker"], actions.plan_follow_up, reference=case, due_at=later(days=2), mode="visit"
    )

    assert read(cast["worker"], made, FollowUp).due_at == later(days=2)


def test_no_visit_is_planned_for_a_closed_case(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSED)

    with pytest.raises(RuleBroken, match="case-closed"):
        act(
            cast["worker"], actions.plan_follow_up, reference=case, due_at=later(days=2),
            mode="visit",
        )  # fmt: skip


def test_support_is_resumed_from_follow_up_only(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.FOLLOW_UP)

    act(cast["worker"], actions.resume_support, reference=case)
    assert read(cast["worker"], case).state == S.SUPPORTED

    with pytest.raises(TransitionNotAllowed):
        act(cast["worker"], actions.resume_support, reference=case)


@pytest.mark.parametrize("state", [CaseState.CLOSING, CaseState.CLOSED])
def test_that_visits_began_earlier_is_kept_of_a_case_that_is_over(
    cast: Cast, report: Made, state: str
) -> None:
    case = bring(cast, report(), state)
    before = len(rows(cast["worker"], FollowUp))

    follow(cast, case, happened_at=later(days=-3))

    told = happened(cast["worker"], case)[-1]
    assert (told.topic, told.out_of_order) == ("case.follow_up_started", True)
    assert told.happened_at == later(days=-3)
    assert read(cast["worker"], case).state == state
    assert len(rows(cast["worker"], FollowUp)) == before
