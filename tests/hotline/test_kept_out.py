"""Whom a block names is not rung; somebody else always is, also where it names the duty desk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from casework import deadlines
from casework.deadlines import Clock
from casework.models import Case
from casework.sweeps.clocks import breach_due
from hotline import sweeps
from hotline.models import Alert, Attempt
from network.actors import Actor
from network.models import Agency
from safekeeping import rls
from tests.casework import looks

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep_out(now: datetime) -> Callable[..., None]:
    """`keep_out(case, "truc")` an office, `keep_out(case, user=…)` a person."""

    def block(case: UUID, office: str = "", user: Actor | None = None) -> None:
        if user is not None:
            return looks.block(case, now, user_id=user.user_id)
        return looks.block(case, now, agency_id=Agency.objects.get(code=office).pk)

    return block


def rung(case: UUID, clock: str) -> list[str]:
    """The offices that are rung about a clock that ran out."""
    alerts = looks.rows(Alert, case, topic="deadline.breached", code=clock)
    return looks.codes([one.agency_id for one in alerts])


def tried(case: UUID) -> set[int]:
    """The shifts to which a text was queued."""
    return {one.shift_id for one in looks.rows(Attempt, case)}


def test_office_that_has_the_case_is_rung_for_a_blocked_desk(
    report: Callable[..., UUID], keep_out: Callable[..., None], now: datetime
) -> None:
    case = report()
    keep_out(case, "truc")

    breach_due(now + timedelta(hours=2))

    assert rung(case, "notify_chairman") == ["ubnd-12424"]


@pytest.mark.parametrize(("desk", "rings"), [("", "truc"), ("truc", "ubnd-12424")])
def test_desk_is_rung_for_another_blocked_office_unless_it_is_blocked_too(
    report: Callable[..., UUID], keep_out: Callable[..., None], now: datetime, desk: str, rings: str
) -> None:
    case = report()
    keep_out(case, "ttyt-phucu")
    if desk:
        keep_out(case, desk)
    row = looks.one(Case, case)
    blocked = Agency.objects.get(code="ttyt-phucu").pk
    with rls.acting(actor=None, now=now, system="setup"), rls.on_case(row.pk):
        deadlines.start(row, Clock("consent_ask", blocked, now, subject=row.survivor))

    breach_due(now + timedelta(days=2))

    assert sorted(rung(case, "consent_ask")) == sorted([rings, "ubnd-12424"])


@pytest.mark.parametrize("kept", ["the desk", "its people"])
def test_last_rung_without_the_desk_is_everybody_of_the_owner_and_an_office_outside(
    cast: dict[str, Actor], actor: Callable[..., Actor], report: Callable[..., UUID],
    on_duty: Callable[..., Any], keep_out: Callable[..., None], now: datetime, kept: str,
) -> None:  # fmt: skip
    outside = actor("ctxh", "supervisor")
    shifts = [on_duty(cast["worker"], 1), on_duty(cast["supervisor"], 2), on_duty(outside, 1)]
    of_desk = on_duty(cast["coordinator"], 1)
    case = report(danger_now="yes")
    if kept == "the desk":
        keep_out(case, "truc")
    else:
        keep_out(case, user=cast["coordinator"])
        keep_out(case, user=cast["second_coordinator"])

    for minutes in (0, 5, 10, 15):
        sweeps.ring_due(now + timedelta(minutes=minutes))

    (alert,) = looks.rows(Alert, case, topic="case.reported")
    last = {one.shift_id for one in looks.rows(Attempt, case, step=alert.step)}
    assert alert.state == "EXHAUSTED"
    assert last == {shift.pk for shift in shifts}
    assert of_desk.pk not in tried(case)
    assert "ctxh" in looks.codes(alert.also)
