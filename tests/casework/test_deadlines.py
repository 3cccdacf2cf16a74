"""Clocks: begun from when it was so, met, begun again, found by the sweep."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from casework import actions, deadlines, sweeps
from casework.deadlines import Clock
from casework.models import Case, Deadline
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.sealed import is_empty
from tests.casework import looks

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_hand(assigned, now):
    """`in_hand(work)`: does `work(case)` with a case in hand; returns the case's reference."""

    def do(work, reference=None):
        reference = reference or assigned(needs=("none",))
        case = looks.one(Case, reference)
        with rls.acting(actor=None, now=now, system="setup"), rls.on_case(case.pk):
            work(case)
        return reference

    return do


def test_clock_runs_from_when_it_was_so(in_hand, now):
    then = now - timedelta(hours=1)

    reference = in_hand(
        lambda case: deadlines.start(case, Clock("consent_ask", case.owner_id, then), now=now)
    )

    row = looks.one(Deadline, reference, clock="consent_ask")
    assert (row.started_at, row.due_at) == (then, then + timedelta(hours=24))
    assert not row.late_entry


@pytest.mark.parametrize(("ago", "late"), [(23, False), (24, True), (25, True)])
def test_clock_past_due_when_it_opens_is_a_late_entry(in_hand, now, ago, late):
    then = now - timedelta(hours=ago)

    reference = in_hand(
        lambda case: deadlines.start(case, Clock("consent_ask", case.owner_id, then), now=now)
    )

    assert looks.one(Deadline, reference, clock="consent_ask").late_entry is late


def test_running_clock_is_not_begun_twice(in_hand, now):
    def twice(case):
        for _ in range(2):
            deadlines.start(case, Clock("consent_ask", case.owner_id, now))

    assert len(looks.rows(Deadline, in_hand(twice), clock="consent_ask")) == 1


def test_two_subjects_run_two_clocks(in_hand, now):
    def two(case):
        first = deadlines.start(case, Clock("consent_ask", case.owner_id, now))
        deadlines.start(case, Clock("consent_ask", case.owner_id, now, subject=first))
        deadlines.meet(case, "consent_ask", at=now, subject=case)

    reference = in_hand(two)

    assert len(looks.rows(Deadline, reference, clock="consent_ask", met_at=None)) == 1


def test_restarted_clock_is_met_and_runs_anew(in_hand, now):
    def again(case):
        deadlines.start(case, Clock("reassess", case.owner_id, now - timedelta(hours=9)))
        deadlines.restart(case, Clock("reassess", case.owner_id, now))

    first, second = looks.rows(Deadline, in_hand(again), clock="reassess")
    assert (first.met_at, second.met_at) == (now, None)
    assert second.started_at == now


@pytest.mark.parametrize(
    ("level", "hours"), [("standard", 4), ("raised", 4), ("high", 1), ("extreme", 1)]
)
def test_safe_check_is_due_by_level(in_hand, now, level, hours):
    def check(case):
        case.risk_level = level
        deadlines.safe_check(case, at=now)

    row = looks.one(Deadline, in_hand(check), clock="safe_check")
    assert row.due_at == now + timedelta(hours=hours)


def test_breached_clock_is_told_once_and_runs_on(in_hand, now):
    reference = in_hand(lambda case: deadlines.safe_check(case, at=now))
    due = now + timedelta(hours=4)

    early = sweeps.breach_due(due - timedelta(seconds=1))
    first = sweeps.breach_due(due)
    second = sweeps.breach_due(due + timedelta(hours=1))

    assert (early, first, second) == (0, 1, 0)
    assert looks.one(Deadline, reference, clock="safe_check").breached_at == due
    assert looks.topics(reference).count("deadline.breached") == 1


@pytest.mark.parametrize(("ago", "topic"), [(30, "deadline.breached"), (48, "deadline.found_late")])
def test_old_late_entry_is_found_but_wakes_nobody(in_hand, now, ago, topic):
    then = now - timedelta(hours=ago)
    reference = in_hand(
        lambda case: deadlines.start(case, Clock("consent_ask", case.owner_id, then), now=now)
    )

    sweeps.breach_due(now)

    assert topic in looks.topics(reference)


def test_met_clock_is_not_breached(in_hand, now):
    def met(case):
        deadlines.safe_check(case, at=now)
        deadlines.meet(case, "safe_check", at=now)

    reference = in_hand(met)

    assert sweeps.breach_due(now + timedelta(days=1)) == 0
    assert "deadline.breached" not in looks.topics(reference)


def test_clock_carries_its_source(in_hand, now):
    reference = in_hand(lambda case: deadlines.safe_check(case, at=now))

    assert looks.one(Deadline, reference, clock="safe_check").source.startswith("Our choice")


def test_silence_is_told_once_while_it_is_open(in_hand, now):
    def twice(case):
        deadlines.safe_check(case, at=now)
        deadlines.safe_check(case, at=now)

    assert looks.topics(in_hand(twice)).count("safe_check.raised") == 1


# waive_deadline


@pytest.fixture
def clock(in_hand, now):
    reference = in_hand(lambda case: deadlines.safe_check(case, at=now))
    return looks.one(Deadline, reference, clock="safe_check").reference, reference


def waive(actor, row, now, **more):
    with rls.acting(actor=actor, now=now):
        actions.waive_deadline(
            actor=actor, reference=row, now=now, **{"reason": "survivor_wish", **more}
        )


def test_supervisor_waives_with_a_reason(cast, clock, now):
    waive(cast["supervisor"], clock[0], now, words="She asked us to.")

    row = looks.one(Deadline, clock[1], clock="safe_check")
    assert (row.waived_at, row.waive_reason) == (now, "survivor_wish")
    assert not is_empty(row, "waive_words")
    assert "deadline.waived" in looks.topics(clock[1])


def test_worker_does_not_waive(cast, clock, now):
    with pytest.raises(PermissionDenied):
        waive(cast["worker"], clock[0], now)


def test_clock_of_others_does_not_exist(cast, clock, now):
    with pytest.raises(NotVisible):
        waive(cast["strange_supervisor"], clock[0], now)


def test_reason_is_one_of_the_list(cast, clock, now):
    with pytest.raises(RuleBroken, match="no-such-reason"):
        waive(cast["supervisor"], clock[0], now, reason="no_time")


def test_clock_that_stands_is_not_waived(cast, clock, now):
    waive(cast["supervisor"], clock[0], now)

    with pytest.raises(RuleBroken, match="clock-not-running"):
        waive(cast["supervisor"], clock[0], now)
