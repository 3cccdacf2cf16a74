"""My work: whose turn it is, who does it, and where a case stands."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import actions, timeline, work
from casework.flow_steps import steps_for
from casework.models import AgencyTask, Block, Case, CaseState
from casework.turns import turns_for
from network.models import Agency, Membership
from safekeeping import events, rls
from safekeeping.errors import NotVisible, RuleBroken
from tests.casework.steps import Cast, act, bring, later, rows
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]
S = CaseState


def turns(cast: Cast, who: str, **given: Any) -> list[Any]:
    with rls.acting(actor=cast[who], now=NOW):
        return turns_for(cast[who], **given)


def mine(cast: Cast, who: str) -> list[Any]:
    return [turn for turn in turns(cast, who) if turn.is_mine]


def test_what_falls_due_first_stands_first(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.ASSESSED)
    report()

    assert [turn.step for turn in turns(cast, "worker")] == ["take_note", "agree_plan"]


def test_a_queue_is_one_statement(cast: Cast, report: Made) -> None:
    for _ in range(3):
        report()

    with rls.acting(actor=cast["worker"], now=NOW):
        Case.objects.exists()  # with the first question the database is told who asks
        with CaptureQueriesContext(connection) as said:
            turns_for(cast["worker"])

    asked = [query["sql"] for query in said if "set_config" not in query["sql"]]
    assert len(asked) == 1


def test_other_offices_have_no_turn(cast: Cast, report: Made) -> None:
    report()

    assert not turns(cast, "stranger")
    assert not turns(cast, "officer")


def test_a_blocked_colleague_has_no_turn(cast: Cast, report: Made) -> None:
    case = report()
    with rls.acting(actor=cast["worker"], now=NOW):
        case_id = Case.objects.get(reference=case).pk
        with rls.on_case(case_id):
            Block.born(case_id=case_id, user_id=cast["colleague"].user_id, why="asked", starts=NOW)

    assert not turns(cast, "colleague")
    assert turns(cast, "worker")


def test_mine_is_what_i_claimed_and_what_i_work_on(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.ASSIGNED)
    free = report()
    assert [turn.step for turn in mine(cast, "worker")] == ["assess"]
    assert not mine(cast, "colleague")

    act(cast["colleague"], actions.claim_task, reference=free, step="take_note")

    assert [turn.reference for turn in mine(cast, "colleague")] == [free]


def test_own_work_is_listed_behind_however_much_of_the_office(cast: Cast, report: Made) -> None:
    own = bring(cast, report(), S.ASSIGNED)
    for _ in range(2):
        report()

    listed = turns(cast, "worker", limit=1)

    assert own in [turn.reference for turn in listed]
    assert [turn.is_mine for turn in listed] == [False, True]


def test_what_a_colleague_works_on_is_not_nobodys(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.ASSIGNED)
    report()

    taken = {turn.step: turn.is_taken for turn in turns(cast, "supervisor")}

    assert taken == {"assess": True, "take_note": False}


def test_a_closure_that_is_proposed_waits_for_somebody_else(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.CLOSING)

    taken = {turn.step: turn.is_taken for turn in turns(cast, "supervisor")}

    assert taken == {"review_closure": False}


def test_a_closure_is_not_listed_to_who_proposed_it(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.CLOSING)

    assert not turns(cast, "worker")
    assert [turn.step for turn in turns(cast, "colleague")] == ["review_closure"]


@pytest.mark.parametrize(("many", "cut"), [(24, False), (25, True)])
def test_a_list_that_may_not_be_all_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, many: int, cut: bool
) -> None:
    line = work.Line("Call", "/")
    monkeypatch.setattr(work, "_sources", [lambda **_: [line] * many])

    assert work.work_for(cast["worker"], now=NOW).cut is cut


def test_a_claimed_step_is_nobody_elses(cast: Cast, report: Made) -> None:
    case = report()
    act(cast["worker"], actions.claim_task, reference=case, step="take_note")

    with pytest.raises(RuleBroken, match="claimed-already"):
        act(cast["colleague"], actions.claim_task, reference=case, step="take_note")

    act(cast["worker"], actions.release_task, reference=case, step="take_note")
    act(cast["colleague"], actions.claim_task, reference=case, step="take_note")
    assert rows(cast["worker"], AgencyTask)[0].owner_id == cast["colleague"].user_id


def test_a_step_that_does_not_wait_is_not_claimed(cast: Cast, report: Made) -> None:
    with pytest.raises(RuleBroken, match="no-such-task"):
        act(cast["worker"], actions.claim_task, reference=report(), step="assess")


def test_claiming_needs_sight_of_the_case(cast: Cast, report: Made) -> None:
    case = report()

    with pytest.raises(NotVisible):
        act(cast["stranger"], actions.claim_task, reference=case, step="take_note")
    with pytest.raises((NotVisible, PermissionDenied)):
        act(cast["officer"], actions.claim_task, reference=case, step="take_note")


def test_claims_of_somebody_who_left_are_anybodys_again(cast: Cast, report: Made) -> None:
    case = report()
    act(cast["colleague"], actions.claim_task, reference=case, step="take_note")

    with rls.acting(actor=cast["supervisor"], now=NOW):
        member = Membership.objects.get(user_id=cast["colleague"].user_id)
        events.record("membership.ended", subject=member, actor=cast["supervisor"], at=NOW)
    events.run_jobs(NOW)

    assert rows(cast["worker"], AgencyTask)[0].owner_id is None


def test_a_handover_takes_the_open_steps_along(cast: Cast, report: Made) -> None:
    from casework import access

    case = bring(cast, report(), S.ASSIGNED)
    act(cast["colleague"], actions.claim_task, reference=case, step="assess")

    with rls.acting(actor=cast["supervisor"], now=NOW):
        row = Case.objects.get(reference=case)
        with rls.on_case(row.pk):
            agency = Agency.objects.get(pk=cast["stranger"].agency_id)
            access.change_owner(
                row, agency=agency, actor=cast["supervisor"], now=NOW, reason="handover"
            )

    assert not turns(cast, "worker")
    moved = turns(cast, "stranger")
    assert [(turn.step, turn.is_claimable) for turn in moved] == [("assess", True)]


def steps(cast: Cast, case: UUID) -> dict[str, str]:
    with rls.acting(actor=cast["worker"], now=NOW):
        row = Case.objects.get(reference=case)
        return {step.name: step.state for step in steps_for(row)}


def test_the_drawing_says_where_the_case_is(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.ASSESSED)

    assert steps(cast, case) == {
        "take_note": "done", "assign": "done", "assess": "done", "find_bed": "left_out",
        "agree_plan": "here", "carry_out": "waiting", "follow_up": "waiting",
        "review_closure": "waiting",
    }  # fmt: skip


def test_two_branches_are_here_at_once(cast: Cast, report: Made) -> None:
    case = bring(cast, report(needs=("bed",)), S.SUPPORTED)

    here = [name for name, state in steps(cast, case).items() if state == "here"]
    assert here == ["find_bed", "carry_out"]


def test_a_closed_case_has_everything_behind_it(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSED)

    assert set(steps(cast, case).values()) == {"done", "left_out"}


# The timeline


def entries(cast: Cast, case: UUID, who: str = "worker", **given: Any) -> list[timeline.Entry]:
    with rls.acting(actor=cast[who], now=NOW):
        found = Case.objects.filter(reference=case).values_list("pk", flat=True).first()
        return timeline.timeline_of(found or 0, **given)


def test_the_timeline_says_who_did_what(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSING)

    newest = entries(cast, case)[0]

    assert newest.topic == "case.closure_proposed"
    assert newest.detail in ("An toàn, không còn nhu cầu", "Safe, no further need")
    assert newest.who


def test_the_timeline_costs_one_statement(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSED)
    with rls.acting(actor=cast["worker"], now=NOW):
        case_id = Case.objects.get(reference=case).pk
        with CaptureQueriesContext(connection) as said:
            timeline.timeline_of(case_id)

    assert len(said) == 1


def test_looking_is_not_on_the_timeline(cast: Cast, report: Made) -> None:
    from casework import access

    case = bring(cast, report(), S.ASSIGNED)
    act(cast["worker"], access.open_groups, reference=case, groups=["account"])

    assert "case.seen" not in [entry.topic for entry in entries(cast, case)]


def test_a_late_fact_is_shown_as_one(cast: Cast, report: Made) -> None:
    case = report()
    act(
        cast["worker"], actions.add_note, reference=case, kind="general", words="…",
        happened_at=later(hours=-5),
    )  # fmt: skip

    newest = entries(cast, case)[0]
    assert (newest.late, newest.at) == (True, later(hours=-5))


def test_others_see_no_timeline(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.ASSIGNED)

    assert not entries(cast, case, "stranger")


def test_every_topic_of_casework_has_words() -> None:
    import re
    from pathlib import Path

    source = "\n".join(path.read_text() for path in Path("casework").rglob("*.py"))
    said = set(re.findall(r'"((?:case|consent|plan|item|follow_up|note|conference)\.\w+)"', source))
    spoken = {t for t in said if not t.endswith((".html", ".css"))} - timeline.HIDDEN

    assert spoken <= set(timeline._titles)
