"""The flow follows: whatever order events come in, the queue shows what is left to do."""

from collections.abc import Callable
from uuid import UUID

import pytest

from casework.models import AgencyTask, Case, Run
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.models import Repair
from tests.conftest import NOW

Cast = dict[str, Actor]
Report = Callable[..., UUID]


def say(cast: Cast, reference: UUID, *topics: str) -> None:
    """These things happened, in this order."""
    with rls.acting(actor=cast["worker"], now=NOW):
        seen = Case.objects.visible_to(cast["worker"])
        with rls.on_case_of(seen.case_ids(reference)) as case_id:
            row = Case.objects.get(pk=case_id)
            for topic in topics:
                events.record(topic, subject=row, actor=cast["worker"], at=NOW)


def todo(cast: Cast, reference: UUID) -> list[str]:
    with rls.acting(actor=cast["worker"], now=NOW, system="repair"):
        assert not Repair.objects.exists()
        tasks = AgencyTask.objects.filter(case__reference=reference, finished=None)
        return sorted(task.flow_task.name for task in tasks)


def test_report_puts_the_first_step_in_the_owners_queue(cast: Cast, report: Report) -> None:
    case = report()

    assert todo(cast, case) == ["take_note"]
    with rls.acting(actor=cast["worker"], now=NOW):
        assert AgencyTask.objects.get().agency_id == cast["worker"].agency_id


def test_other_agencies_see_no_task(cast: Cast, report: Report) -> None:
    report()

    with rls.acting(actor=cast["stranger"], now=NOW):
        assert not AgencyTask.objects.exists()
        assert not Run.objects.exists()


def test_a_case_goes_its_way(cast: Cast, report: Report) -> None:
    case = report(needs=("bed",))

    say(cast, case, "notice.acknowledged")
    assert todo(cast, case) == ["assign"]
    say(cast, case, "case.assigned")
    assert todo(cast, case) == ["assess"]
    say(cast, case, "case.assessed")
    assert todo(cast, case) == ["agree_plan", "find_bed"]
    say(cast, case, "plan.agreed")
    assert todo(cast, case) == ["carry_out", "find_bed"]
    say(cast, case, "stay.admitted")
    assert todo(cast, case) == ["carry_out"]
    say(cast, case, "case.follow_up_started")
    assert todo(cast, case) == ["follow_up"]
    say(cast, case, "case.closure_proposed")
    assert todo(cast, case) == ["review_closure"]
    say(cast, case, "case.closed")
    assert todo(cast, case) == []


def test_no_bed_is_looked_for_unless_wanted(cast: Cast, report: Report) -> None:
    case = report()

    say(cast, case, "case.assigned", "case.assessed")

    assert todo(cast, case) == ["agree_plan"]


def test_a_bed_asked_for_before_its_turn_is_remembered(cast: Cast, report: Report) -> None:
    case = report()

    say(cast, case, "stay.requested", "case.assigned", "case.assessed")

    assert todo(cast, case) == ["agree_plan", "find_bed"]


def test_a_bed_asked_for_late_is_a_search_of_its_own(cast: Cast, report: Report) -> None:
    case = report()
    say(cast, case, "case.assigned", "case.assessed", "plan.agreed")

    say(cast, case, "stay.requested")
    assert todo(cast, case) == ["carry_out", "find_bed"]

    say(cast, case, "stay.admitted", "case.follow_up_started")
    assert todo(cast, case) == ["follow_up"]


@pytest.mark.parametrize(
    "order",
    [
        ("case.assessed", "plan.agreed", "stay.admitted"),
        ("stay.admitted", "plan.agreed", "case.assessed"),
        ("plan.agreed", "case.assessed", "stay.admitted"),
        ("plan.agreed", "stay.admitted", "notice.acknowledged", "case.assigned", "case.assessed"),
    ],
)
def test_events_out_of_order_lead_to_the_same_queue(
    cast: Cast, report: Report, order: tuple[str, ...]
) -> None:
    case = report(needs=("bed",))

    say(cast, case, *order)

    assert todo(cast, case) == ["carry_out"]


def test_returned_closure_brings_the_step_before_back(cast: Cast, report: Report) -> None:
    case = report()
    say(cast, case, "case.follow_up_started", "case.closure_proposed")
    assert todo(cast, case) == ["review_closure"]

    say(cast, case, "case.closure_returned")
    assert todo(cast, case) == ["follow_up"]

    say(cast, case, "case.closure_proposed", "case.closed")
    assert todo(cast, case) == []


def test_closure_proposed_early_and_returned_changes_nothing(cast: Cast, report: Report) -> None:
    case = report()
    say(cast, case, "case.assigned", "case.assessed")

    say(cast, case, "case.closure_proposed", "case.closure_returned")

    say(cast, case, "plan.agreed", "case.follow_up_started")
    assert todo(cast, case) == ["follow_up"]


def test_closure_from_anywhere_leaves_nothing_open(cast: Cast, report: Report) -> None:
    case = report()

    say(cast, case, "case.closure_proposed", "case.closed")

    assert todo(cast, case) == []


def test_a_reopened_case_begins_at_the_assessment(cast: Cast, report: Report) -> None:
    case = report()
    say(cast, case, "case.follow_up_started", "case.closure_proposed", "case.closed")

    say(cast, case, "case.reopened")

    assert todo(cast, case) == ["assess"]


def test_support_wanted_again_is_a_flow_of_its_own(cast: Cast, report: Report) -> None:
    case = report()
    say(cast, case, "case.follow_up_started")

    say(cast, case, "case.resumed")
    assert todo(cast, case) == ["carry_out", "follow_up"]

    say(cast, case, "case.follow_up_started")
    assert todo(cast, case) == ["follow_up"]
