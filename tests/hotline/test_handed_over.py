"""Whoever has the case now is rung for what rang at whoever had it before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from casework import access, deadlines
from casework.models import Case
from casework.sweeps import breach_due
from hotline import actions, sweeps
from hotline.models import RINGING, Alert
from network.actors import Actor
from network.models import Agency
from safekeeping import rls
from tests.casework import looks

pytestmark = pytest.mark.django_db
NEW = "ctxh"


def hand_over(case: UUID, by: Actor, now: datetime) -> None:
    with rls.acting(actor=by, now=now), rls.on_case(looks.case_id_of(case)):
        row = Case.objects.get(reference=case)
        office = Agency.objects.get(code=NEW)
        access.change_owner(row, agency=office, actor=by, now=now, reason="handover")


def asked(case: UUID, by: Actor, now: datetime) -> None:
    with rls.acting(actor=by, now=now), rls.on_case(looks.case_id_of(case)):
        deadlines.safe_check(Case.objects.get(reference=case), at=now)


def rung(case: UUID, **about: object) -> list[str]:
    rows = looks.rows(Alert, case, **about)
    return looks.codes([row.agency_id for row in rows if row.state in RINGING])


@pytest.mark.parametrize("is_rung", [False, True])
def test_question_whether_she_is_safe_rings_the_new_owner(
    assigned: Callable[..., UUID], cast: dict[str, Actor], on_duty: Callable[..., Any],
    now: datetime, is_rung: bool,
) -> None:  # fmt: skip
    on_duty(cast["worker"])
    case = assigned()
    asked(case, cast["worker"], now)
    if is_rung:
        sweeps.ring_due(now)

    hand_over(case, cast["worker"], now)

    assert rung(case, topic="safe_check.raised") == [NEW]
    alert = looks.one(Alert, case, topic="safe_check.raised")
    assert (alert.step, alert.next_action_at) == (-1, now)


def test_clock_that_ran_out_rings_the_new_owner_and_the_desks_stays_there(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = assigned()
    asked(case, cast["worker"], now)
    late = now + timedelta(hours=25)
    breach_due(late)

    hand_over(case, cast["worker"], late)

    assert rung(case, topic="deadline.breached", code="consent_ask") == [NEW]
    assert rung(case, topic="deadline.breached", code="safe_check") == ["truc"]


def test_emergency_that_was_answered_is_looked_at_again_at_the_new_owner(
    report: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = report(danger_now="yes")
    alert = looks.one(Alert, case, topic="case.reported")
    with rls.acting(actor=cast["worker"], now=now):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=now)

    hand_over(case, cast["supervisor"], now)

    assert looks.codes([looks.one(Alert, case, topic="case.reported").agency_id]) == [NEW]
