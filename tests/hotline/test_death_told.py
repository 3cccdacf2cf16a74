"""A death ends every question after her: whoever has the case hears of it and may say no."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from casework import actions as casework
from hotline.models import RINGING, Alert
from network.actors import Actor
from safekeeping import rls
from tests.casework import looks

pytestmark = pytest.mark.django_db


def died(case: UUID, by: Actor, now: datetime) -> None:
    with rls.acting(actor=by, now=now):
        casework.record_death(actor=by, reference=case, cause="accident", now=now)


def rung(case: UUID) -> list[str]:
    rows = looks.rows(Alert, case, topic="death.recorded")
    return sorted(looks.codes([row.agency_id for row in rows if row.state in RINGING]))


@pytest.fixture
def told_by_another(assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime) -> UUID:
    """The death was written down by an office that was merely granted a part of the case."""
    case = assigned()
    looks.share(case, cast["stranger"], {"contact"})
    died(case, cast["stranger"], now)
    return case


def test_owner_is_rung_for_a_death_that_another_office_wrote_down(told_by_another: UUID) -> None:
    assert rung(told_by_another) == ["truc", "ubnd-12424"]


def test_its_page_asks_the_owner_whether_it_is_so(
    told_by_another: UUID, cast: dict[str, Actor], client_of: Callable[[Actor], Client]
) -> None:
    worker = cast["worker"]
    (alert,) = looks.rows(
        Alert, told_by_another, topic="death.recorded", agency_id=worker.agency_id
    )

    page = client_of(worker).get(reverse("hotline:alert", args=[alert.reference]))

    assert "Hãy kiểm tra xem có đúng không" in page.text


def test_owner_that_wrote_it_down_itself_is_not_rung(
    assigned: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = assigned()

    died(case, cast["worker"], now)

    assert rung(case) == ["truc"]


def test_nobody_is_rung_any_more_once_it_was_taken_back(
    told_by_another: UUID, cast: dict[str, Actor], now: datetime
) -> None:
    with rls.acting(actor=cast["supervisor"], now=now):
        casework.take_back_death(actor=cast["supervisor"], reference=told_by_another, now=now)

    assert rung(told_by_another) == []
