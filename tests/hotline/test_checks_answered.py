"""What rings for a clock rings as long as the clock runs: no longer, and not less."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from casework import actions as casework
from casework import deadlines
from casework.deadlines import Clock
from casework.models import Case, Deadline, EmergencyCard
from casework.sweeps import breach_due
from hotline import sweeps
from hotline.models import Alert
from network.actors import Actor
from safekeeping import rls
from tests.casework import looks

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def asked(case: UUID, by: Actor, now: datetime) -> None:
    """The question "is she safe?" is raised."""
    with rls.acting(actor=by, now=now), rls.on_case(looks.case_id_of(case)):
        deadlines.safe_check(Case.objects.get(reference=case), at=now)


def met(case: UUID, by: Actor, now: datetime, happened_at: datetime | None = None) -> None:
    with rls.acting(actor=by, now=now):
        casework.record_safe_check(
            actor=by, reference=case, met_by="seen_safe", way="visit", now=now,
            happened_at=happened_at,
        )  # fmt: skip


def ringing(case: UUID, **about: object) -> list[str]:
    rows = looks.rows(Alert, case, **about)
    return [row.topic for row in rows if row.state in ("OPEN", "NOTIFIED", "EXHAUSTED")]


def test_desk_is_rung_no_more_once_the_owner_knows_that_she_is_safe(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = assigned()
    asked(case, cast["worker"], now)
    late = now + 5 * HOUR
    breach_due(late)
    desk = cast["coordinator"].agency_id
    assert "deadline.breached" in ringing(case, agency_id=desk, code="safe_check")

    met(case, cast["worker"], late)

    assert ringing(case, code="safe_check") == []
    assert ringing(case, topic="safe_check.raised") == []


def test_known_to_be_safe_is_no_answer_to_another_clock(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = assigned()
    with rls.acting(actor=cast["worker"], now=now), rls.on_case(looks.case_id_of(case)):
        row = Case.objects.get(reference=case)
        deadlines.start(row, Clock("without_worker", row.owner_id, now))
    late = now + 25 * HOUR
    breach_due(late)
    assert "deadline.breached" in ringing(case, code="without_worker")

    met(case, cast["worker"], late)

    assert "deadline.breached" in ringing(case, code="without_worker")


def test_owner_is_rung_no_more_once_another_office_saw_her_safe(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = assigned()
    looks.share(case, cast["stranger"], {"contact"})
    asked(case, cast["worker"], now)
    assert ringing(case, topic="safe_check.raised") == ["safe_check.raised"]

    met(case, cast["stranger"], now)

    assert ringing(case, topic="safe_check.raised") == []


def test_having_seen_her_before_the_question_is_no_answer_to_it(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = assigned()
    asked(case, cast["worker"], now)
    later = now + HOUR

    met(case, cast["worker"], later, happened_at=now - HOUR)

    assert looks.one(Deadline, case, clock="safe_check").met_at is None
    assert ringing(case, topic="safe_check.raised") == ["safe_check.raised"]


def test_page_says_that_the_question_is_still_open(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime,
    client_of: Callable[[Actor], Client],
) -> None:  # fmt: skip
    case = assigned()
    asked(case, cast["worker"], now)
    when = {"day": "24", "month": "11", "year": "2026", "time": "08:00"}
    before = {f"happened_at_{part}": text for part, text in when.items()}

    page = client_of(cast["worker"]).post(
        reverse("casework:safe_check", args=[case]),
        {"met_by": "seen_safe", "safe_again": "call", **before},
        follow=True,
    )

    assert "đã có câu hỏi mới" in page.text


def test_what_rang_for_a_clock_stops_at_its_next_rung_once_it_is_met(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = assigned()
    late = now + 25 * HOUR
    breach_due(late)
    (alert,) = looks.rows(Alert, case, topic="deadline.breached", code="consent_ask")
    with rls.acting(actor=cast["worker"], now=late), rls.on_case(alert.case_id):
        deadlines.meet(Case.objects.get(reference=case), "consent_ask", at=late)

    sweeps.ring_due(late)

    (alert,) = looks.rows(Alert, case, pk=alert.pk)
    assert alert.state == "CANCELLED"


def test_desk_that_acts_for_the_owner_has_answered_what_was_passed_on_to_it(
    report: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = report()
    late = now + timedelta(minutes=21)
    sweeps.ring_due(late)
    assert looks.one(Alert, case, topic="case.reported").state == "EXHAUSTED"

    with rls.acting(actor=cast["coordinator"], now=late):
        card = looks.one(EmergencyCard, case).reference
        casework.acknowledge_notice(actor=cast["coordinator"], reference=card, now=late)

    assert looks.one(Alert, case, topic="case.reported").state == "ACKNOWLEDGED"
    assert ringing(case, topic="case.stood_in") == ["case.stood_in"]
