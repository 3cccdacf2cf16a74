"""A fault in a flow loses the flow and nothing else, and repair builds it anew."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from viewflow.workflow import flow
from viewflow.workflow.models import Task

from casework import actions, flow_listeners, flow_nodes
from casework.flows import CaseResponse
from casework.models import AgencyTask, Case, CaseState, Run
from safekeeping import events, rls
from safekeeping.models import Repair
from tests.casework.steps import Cast, act, bring, happened, read, rows
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]


def todo(cast: Cast, case: UUID) -> list[str]:
    open_ones = rows(cast["worker"], AgencyTask, case__reference=case, finished=None)
    return sorted(task.flow_task.name for task in open_ones)


def repairs(cast: Cast) -> list[Repair]:
    with rls.acting(actor=None, now=NOW, system="repair"):
        return list(Repair.objects.filter(mended_at=None))


def break_down(*args: object, **kwargs: object) -> None:
    raise ZeroDivisionError("Nguyễn Thị Bí Mật")


def break_sql(*args: object, **kwargs: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


def break_late(*args: object, **kwargs: object) -> None:
    """A foreign key that points nowhere is found out only when the transaction ends."""
    task = AgencyTask.objects.order_by("-pk").first()
    assert task is not None
    AgencyTask.objects.filter(pk=task.pk).update(owner_id=987654)


FAULTS = [
    (break_down, "ZeroDivisionError"),
    (break_sql, "DataError"),
    (break_late, "IntegrityError"),
]


@pytest.mark.parametrize(("fault", "name"), FAULTS)
def test_a_fault_costs_only_the_flow(
    cast: Cast,
    assigned: Made,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[..., None],
    name: str,
) -> None:
    case = assigned()
    monkeypatch.setitem(flow_listeners.MOVES, "case.assessed", fault)

    bring_on(cast, case)

    assert read(cast["worker"], case).state == CaseState.ASSESSED
    assert todo(cast, case) == ["assess"]
    assert [repair.fault for repair in repairs(cast)] == [name]


def bring_on(cast: Cast, case: UUID) -> None:
    from tests.casework.steps import CALM

    act(cast["worker"], actions.record_consent, reference=case, answers=["talk"])
    act(cast["worker"], actions.assess_case, reference=case, answers=CALM)


def test_repair_builds_the_flow_anew(
    cast: Cast, assigned: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = assigned()
    with monkeypatch.context() as broken:
        broken.setitem(flow_listeners.MOVES, "case.assessed", break_down)
        bring_on(cast, case)

    assert events.repair_all(NOW) == 1

    assert todo(cast, case) == ["agree_plan"]
    assert not repairs(cast)


def test_a_flow_that_never_began_is_begun_by_repair(
    cast: Cast, report: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setitem(flow_listeners.MOVES, "case.reported", break_down)
        case = report()
    assert todo(cast, case) == []
    act(cast["worker"], actions.claim_case, reference=case)

    events.repair_all(NOW)

    assert todo(cast, case) == ["assess"]


def test_a_repair_keeps_no_word_of_the_fault(
    cast: Cast, assigned: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = assigned()
    monkeypatch.setitem(flow_listeners.MOVES, "case.assessed", break_down)

    bring_on(cast, case)

    kept = [str(value) for repair in repairs(cast) for value in vars(repair).values()]
    assert "Bí Mật" not in " ".join(kept)


@pytest.mark.parametrize("state", CaseState.values)
def test_rebuilding_gives_the_same_queue(cast: Cast, report: Made, state: str) -> None:
    case = bring(cast, report(needs=("bed",)), state)
    before = todo(cast, case)

    rebuild(cast, case)

    assert todo(cast, case) == before


def rebuild(cast: Cast, case: UUID) -> None:
    with rls.acting(actor=None, now=NOW, system="repair"):
        case_id = happened_in(cast, case)
        with rls.on_case(case_id):
            flow_listeners.rebuild(case_id, now=NOW)


def happened_in(cast: Cast, case: UUID) -> int:
    return int(happened(cast["worker"], case)[0].case_id or 0)


def test_rebuilding_keeps_who_claimed_what(cast: Cast, assigned: Made) -> None:
    case = assigned()
    act(cast["colleague"], actions.claim_task, reference=case, step="assess")

    rebuild(cast, case)

    task = rows(cast["worker"], AgencyTask, case__reference=case, finished=None)[0]
    assert task.owner_id == cast["colleague"].user_id


def test_the_command_rebuilds_named_cases(
    cast: Cast, assigned: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    case = assigned()

    call_command("rebuild_flows", str(case))

    assert "1 cases" in capsys.readouterr().out
    assert todo(cast, case) == ["assess"]
    canceled = [r for r in rows(cast["worker"], Run) if r.status == flow_nodes.CANCELED]
    assert len(canceled) == 1


def test_the_command_refuses_a_case_that_does_not_exist(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("rebuild_flows", "00000000-0000-4000-8000-000000000000")


# viewflow itself


def test_a_flow_moves_only_with_the_case_in_hand(cast: Cast, assigned: Made) -> None:
    case = assigned()

    with rls.acting(actor=cast["worker"], now=NOW):
        task = AgencyTask.objects.get(case__reference=case, finished=None)
        with pytest.raises(rls.NotInHand), task.flow_task.flow_class.lock(task.process_id):
            pass


def test_no_row_of_a_flow_is_written_outside_an_action(cast: Cast, assigned: Made) -> None:
    case = assigned()

    with rls.acting(actor=cast["worker"], now=NOW):
        assert Run.objects.filter(case__reference=case).update(ahead=["assess"]) == 0
        with pytest.raises(DatabaseError):
            Run.objects.create(
                case=Case.objects.get(reference=case), flow_class=CaseResponse, created=NOW
            )


def test_a_flow_without_our_lock_is_refused_at_start() -> None:
    class Stranger(flow.Flow):
        start = flow.StartHandle().Next(None)

    errors = [e for e in flow_nodes.flows_have_our_lock(None) if "Stranger" in e.msg]
    assert [error.id for error in errors] == ["casework.E001"]
    Stranger.lock_impl = staticmethod(flow_nodes.case_in_hand)
    Stranger.task_class = AgencyTask


@pytest.mark.parametrize("model", [Task, AgencyTask])
def test_viewflow_keeps_the_class_of_a_fault_and_no_word(model: type) -> None:
    task = model()
    task.data = {
        "_exception": {
            "title": "Nguyễn Thị Bí Mật",
            "traceback": "Traceback…\nValueError: Nguyễn Thị Bí Mật",
            "locals": {"name": "Nguyễn Thị Bí Mật"},
        }
    }

    flow_nodes.keep_no_locals(sender=model, instance=task)

    assert set(task.data["_exception"]) == {"fault", "incident"}
    assert task.data["_exception"]["fault"] == "ValueError"


def test_the_apps_role_has_nothing_in_viewflows_own_tables(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.role_table_grants"
            " WHERE grantee = 'mai_am_app' AND table_name IN ('workflow_process',"
            " 'workflow_task', 'viewflow_process', 'viewflow_task')"
        )
        assert cursor.fetchall() == []
