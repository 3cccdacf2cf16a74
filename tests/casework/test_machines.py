"""Every state × edge × role of a case, its consent, its plan items and its visits.

What may happen is written down here by role and state; which states there are and which edges join
them is read from the models. A move that the models do not declare, or one that they declare and
nobody can make, fails.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from casework import actions
from casework.models import (
    Case,
    CaseState,
    Consent,
    ConsentState,
    FollowUp,
    FollowUpState,
    ItemState,
    Override,
    Plan,
    PlanItem,
)
from network.models import User
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.states import edges
from tests.casework.steps import CALM, Cast, act, bring, consented, later, read, rows
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]
S, IT, F, C = CaseState, ItemState, FollowUpState, ConsentState
ROLES = (
    "worker", "colleague", "supervisor", "second_supervisor", "stranger", "strange_supervisor",
    "coordinator", "health", "officer", "analyst",
)  # fmt: skip
OURS = {"worker", "colleague", "supervisor", "second_supervisor"}
REFUSED = (TransitionNotAllowed, RuleBroken)


def assign(*, actor: Any, reference: UUID, now: Any) -> UUID:
    worker = User.objects.get(username="ubnd-12424-caseworker").reference
    return actions.assign_worker(actor=actor, reference=reference, worker=worker, now=now)


def assess(**given: Any) -> UUID:
    return actions.assess_case(answers=CALM, **given)


def support(**given: Any) -> UUID:
    return actions.agree_plan(kind="safety", **given)


def follow_up(**given: Any) -> UUID:
    return actions.start_follow_up(mode="call", **given)


def propose(**given: Any) -> UUID:
    return actions.propose_closure(reason="safe", **given)


def give_back(**given: Any) -> UUID:
    return actions.return_closure(why="plan_open", **given)


def reopen(**given: Any) -> UUID:
    return actions.reopen_case(reason="asked", **given)


WORKER, LEADS = {"worker"}, {"supervisor", "second_supervisor"}
# While a case has no worker any caseworker of the owner may take the first step, which then is
# refused by the state: nothing but claiming leads out of DETECTED on time.
FREE = {"worker", "colleague"}
# Edge → who may, and from which state it leads where; "=" stays.
CASE: dict[Callable[..., UUID], tuple[set[str], dict[str, str]]] = {
    assign: (LEADS, {S.DETECTED: S.ASSIGNED}),
    actions.claim_case: (FREE, {S.DETECTED: S.ASSIGNED}),
    assess: (
        WORKER,
        {
            S.ASSIGNED: S.ASSESSED, S.ASSESSED: "=", S.SUPPORTED: "=", S.FOLLOW_UP: "=",
            S.CLOSING: "=",
        },
    ),
    support: (
        WORKER,
        {S.ASSIGNED: S.SUPPORTED, S.ASSESSED: S.SUPPORTED, S.SUPPORTED: "=", S.FOLLOW_UP: "="},
    ),
    follow_up: (WORKER, {S.ASSESSED: S.FOLLOW_UP, S.SUPPORTED: S.FOLLOW_UP}),
    actions.resume_support: (WORKER, {S.FOLLOW_UP: S.SUPPORTED}),
    propose: (WORKER | LEADS, dict.fromkeys(
        (S.DETECTED, S.ASSIGNED, S.ASSESSED, S.SUPPORTED, S.FOLLOW_UP), S.CLOSING)),
    actions.approve_closure: (OURS - WORKER, {S.CLOSING: S.CLOSED}),
    give_back: (OURS - WORKER, {S.CLOSING: S.FOLLOW_UP}),
    reopen: (OURS, {S.CLOSED: S.ASSIGNED}),
}  # fmt: skip


def expected(edge: Callable[..., UUID], state: str, role: str) -> str | tuple[type, ...]:
    """The state after it, or the refusals that fit."""
    who, moves = CASE[edge]
    if role not in OURS:
        return (NotVisible,)
    may = role in who or (role in FREE and state == S.DETECTED and who & FREE != set())
    if edge in (actions.approve_closure, give_back):
        may = role != "worker" or state != S.CLOSING
    if not may:
        return (PermissionDenied,)
    if edge is assign and state != S.DETECTED:
        return (PermissionDenied, *REFUSED)
    if edge is actions.claim_case and state != S.DETECTED:
        return (PermissionDenied, *REFUSED)
    if state not in moves:
        return REFUSED
    return state if moves[state] == "=" else moves[state]


def attempt(cast: Cast, role: str, edge: Callable[..., UUID], case: UUID) -> str | type:
    """What came of it, and nothing kept."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                act(cast[role], edge, reference=case)
            outcome: str | type = read(cast["worker"], case).state
        except (NotVisible, PermissionDenied, *REFUSED) as refusal:
            outcome = type(refusal)
        transaction.set_rollback(True)
    return outcome


@pytest.mark.parametrize("state", S.values)
def test_every_edge_by_every_role_from_every_state(cast: Cast, report: Made, state: str) -> None:
    case = bring(cast, report(), state)
    consented(cast, case)

    found = {
        (edge.__name__, role): attempt(cast, role, edge, case)
        for edge, role in product(CASE, ROLES)
    }

    wrong = {
        (edge.__name__, role): (found[edge.__name__, role], wanted)
        for edge, role in product(CASE, ROLES)
        if not fits(found[edge.__name__, role], wanted := expected(edge, state, role))
    }
    assert not wrong


def fits(found: str | type, wanted: str | tuple[type, ...]) -> bool:
    if isinstance(wanted, tuple):
        return isinstance(found, type) and issubclass(found, wanted)
    return found == wanted


def test_the_actions_make_every_edge_that_the_model_declares() -> None:
    made = {(state, target) for _, moves in CASE.values() for state, target in moves.items()} - {
        (state, "=") for state in S.values
    }
    back = {(S.CLOSING, state) for state in S.values if state not in (S.CLOSING, S.CLOSED)}

    assert {(str(a), str(b)) for a, b in made | back} == set(edges(Case))


@pytest.mark.parametrize("edge", [assess, support, follow_up])
def test_an_override_passes_the_assignment_and_no_edge(
    cast: Cast, report: Made, edge: Callable[..., UUID]
) -> None:
    case = bring(cast, report(), S.CLOSED)

    with pytest.raises(TransitionNotAllowed):
        act(cast["worker"], edge, reference=case, overriding="Nguy hiểm tính mạng")


# Items and visits: two ends each, and no way back


def finish(**given: Any) -> UUID:
    return actions.finish_item(**given)


def drop(**given: Any) -> UUID:
    return actions.drop_item(reason="declined", **given)


def hold(**given: Any) -> UUID:
    return actions.hold_follow_up(alone=True, safe_again="call", **given)


def miss(**given: Any) -> UUID:
    return actions.miss_follow_up(reason="no_answer", **given)


def cancel(**given: Any) -> UUID:
    return actions.cancel_follow_up(reason="asked_later", **given)


ROWS: dict[Any, tuple[str, dict[Callable[..., UUID], str]]] = {
    PlanItem: (IT.OPEN, {finish: IT.DONE, drop: IT.DROPPED}),
    FollowUp: (F.PLANNED, {hold: F.HELD, miss: F.MISSED, cancel: F.CANCELLED}),
}


def row_in(cast: Cast, report: Made, model: Any, state: str) -> UUID:
    case = bring(cast, report(), S.FOLLOW_UP)
    if model is PlanItem:
        item = actions.Item("legal")
        act(cast["worker"], actions.agree_plan, reference=case, kind="support", items=[item])
    row: UUID = rows(cast["worker"], model)[0].reference
    begun, ends = ROWS[model]
    for edge, reached in ends.items():
        if reached == state and state != begun:
            act(cast["worker"], edge, reference=row)
    return row


def row_attempt(cast: Cast, role: str, edge: Callable[..., UUID], model: Any, row: UUID) -> Any:
    with transaction.atomic():
        try:
            with transaction.atomic():
                act(cast[role], edge, reference=row)
            outcome: Any = read(cast["worker"], row, model).state
        except (NotVisible, PermissionDenied, *REFUSED) as refusal:
            outcome = type(refusal)
        transaction.set_rollback(True)
    return outcome


@pytest.mark.parametrize(
    ("model", "state"),
    [(PlanItem, state) for state in IT.values] + [(FollowUp, s) for s in F.values],
)
def test_items_and_visits_are_settled_once_by_the_worker(
    cast: Cast, report: Made, model: Any, state: str
) -> None:
    row = row_in(cast, report, model, state)
    begun, ends = ROWS[model]

    found = {
        (edge.__name__, role): row_attempt(cast, role, edge, model, row)
        for edge, role in product(ends, ROLES)
    }

    wanted = {
        (edge.__name__, role): outcome_of(role, state, begun, reached)
        for (edge, reached), role in product(ends.items(), ROLES)
    }
    assert found == wanted


def outcome_of(role: str, state: str, begun: str, reached: str) -> Any:
    if role not in OURS:
        return NotVisible
    if role != "worker":
        return PermissionDenied
    return reached if state == begun else TransitionNotAllowed


@pytest.mark.parametrize("model", [PlanItem, FollowUp])
def test_settling_makes_every_declared_edge(model: Any) -> None:
    begun, ends = ROWS[model]

    assert {(str(begun), str(end)) for end in ends.values()} == set(edges(model))


@pytest.mark.parametrize("state", [C.GIVEN, C.REFUSED, C.NOT_POSSIBLE, C.WITHDRAWN])
def test_only_what_was_given_is_withdrawn(cast: Cast, assigned: Made, state: str) -> None:
    answers = {C.REFUSED: "none", C.NOT_POSSIBLE: "could_not_ask"}
    case = assigned()
    act(
        cast["worker"], actions.record_consent, reference=case,
        answers=[answers.get(C(state), "talk")],
    )  # fmt: skip
    if state == C.WITHDRAWN:
        act(cast["worker"], actions.withdraw_consent, reference=case, scope="sharing")

    found = {role: consent_attempt(cast, role, case) for role in ROLES}

    may = "withdrawn" if state == C.GIVEN else RuleBroken
    assert found == {role: may if role in OURS else NotVisible for role in ROLES}


def consent_attempt(cast: Cast, role: str, case: UUID) -> Any:
    with transaction.atomic():
        try:
            with transaction.atomic():
                act(cast[role], actions.withdraw_consent, reference=case, scope="sharing")
            outcome: Any = "withdrawn"
        except (NotVisible, PermissionDenied, *REFUSED) as refusal:
            outcome = type(refusal)
        transaction.set_rollback(True)
    return outcome


def test_consent_has_one_edge() -> None:
    assert edges(Consent) == [("GIVEN", "WITHDRAWN")]


# The database holds the same edges


@pytest.fixture
def in_hand(cast: Cast) -> Callable[[UUID], Iterator[None]]:
    def take(reference: UUID) -> Any:
        return rls.on_case(Case.objects.get(reference=reference).pk)

    return take


@pytest.mark.parametrize("state", S.values)
def test_the_database_refuses_every_edge_that_is_not_declared(
    cast: Cast, report: Made, in_hand: Callable[[UUID], Any], state: str
) -> None:
    case = bring(cast, report(), state)
    declared = {target for source, target in edges(Case) if source == state}

    def is_refused(target: str) -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE casework_case SET state = %s WHERE reference = %s", [target, case]
                )
                transaction.set_rollback(True)
        except IntegrityError:
            return True
        return False

    with rls.acting(actor=cast["worker"], now=NOW), in_hand(case):
        refused = {target for target in S.values if is_refused(target)}

    assert refused == set(S.values) - declared - {state}


def test_a_plan_is_read_by_the_owner_alone(cast: Cast, report: Made) -> None:
    bring(cast, report(), S.SUPPORTED)

    assert rows(cast["worker"], Plan)
    assert not rows(cast["stranger"], Plan)


STEPS_OF_A_COLLEAGUE = {
    "assess": lambda **given: actions.assess_case(answers=CALM, **given),
    "plan": lambda **given: actions.agree_plan(kind="safety", **given),
    "follow": lambda **given: actions.start_follow_up(mode="call", **given),
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("step", STEPS_OF_A_COLLEAGUE)
def test_a_sentence_that_takes_a_colleagues_step_is_looked_at(
    cast: Cast, report: Made, step: str, late: bool
) -> None:
    """Nothing else is amiss, so that nothing but whose case it is is passed."""
    case = bring(cast, report(), S.SUPPORTED)
    more = {"happened_at": later(minutes=-1)} if late else {}
    act_ = STEPS_OF_A_COLLEAGUE[step]

    with pytest.raises(PermissionDenied):
        act(cast["colleague"], act_, reference=case, **more)
    act(cast["colleague"], act_, reference=case, overriding="Chị đang bị đe dọa", **more)

    (row,) = rows(cast["supervisor"], Override)
    assert (row.by_id, row.guards) == (cast["colleague"].user_id, ["assignment"])
