"""Real threads: two accept at once, the sweep meets a withdrawal."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django_fsm import TransitionNotAllowed

from casework import access
from casework.actions import add_note, set_block, withdraw_consent
from casework.models import Access, EmergencyCard
from network.models import User
from referral import actions
from referral.models import Referral, State
from referral.sweeps import lapse_unanswered
from safekeeping import rls
from safekeeping.errors import NotVisible
from tests.conftest import NOW, as_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loaded")]

HALF_HOUR = NOW + timedelta(minutes=30)
ROUNDS = 3


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each on a connection of its own; results or exceptions."""
    gate = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return work()
        except Exception as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def acceptance(do, who, reference, at=HALF_HOUR):
    return lambda: do(who, actions.accept_referral, reference=reference, at=at)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_agencies_accept_at_once_and_one_wins(send, do, people, turn):
    first = send(urgency="emergency")
    lapse_unanswered(HALF_HOUR)
    with rls.acting(actor=people["worker"], now=HALF_HOUR):
        second = Referral.objects.get(state=State.SENT, service="health").reference

    answers = together(acceptance(do, "doctor", first), acceptance(do, "hospital", second))

    refused = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [TransitionNotAllowed]
    with rls.acting(actor=people["worker"], now=HALF_HOUR):
        states = sorted(str(s) for s in Referral.objects.values_list("state", flat=True))
        case_id = Referral.objects.all()[0].case_id
        with rls.on_case(case_id):
            granted = Access.objects.filter(why="consent", live=True).count()
    assert (states, granted) == ([State.ACCEPTED, State.SUPERSEDED], 1)


def test_two_colleagues_accept_the_same_and_one_is_told(send, do, people):
    reference = send()

    answers = together(
        acceptance(do, "doctor", reference, NOW), acceptance(do, "second_doctor", reference, NOW)
    )

    assert sum(isinstance(one, TransitionNotAllowed) for one in answers) == 1
    with rls.acting(actor=people["doctor"], now=NOW):
        assert Access.objects.filter(live=True).count() == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_sweep_and_withdrawal_meet_without_leaving_anything_open(send, do, people, case, turn):
    send(urgency="emergency")

    answers = together(
        lambda: lapse_unanswered(HALF_HOUR),
        lambda: do("worker", withdraw_consent, reference=case, scope="sharing", at=HALF_HOUR),
    )

    assert not [one for one in answers if isinstance(one, Exception)]
    with rls.acting(actor=people["worker"], now=HALF_HOUR):
        states = {str(s) for s in Referral.objects.values_list("state", flat=True)}
    assert states == {State.REVOKED}


def test_two_sweeps_send_an_emergency_on_once(send, people):
    send(urgency="emergency")

    answers = together(*[lambda: lapse_unanswered(HALF_HOUR)] * 3)

    assert sorted(answers) == [0, 0, 1]
    with rls.acting(actor=people["worker"], now=HALF_HOUR):
        assert Referral.objects.filter(state=State.SENT).count() == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_acceptance_and_withdrawal_never_leave_access_open(send, do, people, case, turn):
    reference = send()

    together(
        acceptance(do, "doctor", reference, NOW),
        lambda: do("worker", withdraw_consent, reference=case, scope="sharing"),
    )

    with rls.acting(actor=people["doctor"], now=NOW):
        assert not Access.objects.filter(live=True).exists()
        assert Referral.objects.get(reference=reference).state == State.REVOKED


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def until_somebody_waits() -> None:
    with as_owner() as db:
        db.autocommit = True
        while not db.execute(WAITING).fetchone()[0]:
            time.sleep(0.01)


def alone(work: Callable[[], Any]) -> Any:
    return together(work)[0]


def message(do, people, send):
    reference = send(message="Nhờ xem cổ tay")
    do("doctor", actions.accept_referral, reference=reference)
    return lambda: do("doctor", actions.open_message, reference=reference)


def card(do, people, send):
    send(urgency="emergency")
    with rls.acting(actor=people["doctor"], now=NOW):
        reference = EmergencyCard.objects.get().reference
    return lambda: do("doctor", access.open_card, reference=reference)


@pytest.mark.parametrize("thing", [message, card])
def test_who_is_kept_out_while_waiting_for_the_case_opens_nothing(send, do, people, case, thing):
    """What was seen before somebody else had the case in hand is seen again after it."""
    opening = thing(do, people, send)
    assert opening()

    assert isinstance(while_kept_out(people, case, "doctor", opening), NotVisible)


def test_who_is_kept_out_while_waiting_for_the_case_writes_nothing(do, people, assigned):
    case = assigned()

    def writing():
        return do("worker", add_note, reference=case, kind="general", words="Đã đến nhà")

    assert writing()

    assert isinstance(while_kept_out(people, case, "worker", writing), NotVisible)


def while_kept_out(people, case, who: str, act: Callable[[], Any]) -> Any:
    """What comes of an act that waits for the hand that keeps its actor out."""
    user = User.objects.get(pk=people[who].user_id).reference
    with ThreadPoolExecutor(1) as pool, rls.acting(actor=people["supervisor"], now=NOW):
        given = {"reference": case, "user": user, "reason": "asked", "now": NOW}
        set_block(actor=people["supervisor"], **given)
        answer = pool.submit(alone, act)
        until_somebody_waits()
    return answer.result()
