"""Forms: markup of GOV.UK, messages that say what to do, odd input that gets a sentence."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from network.formkit import Day, Form, LongText, Moment, OneOf, Phone, SomeOf, Text, Tick, Whole

NOW = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)


class Sample(Form):
    place = OneOf((("a", "Tiên Tiến"), ("b", "Hoàn Long")), label="Ở đâu?", missing="Chọn nơi")
    number = Phone(label="Số", missing="Viết số")
    needs = SomeOf((("x", "X"), ("y", "Y"), ("none", "Không")), apart=("none",), label="Cần")
    count = Whole(label="Mấy?", most=20, required=False)
    day = Day(label="Ngày", past=True, required=False)
    moment = Moment(label="Lúc", past=True, required=False)
    line = Text(label="Dòng", required=False)
    words = LongText(label="Lời", required=False)
    ticked = Tick(label="Đã nói")


GOOD = {"place": "a", "number": "0900 000 017"}


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def sent(**changes):
    return Sample({**GOOD, **changes}, now=NOW)


def test_good_answers_pass_and_are_made_plain():
    form = sent(day_day="3", day_month="2", day_year="1990", count="2", line="  Tiên  ")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["number"] == "0900000017"
    assert form.cleaned_data["day"] == date(1990, 2, 3)
    assert (form.cleaned_data["count"], form.cleaned_data["line"]) == (2, "Tiên")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": ""}, "place"),
        ({"place": "a\0"}, "place"),
        ({"number": "0900 000"}, "number"),
        ({"number": "ABC"}, "number"),
        ({"needs": ["x", "none"]}, "needs"),
        ({"count": "21"}, "count"),
        ({"count": "hai"}, "count"),
        ({"count": "9" * 5000}, "count"),
        ({"day_day": "31", "day_month": "2", "day_year": "2026"}, "day"),
        ({"day_day": "25", "day_month": "11", "day_year": "2026"}, "day"),
        ({"day_day": "1", "day_month": "1", "day_year": "0"}, "day"),
        ({"day_day": "\0", "day_month": "1", "day_year": "2026"}, "day"),
        ({"day_day": "1"}, "day"),
        (
            {
                "moment_day": "24",
                "moment_month": "11",
                "moment_year": "2026",
                "moment_time": "25:00",
            },
            "moment",
        ),
        (
            {
                "moment_day": "24",
                "moment_month": "11",
                "moment_year": "2026",
                "moment_time": "23:00",
            },
            "moment",
        ),
        ({"line": "a\0b"}, "line"),
        ({"line": "a" * 201}, "line"),
        ({"words": "a" * 1_000_000}, "words"),
    ],
)
def test_odd_answer_gets_a_vietnamese_sentence_beside_its_field(changes, field):
    form = sent(**changes)

    assert not form.is_valid()
    assert set(form.errors) == {field}
    assert not re.search(r"\b(the|this|ensure|enter|valid)\b", str(form.errors[field]).lower())


@pytest.mark.parametrize("time", ["21:30", "21h30", "21.30", "2130", "21 giờ 30"])
def test_time_is_read_as_people_write_it(time):
    form = Sample(
        {
            **GOOD,
            "moment_day": "23",
            "moment_month": "11",
            "moment_year": "2026",
            "moment_time": time,
        },
        now=NOW,
    )

    assert form.is_valid(), form.errors
    assert form.cleaned_data["moment"] == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+84 900 000 017", "0900000017"),
        ("84900000017", "0900000017"),
        ("+84 0900 000 017", "0900000017"),
        ("0084 900 000 017", "0900000017"),
        ("+84 (0)221 3862 123", "02213862123"),
        ("0221 000 0123", "02210000123"),
        ("+44 20 7946 0000", "+442079460000"),
    ],
)
def test_number_is_kept_as_digits(number, digits):
    form = sent(number=number)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["number"] == digits


def test_vietnamese_letters_are_composed():
    form = sent(line="Tie\u0302n Tie\u0302\u0301n")

    assert form.is_valid()
    assert form.cleaned_data["line"] == "Tiên Tiến"


def test_form_is_drawn_in_govuk_markup_with_its_errors():
    html = str(Sample({}, now=NOW))

    assert 'class="govuk-radios__input" type="radio" name="place" value="a"' in html
    assert "govuk-form-group--error" in html
    assert 'id="id_place_error"' in html
    assert "<script" not in html
    assert "style=" not in html


def test_words_typed_are_escaped():
    html = str(sent(line='"><script>alert(1)</script>'))

    assert "<script>" not in html


@pytest.mark.parametrize(("typed", "read"), [("9:19", 19), ("9:20", 20), ("9:21", 20)])
def test_a_phones_clock_that_runs_ahead_is_taken_for_now(typed, read):
    form = sent(moment_day="24", moment_month="11", moment_year="2026", moment_time=typed)

    assert form.is_valid()
    assert form.cleaned_data["moment"] == NOW.replace(minute=read)
