"""What the flow costs, in statements; counted, so that it cannot grow unseen."""

from collections.abc import Callable
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.models import Case
from safekeeping import events, rls
from tests.casework.steps import Cast
from tests.conftest import NOW

Made = Callable[..., UUID]
FLOW = ("casework_run", "casework_agencytask")


def cost(cast: Cast, case: UUID, topic: str) -> int:
    """Statements of one event's flow: its tasks and its run."""
    with rls.acting(actor=cast["worker"], now=NOW):
        case_id = Case.objects.get(reference=case).pk
        with rls.on_case(case_id):
            row = Case.objects.get(pk=case_id)
            with CaptureQueriesContext(connection) as said:
                events.record(topic, subject=row, actor=cast["worker"], at=NOW)
    return sum(any(word in query["sql"] for word in FLOW) for query in said.captured_queries)


def test_each_step_has_its_price(cast: Cast, report: Made) -> None:
    case = report(needs=("bed",))
    way = (
        "notice.acknowledged", "case.assigned", "case.assessed", "plan.agreed", "stay.admitted",
        "case.follow_up_started", "case.closure_proposed", "case.closed",
    )  # fmt: skip

    assert {topic: cost(cast, case, topic) for topic in way} == {
        "notice.acknowledged": 3,  # look, tick off, open the next
        "case.assigned": 3,
        "case.assessed": 4,  # two branches
        "plan.agreed": 3,
        "stay.admitted": 3,  # look, tick off, look for the other branch
        "case.follow_up_started": 4,
        "case.closure_proposed": 3,
        "case.closed": 3,  # look, tick off, end the run
    }


def test_a_report_pays_two_rows(cast: Cast, report: Made) -> None:
    with CaptureQueriesContext(connection) as said:
        report()

    kept = [query["sql"] for query in said.captured_queries if "INSERT" in query["sql"]]
    assert sum(any(table in sql for table in FLOW) for sql in kept) == 2
