"""A text that waits goes out only to who is a member still, and may know of the case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from hotline import actions, sweeps
from hotline.gateways.base import Receipt
from hotline.gateways.console import Console
from hotline.models import Alert
from network.actors import Actor
from network.models import Membership, Shift
from safekeeping import rls
from tests.casework import looks

pytestmark = pytest.mark.django_db
FIRST, SECOND = "0912000001", "0912000002"


@pytest.fixture
def texted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The numbers to which something was sent."""
    numbers: list[str] = []

    def send(self: Console, *, number: str, text: str, key: str) -> Receipt:
        numbers.append(number)
        return Receipt(provider_id=key)

    monkeypatch.setattr(Console, "send", send)
    return numbers


@pytest.fixture
def first(on_duty: Callable[..., Any], cast: dict[str, Actor]) -> Shift:
    """The worker is rung first, the colleague after that."""
    shift: Shift = on_duty(cast["worker"], 1, FIRST)
    on_duty(cast["colleague"], 2, SECOND)
    return shift


def send(now: datetime) -> None:
    """What the sweeps do until nothing is due any more."""
    for _round in range(2):
        sweeps.send_due(now)
        sweeps.ring_due(now)
    sweeps.send_due(now)


def leaves(worker: Actor, case: UUID, now: datetime) -> None:
    Membership.objects.filter(pk=worker.membership_id).update(ends=now)


def is_kept_out(worker: Actor, case: UUID, now: datetime) -> None:
    looks.block(case, now, user_id=worker.user_id)


@pytest.mark.parametrize("happens", [leaves, is_kept_out])
def test_text_that_waits_goes_to_the_next_instead(
    report: Callable[..., UUID], cast: dict[str, Actor], first: Shift, texted: list[str],
    now: datetime, happens: Callable[..., None],
) -> None:  # fmt: skip
    case = report()
    sweeps.ring_due(now)
    happens(cast["worker"], case, now)

    send(now)

    assert texted == [SECOND]


def test_page_says_that_the_text_was_needed_no_more(
    report: Callable[..., UUID], cast: dict[str, Actor], first: Shift, now: datetime,
    client_of: Callable[[Actor], Client],
) -> None:  # fmt: skip
    case = report()
    sweeps.ring_due(now)
    alert = looks.one(Alert, case, topic="case.reported")
    with rls.acting(actor=cast["worker"], now=now):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=now)

    page = client_of(cast["worker"]).get(reverse("hotline:alert", args=[alert.reference]))

    assert "không cần gửi tin nhắn nữa" in page.text
