"""Times in words, the way people say them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from config.house import words

NOW = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)  # a Tuesday, 09:20 in Hưng Yên


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.mark.parametrize(
    ("ahead", "said", "tone"),
    [
        (timedelta(hours=2, minutes=10), "còn 2 giờ 10 phút", ""),
        (timedelta(hours=6), "còn 6 giờ", ""),
        (timedelta(hours=1, seconds=1), "còn 1 giờ", ""),
        (timedelta(hours=1), "còn 1 giờ", "soon"),
        (timedelta(minutes=40), "còn 40 phút", "soon"),
        (timedelta(seconds=1), "còn 1 phút", "soon"),
        (timedelta(0), "quá hạn 1 phút", "over"),
        (-timedelta(minutes=35), "quá hạn 35 phút", "over"),
        (-timedelta(hours=25), "quá hạn 1 ngày 1 giờ", "over"),
        (timedelta(days=2, hours=16), "còn 2 ngày 16 giờ", ""),
        (timedelta(days=3), "thứ Sáu 27/11", ""),
        (timedelta(days=5), "Chủ nhật 29/11", ""),
    ],
)
def test_clock_says_how_long_is_left(ahead, said, tone):
    left = words.left(NOW + ahead, now=NOW)

    assert (left.text, left.tone) == (said, tone)


def test_clock_that_has_just_begun_is_not_red():
    left = words.left(NOW + timedelta(minutes=29), now=NOW, started=NOW - timedelta(minutes=1))

    assert left.tone == ""


def test_clock_speaks_english_too():
    with translation.override("en"):
        left = words.left(NOW + timedelta(hours=2, minutes=10), now=NOW)

    assert left.text == "2 hours 10 minutes left"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW - timedelta(minutes=35), "hôm nay 08:45"),
        (NOW - timedelta(hours=10), "hôm qua 23:20"),
        (NOW - timedelta(days=5), "19/11/2026 09:20"),
    ],
)
def test_moment_is_said_by_day(at, said):
    assert words.moment(at, now=NOW) == said


@pytest.mark.parametrize(
    ("number", "said", "dialled"),
    [
        ("0900000017", "0900 000 017", "0900000017"),
        ("02210000123", "0221 000 0123", "02210000123"),
        ("113", "113", "113"),
        ("+4420 7946 0000", "+4420 7946 0000", "+442079460000"),
    ],
)
def test_number_is_grouped_as_it_is_read(number, said, dialled):
    assert (words.phone(number), words.dial(number)) == (said, dialled)
