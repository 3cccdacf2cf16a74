"""The roster has edges: a shift ends while it is rung, and there may be nobody at the duty desk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hotline import actions, sweeps
from hotline.models import Alert, Attempt
from network.actors import Actor
from network.models import Membership, Shift
from safekeeping import rls
from tests.casework import looks

pytestmark = pytest.mark.django_db
LADDER = ("worker", "colleague", "supervisor")


@pytest.fixture
def turns(
    on_duty: Callable[..., Any], cast: dict[str, Actor], now: datetime
) -> tuple[Shift, Shift]:
    """The worker's shift ends two minutes from now, and the colleague's follows it."""
    midnight = now + timedelta(minutes=2)
    going, coming = on_duty(cast["worker"], 1), on_duty(cast["colleague"], 1)
    Shift.objects.filter(pk=going.pk).update(ends=midnight)
    Shift.objects.filter(pk=coming.pk).update(starts=midnight)
    return going, coming


def rung(case: UUID) -> list[int]:
    """Shifts that were rung for the report, in order."""
    return [one.shift_id for one in looks.rows(Attempt, case)]


def ring(now: datetime, *minutes: int) -> None:
    for one in minutes:
        sweeps.ring_due(now + timedelta(minutes=one))


def test_who_comes_on_duty_is_rung_at_the_next_rung(
    report: Callable[..., UUID], turns: tuple[Shift, Shift], on_duty: Callable[..., Any],
    cast: dict[str, Actor], now: datetime,
) -> None:  # fmt: skip
    on_duty(cast["coordinator"], 1)
    going, coming = turns
    case = report()

    ring(now, 0, 5)

    assert rung(case) == [going.pk, coming.pk]


def test_who_was_rung_is_not_rung_again_as_backup(
    report: Callable[..., UUID], on_duty: Callable[..., Any], cast: dict[str, Actor], now: datetime
) -> None:
    first, backup = on_duty(cast["worker"], 1), on_duty(cast["colleague"], 2)
    case = report()

    ring(now, 0, 5)

    assert rung(case) == [first.pk, backup.pk]


def test_own_people_are_rung_on_where_nobody_is_at_the_desk(
    report: Callable[..., UUID], on_duty: Callable[..., Any], cast: dict[str, Actor], now: datetime
) -> None:
    only = on_duty(cast["worker"], 1)
    case = report()

    ring(now, 0, 5, 10, 15)

    assert looks.one(Alert, case, topic="case.reported").state == "EXHAUSTED"
    assert rung(case) == [only.pk] * 3


def test_who_may_answer_no_alert_is_passed_at_once(
    report: Callable[..., UUID], on_duty: Callable[..., Any], cast: dict[str, Actor], now: datetime
) -> None:
    on_duty(cast["worker"], 1)
    backup = on_duty(cast["colleague"], 2)
    Membership.objects.filter(pk=cast["worker"].membership_id).update(roles=["reporter"])
    case = report()

    ring(now, 0)

    assert rung(case) == [backup.pk]


def test_what_rings_again_climbs_as_slowly_as_the_first_time(
    report: Callable[..., UUID], on_duty: Callable[..., Any], cast: dict[str, Actor], now: datetime
) -> None:
    shifts = [on_duty(cast[who], turn) for turn, who in enumerate(LADDER, 1)]
    on_duty(cast["coordinator"], 1)
    case = report(danger_now="yes")
    ring(now, 0)
    alert = looks.one(Alert, case, topic="case.reported")
    heard = now + timedelta(minutes=1)
    with rls.acting(actor=cast["worker"], now=heard):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=heard)

    ring(heard, 30, 30, 31, 34)
    assert rung(case) == [shift.pk for shift in shifts[:2]]
    ring(heard, 35)

    assert rung(case) == [shift.pk for shift in shifts]
