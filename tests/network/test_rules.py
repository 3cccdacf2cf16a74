"""When clocks fall due, and how names are found: no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from network import rules
from network.rules import Days, Named, Place, Span, due_at

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TET = frozenset(date(2026, 2, day) for day in range(16, 21))
PLACE = Place(HANOI, Days(closed=TET, worked=frozenset({date(2026, 1, 10)})))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        (local(2026, 2, 15, 23), Span(within=timedelta(hours=12)), local(2026, 2, 16, 11)),
        (local(2026, 2, 14, 9), Span(within=timedelta(hours=72)), local(2026, 2, 17, 9)),
        (local(2026, 11, 23, 9), Span(working_days=2), local(2026, 11, 26, 0)),
        (local(2026, 11, 20, 16), Span(working_days=1), local(2026, 11, 24, 0)),
        (local(2026, 2, 12, 10), Span(working_days=5), local(2026, 2, 27, 0)),
        (local(2026, 1, 9, 10), Span(working_days=1), local(2026, 1, 11, 0)),
        (local(2026, 11, 23, 0, 30), Span(working_days=1), local(2026, 11, 25, 0)),
        (local(2026, 11, 1, 9), Span(timedelta(days=7), whole_days=True), local(2026, 11, 9)),
        (local(2026, 1, 31, 9), Span(months=1), local(2026, 3, 1)),
        (local(2026, 11, 24, 9), Span(months=4), local(2027, 3, 25)),
    ],
    ids=[
        "hours run through Tết", "three days are 72 hours", "working days", "over a weekend",
        "over Tết", "a worked Saturday", "the day of the start does not count",
        "calendar days end with the day", "31 January and a month", "over the year's end",
    ],
)  # fmt: skip
def test_clocks_fall_due(start: datetime, span: Span, due: datetime) -> None:
    assert due_at(start, span, PLACE) == due
    assert due_at(start.astimezone(UTC), span, PLACE) == due


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, expected: date) -> None:
    assert rules.add_months(day, months) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Đình Cao", "dinh cao"), ("  ĐÔNG   TẢO ", "dong tao"), ("Thụy-Anh", "thuy anh"), ("", "")],
)
def test_names_are_folded(text: str, expected: str) -> None:
    assert rules.folded(text) == expected


DINH_CAO = Named(("Đình Cao",), "Phù Cừ Hưng Yên", "Phù Cừ")


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ("Đình Cao", 0),
        ("xã Đình Cao", 0),
        ("dinh cao", 1),
        ("DINH CAO", 1),
        ("xa dinh cao", 1),
        ("dinh", 2),
        ("cao", 3),
        ("dinh cao phu cu", 4),
        ("dinh cao hung", 4),
        ("phu cu", 5),
        ("huyện Phù Cừ", 5),
        ("tong tran", None),
        ("", None),
        ("   ", None),
        ("xã", None),
        ("%_'\x00", None),
    ],
)
def test_places_are_ranked(query: str, position: int | None) -> None:
    assert rules.rank(query, DINH_CAO) == position
