"""Every address: who gets what. One that is missing from the table fails."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from casework.models import Report
from config.permissions import TABLE
from network.actors import Actor
from safekeeping import rls
from tests import doors
from tests.casework.conftest import _province, actor, assigned, cast, report
from tests.conftest import NOW

__all__ = ["_province", "actor", "assigned", "cast", "report"]

pytestmark = pytest.mark.django_db
ADDRESSES = dict(doors.addresses())


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def things(cast: dict[str, Actor], assigned: Callable[..., UUID]) -> dict[str, UUID]:
    case = assigned()
    with rls.acting(actor=cast["officer"], now=NOW):
        told = Report.objects.visible_to(cast["officer"]).latest("pk")
    return {"case": case, "report": told.reference}


@pytest.fixture
def people(cast: dict[str, Actor], actor: Callable[..., Actor]) -> dict[str, Client]:
    return doors.clients(
        {
            "stranger": None,
            "elsewhere": cast["stranger"],
            "reporter": actor("ubnd-12424", "reporter", name="clerk"),
            "worker": cast["worker"],
            "supervisor": cast["supervisor"],
        }
    )


def test_every_address_stands_in_the_table() -> None:
    assert set(TABLE) == set(ADDRESSES)


def test_every_address_answers_as_the_table_says(
    things: dict[str, UUID], people: dict[str, Client]
) -> None:
    found = {}
    for name, pattern in ADDRESSES.items():
        url = doors.address(name, pattern, things)
        found[name] = tuple(doors.statuses(people, url, verb) for verb in ("get", "post"))

    assert found == TABLE


def test_exit_signs_out_and_leads_where_nothing_speaks_of_us(people: dict[str, Client]) -> None:
    answer = people["worker"].get(reverse("exit"))

    assert answer.headers["Location"] == reverse("neutral")
    assert "cookies" in answer.headers["Clear-Site-Data"]
    assert people["worker"].get(reverse("casework:my_work")).status_code == 302
