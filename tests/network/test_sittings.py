"""How long a sitting lasts; a clock that was wrong for a while lengthens none."""

from datetime import timedelta

import pytest

from network import sittings
from network.sittings import ABSOLUTE, BEGAN, IDLE, METHODS, SEEN, SEEN_EVERY
from tests.conftest import NOW

A_DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


def sitting(*, began: timedelta = timedelta(0), seen: timedelta = timedelta(0)) -> dict[str, str]:
    """A session that began and was last seen so long after NOW."""
    return {BEGAN: (NOW + began).isoformat(), SEEN: (NOW + seen).isoformat()}


@pytest.mark.parametrize(
    ("session", "is_over"),
    [
        (sitting(), False),
        (sitting(seen=-IDLE + MOMENT), False),
        (sitting(seen=-IDLE), True),
        (sitting(began=-ABSOLUTE), True),
        (sitting(seen=timedelta(minutes=10)), False),  # a clock that was put right
        (sitting(seen=A_DAY), True),
        (sitting(began=A_DAY, seen=A_DAY), True),
        ({}, True),
    ],
)
def test_a_sitting_ends_idle_or_old_or_in_a_time_to_come(session, is_over):
    assert sittings.is_over(session, NOW, idle=IDLE) is is_over


def test_who_is_there_is_noted_again_once_a_wrong_clock_was_put_right():
    session = sitting(seen=timedelta(minutes=10))

    sittings.touch(session, NOW)

    assert session == sitting()


def test_who_is_there_is_noted_once_a_minute():
    session = sitting(seen=-SEEN_EVERY + MOMENT)

    sittings.touch(session, NOW)

    assert session == sitting(seen=-SEEN_EVERY + MOMENT)


@pytest.mark.parametrize(("ago", "is_fresh"), [(0, True), (4, True), (5, False), (-1440, False)])
def test_what_was_shown_is_fresh_for_a_while_and_never_from_a_time_to_come(ago, is_fresh):
    at, within = NOW - timedelta(minutes=ago), timedelta(minutes=5)
    session = {BEGAN: at.isoformat(), METHODS: [{"method": "mfa", "at": at.timestamp()}]}

    assert sittings.is_fresh(session, NOW, within) is is_fresh
    assert sittings.has_second_factor(session, NOW, within) is is_fresh
