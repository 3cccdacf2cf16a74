"""The ladder and its times, at their edges."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline import rules
from hotline.gateways import twilio

OPENED = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step", "now", "minutes"),
    [
        (0, 0, 5),
        (1, 5, 10),
        (2, 10, 15),
        (0, 7, 7),  # a sweep that came late rings the next rung at once, not five minutes on
        (3, 15, 20),
        (3, 900, 905),
    ],
)
def test_next_rung(step, now, minutes):
    due = rules.next_rung(step, opened=OPENED, now=OPENED + timedelta(minutes=now))

    assert due == OPENED + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("tries", "chance", "seconds"),
    [(1, 0.5, 5), (1, 0.0, 4), (2, 0.5, 15), (3, 0.5, 45), (4, 0.5, 120), (5, 0.5, 300)],
)
def test_wait_after_a_failed_try(tries, chance, seconds):
    assert rules.retry_after(tries, chance=chance) == timedelta(seconds=seconds)


def test_wait_is_spread_by_a_fifth_either_way():
    assert rules.retry_after(1, chance=0.999999) < timedelta(seconds=6)


def test_a_sixth_failure_is_final():
    assert rules.retry_after(6, chance=0.5) is None


def test_text_fits_one_part_and_says_nothing():
    text = rules.text_of(4821)

    assert text == "Co viec moi, mo he thong. Ma 4821"
    assert len(text) <= 160
    assert text.isascii()


def test_nobody_is_taken_for_dead_while_its_operator_may_still_answer():
    assert timedelta(seconds=twilio.TIMEOUT_SECONDS) < rules.LEASE
