"""The checker of R1 finds what is planted: a history that is wrong in one place only."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.drills import history
from tests.drills.history import PARTS, Alert, Answer, End, Fault, Finding, Try, Use
from tests.drills.points import AMONG, COMMITTED, POINTS, WITHIN, place_of

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANSWERS = [
    Answer("report", "r1"), Answer("claim", "c1"), Answer("hold", "s1"), Answer("accept", "f1"),
    Answer("answer", "a2"),
]  # fmt: skip
TOLD = Try("t1", "SENT", None, texts=1)
WHOLE = End(
    at=AT,
    reports={"r1": dict.fromkeys(PARTS, 1)},
    states={
        ("case", "c1"): "ASSIGNED", ("stay", "s1"): "HELD", ("referral", "f1"): "ACCEPTED",
        ("alert", "a2"): "ACKNOWLEDGED",
    },
    uses=[Use(1, "s1", AT, AT + HOUR), Use(1, "s2", AT + HOUR, None)],
    alerts=[
        Alert("a1", "NOTIFIED", AT + HOUR, (TOLD,)), Alert("a2", "ACKNOWLEDGED", None),
        Alert("a3", "OPEN", AT), Alert("a4", "NOTIFIED", AT, (Try("t4", "QUEUED", AT, texts=0),)),
    ],
    held=frozenset({"s1"}),
)  # fmt: skip


def kinds(end: End, *, faults: int = 0, answers: list[Answer] = ANSWERS) -> set[str]:
    return {finding.kind for finding in history.check(answers, end, faults=faults)}


def changed(**parts: object) -> End:
    return replace(deepcopy(WHOLE), **parts)


def alerts(**about: object) -> End:
    """The whole end state with one alert that is wrong."""
    given = {"reference": "a9", "state": "NOTIFIED", "next_action_at": AT, "tries": ()}
    return changed(alerts=[*WHOLE.alerts, Alert(**{**given, **about})])


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert history.check(ANSWERS, WHOLE, faults=0) == []


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_acknowledged_answer_that_is_gone_is_found(answer: Answer) -> None:
    end = changed(states={}, reports={})

    assert kinds(end, answers=[answer]) == {"lost answer"}


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (("case", "c1"), "DETECTED"), (("stay", "s1"), "REQUESTED"),
        (("referral", "f1"), "SENT"), (("alert", "a2"), "NOTIFIED"),
    ],
)  # fmt: skip
def test_an_acknowledged_answer_that_was_taken_back_is_found(
    row: tuple[str, str], state: str
) -> None:
    assert kinds(changed(states={**WHOLE.states, row: state})) == {"lost answer"}


@pytest.mark.parametrize("part", PARTS)
def test_a_half_written_case_is_found_though_nobody_was_told_of_it(part: str) -> None:
    half = {"r2": {**dict.fromkeys(PARTS, 1), part: 0}}

    assert kinds(changed(reports={**WHOLE.reports, **half})) == {"half-written case"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"next_action_at": None, "tries": (TOLD,)},
        {"tries": ()},
        {"tries": (Try("t9", "FAILED", None, texts=0),)},
        {"tries": (Try("t9", "QUEUED", None, texts=0),)},
        {"tries": (Try("t9", "QUEUED", AT + HOUR, texts=0),)},
        {"state": "OPEN", "next_action_at": AT - HOUR},
        {"state": "ACKNOWLEDGED", "tries": (Try("t9", "SENT", None, texts=0),)},
        {"tries": (TOLD, Try("t9", "DELIVERED", None, texts=0))},
    ],
)
def test_a_lost_alert_is_found(wrong: dict[str, object]) -> None:
    assert kinds(alerts(**wrong)) == {"lost alert"}


@pytest.mark.parametrize(
    "second", [Use(1, "s9", AT - HOUR, AT + timedelta(seconds=1)), Use(1, "s9", AT, AT + 2 * HOUR)]
)
def test_a_bed_given_twice_is_found(second: Use) -> None:
    assert kinds(changed(uses=[*WHOLE.uses, second])) == {"double booking"}


def test_a_hold_behind_an_open_end_is_found() -> None:
    late = Use(1, "s9", AT + 9 * HOUR, None)

    found = history.check(ANSWERS, changed(uses=[*WHOLE.uses, late]), faults=0)

    assert found == [Finding("double booking", "bed 1: s2, s9")]


def test_a_held_stay_without_its_bed_is_found() -> None:
    assert kinds(changed(uses=[])) == {"held without a bed"}


@pytest.mark.parametrize(("texts", "faults", "found"), [(2, 1, set()), (3, 1, {"too many texts"})])
def test_a_fault_may_cost_one_text_and_no_more(texts: int, faults: int, found: set[str]) -> None:
    end = alerts(tries=(Try("t9", "SENT", None, texts=texts),))

    assert kinds(end, faults=faults) == found


def test_other_wrongs_are_found() -> None:
    assert kinds(changed(twice=["report r1"])) == {"second effect"}
    assert kinds(changed(orphans=["case without report 7"])) == {"half-written case"}
    assert kinds(changed(broken_chain=1)) == {"broken chain"}


@pytest.mark.parametrize(
    ("opened", "texted", "waited"),
    [
        (90, 95, []),  # told before the fault
        (90, 130, [(1, 10)]),  # open at the fault, told ten seconds after all ran again
        (90, 110, [(1, 0)]),  # told by those who lived, before all ran again
        (105, 130, []),  # opened after the fault
        (90, 330, [(2, 190)]),  # open at both, the second of which took twenty
    ],
)
def test_a_first_text_is_timed_from_the_end_of_the_first_fault_that_its_alert_outlived(
    opened: int, texted: int, waited: list[tuple[int, int]]
) -> None:
    faults = [Fault("web", struck=100, back=120), Fault("sweep", struck=300, back=320)]

    assert history.waits(faults, [(opened, texted)]) == waited


def test_there_are_points_enough() -> None:
    assert len(POINTS) == len(set(POINTS)) == len(WITHIN) + 2 * len(COMMITTED)
    assert len(POINTS) >= 25


PLACES = sorted({*(where for where, _ in WITHIN.values()), *AMONG.values()})


@pytest.mark.parametrize("where", PLACES)
def test_every_point_stands_at_a_function_that_is_there(where):
    owner, name = place_of(where)

    assert callable(getattr(owner, name))
