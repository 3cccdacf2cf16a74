"""Where the person accused is; the day on which he is free is asked for, and judged again."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from casework import actions
from casework.models import Case, CaseState, Deadline
from casework.rules import before_release
from network import registry
from safekeeping.errors import NotVisible, RuleBroken
from tests.casework.steps import Cast, act, bring, happened, later, read, rows
from tests.conftest import NOW

Made = Callable[..., UUID]
DAY = date(2026, 11, 27)
NOON_BEFORE = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # in Hưng Yên
RELEASE = "accused_release"


def note(cast: Cast, case: UUID, status: str, *, by: str = "worker", **given: object) -> UUID:
    return act(cast[by], actions.note_accused, reference=case, status=status, **given)


def clocks(cast: Cast, code: str) -> list[Deadline]:
    return rows(cast["worker"], Deadline, clock=code, met_at=None, waived_at=None)


def told(row: Case) -> tuple[str, date | None]:
    return row.accused_status, row.held_until


def test_half_a_day_before_he_may_be_free_somebody_is_rung(cast: Cast, assigned: Made) -> None:
    case = assigned()

    note(cast, case, "held", held_until=DAY)

    assert told(read(cast["worker"], case)) == ("held", DAY)
    assert [row.due_at for row in clocks(cast, RELEASE)] == [NOON_BEFORE]
    assert happened(cast["worker"], case)[-1].topic == "accused.noted"


def test_a_longer_time_in_custody_puts_the_question_off(cast: Cast, assigned: Made) -> None:
    case = assigned()
    note(cast, case, "held", held_until=DAY)

    note(cast, case, "held", held_until=DAY + timedelta(days=4))

    assert [row.due_at.day for row in clocks(cast, RELEASE)] == [30]


@pytest.mark.parametrize("status", ["near", "with_survivor", "away", "unknown"])
def test_once_he_is_free_the_risk_is_judged_again(cast: Cast, assigned: Made, status: str) -> None:
    case = assigned()
    note(cast, case, "held", held_until=DAY)
    assert not clocks(cast, "reassess")

    note(cast, case, status, now=later(hours=2))

    assert told(read(cast["worker"], case)) == (status, None)
    assert not clocks(cast, RELEASE)
    assert [row.started_at for row in clocks(cast, "reassess")] == [later(hours=2)]


def test_his_release_puts_no_assessment_off_that_is_due_already(cast: Cast, assigned: Made) -> None:
    case = assigned(danger_now="yes")
    note(cast, case, "held", held_until=DAY)

    note(cast, case, "near", now=later(hours=23))

    assert [row.due_at for row in clocks(cast, "reassess")] == [later(hours=24)]


def test_who_was_not_held_is_not_released(cast: Cast, assigned: Made) -> None:
    case = assigned()

    note(cast, case, "near")
    note(cast, case, "away")

    assert not clocks(cast, "reassess")


def test_an_older_word_is_told_and_changes_nothing(cast: Cast, assigned: Made) -> None:
    case = assigned()
    note(cast, case, "held", held_until=DAY)

    note(cast, case, "near", happened_at=NOW - timedelta(hours=3))

    assert told(read(cast["worker"], case)) == ("held", DAY)
    assert clocks(cast, RELEASE)
    noted = [e.code for e in happened(cast["worker"], case) if e.topic == "accused.noted"]
    assert sorted(noted) == ["held", "near"]


def test_of_a_closed_case_it_is_kept_without_a_clock(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), CaseState.CLOSED)

    note(cast, case, "held", held_until=DAY)
    note(cast, case, "near")

    assert told(read(cast["worker"], case)) == ("near", None)
    assert not clocks(cast, RELEASE)
    assert not clocks(cast, "reassess")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"status": "in_prison"}, "unknown-code"),
        ({"status": "near", "held_until": DAY}, "not-held-until"),
        ({"status": "near", "happened_at": NOW + timedelta(hours=1)}, "in-the-future"),
    ],
)
def test_what_cannot_be_is_refused(
    cast: Cast, assigned: Made, given: dict[str, object], why: str
) -> None:
    case = assigned()

    with pytest.raises(RuleBroken, match=why):
        act(cast["worker"], actions.note_accused, reference=case, **given)

    assert told(read(cast["worker"], case)) == ("unknown", None)


def test_it_is_noted_by_who_works_on_the_case_or_leads(cast: Cast, assigned: Made) -> None:
    case = assigned()
    note(cast, case, "near", by="supervisor")

    with pytest.raises(PermissionDenied):
        note(cast, case, "away", by="colleague")
    with pytest.raises(NotVisible):
        note(cast, case, "away", by="stranger")


@pytest.mark.django_db
def test_the_question_is_asked_at_noon_of_the_day_before() -> None:
    assert before_release(DAY, registry.zone()) == NOON_BEFORE


# The page


def boxes(day: date) -> dict[str, str]:
    return {f"held_until_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def test_the_case_says_where_he_is_and_leads_to_the_form(client_of, cast, assigned) -> None:
    case, client = assigned(), client_of(cast["worker"])
    page = reverse("casework:accused", args=[case])
    assert page in client.get(reverse("casework:case", args=[case])).content.decode()

    answer = client.post(page, {"status": "held", **boxes(DAY)})

    assert answer.status_code == 302
    html = client.get(reverse("casework:case", args=[case])).content.decode()
    assert re.search(r"Đang bị tạm giữ\s+đến 27/11/2026", html)
    form = client.get(page).content.decode()
    assert re.search(r'value="held"[^>]* checked', form)
    assert 'value="2026"' in form


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"status": "near", **boxes(DAY)}, "Chỉ người đang bị giữ mới có ngày này"),
        ({"status": "held", **boxes(date(2026, 11, 23))}, "Ngày này đã qua"),
        ({}, "Hãy cho biết người đó đang ở đâu"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field(client_of, cast, assigned, given, sentence):
    case, client = assigned(), client_of(cast["worker"])

    html = client.post(reverse("casework:accused", args=[case]), given).content.decode()

    assert sentence in html
    assert told(read(cast["worker"], case)) == ("unknown", None)


# Carried over from a second report of the same event


@pytest.mark.parametrize(("is_later", "holds"), [(False, ("held", DAY)), (True, ("near", None))])
def test_the_newer_word_of_two_reports_holds(
    cast: Cast, assigned: Made, report: Made, is_later: bool, holds: tuple[str, date | None]
) -> None:
    kept, double = assigned(), report()
    said = NOW + timedelta(minutes=1 if is_later else -1)
    note(cast, kept, "near", now=later(hours=1), happened_at=said)
    note(cast, double, "held", by="supervisor", held_until=DAY, now=later(hours=1), happened_at=NOW)

    link(cast, kept, double)

    assert told(read(cast["worker"], kept)) == holds
    here = rows(cast["worker"], Deadline, clock=RELEASE, met_at=None, case__reference=kept)
    assert len(here) == (holds[1] is not None)


@pytest.mark.parametrize("scope", ["contact", "counted"])
def test_what_she_asked_for_in_the_second_report_holds(
    cast: Cast, assigned: Made, report: Made, scope: str
) -> None:
    kept, double = assigned(), report()
    act(cast["supervisor"], actions.withdraw_consent, reference=double, scope=scope)
    act(
        cast["supervisor"], actions.describe, reference=double, kind="case", record=double,
        values={"not_told": ["father"]},
    )  # fmt: skip

    link(cast, kept, double)

    row = read(cast["worker"], kept)
    assert row.not_told == ["father"]
    assert (row.contactable, row.counted) == (scope != "contact", scope != "counted")


def link(cast: Cast, kept: UUID, double: UUID) -> None:
    given = {"reference": kept, "other": double, "now": later(hours=2)}
    act(cast["supervisor"], actions.link_duplicate, **given)
