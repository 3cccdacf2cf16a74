"""A closed case is worked on again: by whom, and what begins anew."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django_fsm import TransitionNotAllowed

from casework import actions
from casework.models import (
    CaseState,
    Deadline,
    EmergencyCard,
    Report,
)
from network.models import Agency, Membership, User
from tests.casework.steps import Cast, act, bring, later, read, rows
from tests.casework.test_closure import approve, give_back, make_high, propose
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]
S = CaseState
OPEN = [S.DETECTED, S.ASSIGNED, S.ASSESSED, S.SUPPORTED, S.FOLLOW_UP]


def test_a_case_is_not_reopened_to_a_worker_who_has_left(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSED)
    Membership.objects.filter(pk=cast["worker"].membership_id).update(ends=NOW)

    act(cast["supervisor"], actions.reopen_case, reference=case, reason="asked", now=later(hours=1))

    assert read(cast["supervisor"], case).worker_id == cast["supervisor"].user_id


def test_a_closed_case_is_reopened_to_a_worker(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), S.CLOSED)

    act(cast["colleague"], actions.reopen_case, reference=case, reason="asked")

    row = read(cast["worker"], case)
    assert (row.state, row.closed_at, row.worker_id) == (
        S.ASSIGNED, None, cast["colleague"].user_id,
    )  # fmt: skip
    assert rows(cast["officer"], Report)[0].status == "HANDLED"


@pytest.mark.parametrize("state", [*OPEN, S.CLOSING])
def test_a_live_case_is_not_reopened(cast: Cast, report: Made, state: str) -> None:
    case = bring(cast, report(), state)

    with pytest.raises(TransitionNotAllowed):
        act(cast["worker"], actions.reopen_case, reference=case, reason="asked")


@pytest.mark.parametrize(("is_grave", "dues"), [(True, [later(days=5)]), (False, [])])
def test_danger_is_asked_about_again_once_a_case_is_reopened(
    cast: Cast, report: Made, is_grave: bool, dues: list[datetime]
) -> None:
    case = bring(cast, report(), S.ASSESSED)
    if is_grave:
        make_high(cast, case)
    propose(cast, case, reason="entered_by_mistake")
    approve(cast, case)

    act(cast["worker"], actions.reopen_case, reference=case, reason="asked", now=later(days=2))

    running = rows(cast["worker"], Deadline, clock="reassess", met_at=None, waived_at=None)
    assert [clock.due_at for clock in running] == dues


def test_who_takes_a_case_on_while_its_closure_waits_has_it_afterwards(
    cast: Cast, report: Made
) -> None:
    """Back in a state without a worker, nobody could give it on nor go on with it."""
    case = report()
    propose(cast, case, by="supervisor", reason="not_confirmed")
    act(cast["worker"], actions.claim_case, reference=case)

    give_back(cast, case, by="second_supervisor")

    row = read(cast["worker"], case)
    assert (row.state, row.worker_id) == (S.ASSIGNED, cast["worker"].user_id)
    colleague = User.objects.get(pk=cast["colleague"].user_id).reference
    act(cast["supervisor"], actions.reassign_worker, reference=case, worker=colleague)


@pytest.mark.parametrize("is_blocked", [False, True])
def test_the_desk_has_the_card_of_a_reopened_case_again(
    cast: Cast, report: Made, is_blocked: bool
) -> None:
    case = bring(cast, report(), S.CLOSED)
    assert not rows(cast["coordinator"], EmergencyCard)
    if is_blocked:
        desk = Agency.objects.get(code="truc").reference
        act(cast["supervisor"], actions.set_block, reference=case, reason="unclear", agency=desk)

    act(cast["worker"], actions.reopen_case, reference=case, reason="asked")

    assert bool(rows(cast["coordinator"], EmergencyCard)) is not is_blocked
