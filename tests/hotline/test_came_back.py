"""An urgent request that is declined or comes back rings who sent it, until the next is asked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from hotline.models import Alert
from network import edition
from network.actors import Actor
from network.models import Agency
from referral import actions
from referral.actions.answer import Said
from referral.sweeps import pass_to_successors
from tests.casework import looks
from tests.casework.conftest import client_of
from tests.conftest import NOW
from tests.referral.conftest import agree, case, do, office, people, send

__all__ = ["case", "client_of", "do", "people", "send"]

pytestmark = pytest.mark.django_db
DECLINED = {"action": actions.decline_referral, "reason": "full"}
RETURNED = {"action": actions.return_referral, "reason": "cannot_continue"}


def rung(case: UUID, *topics: str) -> list[Alert]:
    return looks.rows(Alert, case, topic__in=topics or ("referral.declined", "referral.returned"))


@pytest.mark.parametrize("no", [DECLINED, RETURNED], ids=["declined", "returned"])
def test_sender_is_rung_as_in_an_emergency(
    case: UUID, send: Callable[..., UUID], do: Callable[..., Any], people: dict[str, Actor],
    no: dict[str, Any],
) -> None:  # fmt: skip
    sent = send(urgency="emergency")
    if no is RETURNED:
        do("doctor", actions.accept_referral, reference=sent)

    do("doctor", reference=sent, **no)

    (alert,) = rung(case)
    assert (alert.agency_id, alert.subject) == (people["worker"].agency_id, sent)
    assert (alert.emergency, alert.state) == (True, "OPEN")


def test_sender_is_rung_when_an_acceptance_was_a_mistake(
    case: UUID, send: Callable[..., UUID], do: Callable[..., Any], people: dict[str, Actor]
) -> None:
    sent = send(urgency="emergency")
    do("doctor", actions.accept_referral, reference=sent)

    do("second_doctor", actions.void_referral, reference=sent, reason="wrong_case")

    (alert,) = rung(case, "referral.voided")
    assert (alert.agency_id, alert.subject) == (people["worker"].agency_id, sent)
    assert (alert.emergency, alert.state) == (True, "OPEN")


def test_sender_is_rung_when_the_office_asked_is_no_more(
    case: UUID, send: Callable[..., UUID], people: dict[str, Actor]
) -> None:
    sent = send(urgency="emergency")
    Agency.objects.filter(pk=people["doctor"].agency_id).update(valid_to=NOW.date())
    edition.forget()

    pass_to_successors(NOW)

    (alert,) = rung(case, "referral.withdrawn")
    assert (alert.agency_id, alert.subject) == (people["worker"].agency_id, sent)
    assert alert.emergency


def test_request_that_the_sender_takes_back_rings_nobody(
    case: UUID, send: Callable[..., UUID], do: Callable[..., Any]
) -> None:
    do("worker", actions.withdraw_referral, reference=send(urgency="emergency"))

    assert rung(case, "referral.withdrawn") == []


def test_alert_leads_the_sender_to_where_the_next_is_asked(
    case: UUID, send: Callable[..., UUID], do: Callable[..., Any], people: dict[str, Actor],
    client_of: Callable[[Actor], Client],
) -> None:  # fmt: skip
    do("doctor", reference=send(urgency="emergency"), **DECLINED)
    (alert,) = rung(case)

    page = client_of(people["worker"]).get(reverse("hotline:alert", args=[alert.reference]))

    assert f'href="{reverse("referral:outgoing")}"' in page.content.decode()


def test_request_that_can_wait_rings_nobody(
    case: UUID, send: Callable[..., UUID], do: Callable[..., Any]
) -> None:
    do("doctor", reference=send(urgency="urgent"), **DECLINED)

    assert rung(case) == []


def test_no_that_the_sender_wrote_down_itself_rings_nobody(
    case: UUID, send: Callable[..., UUID], do: Callable[..., Any], people: dict[str, Actor]
) -> None:
    agree(case, people["worker"], "legal", "legal_aid", {"contact"})
    sent = send(
        to="tgpl", service="legal", needs=("advice",), groups=("contact",), urgency="emergency"
    )
    said = Said(answer="declined", reason="full", how="call", who="Chị Giang", at=NOW)

    do("worker", actions.record_answer, reference=sent, said=said)

    assert rung(case) == []


def test_asking_the_next_answers_that_alert_and_no_other(
    case: UUID, send: Callable[..., UUID], do: Callable[..., Any], people: dict[str, Actor]
) -> None:
    first = send(urgency="emergency")
    other = send(to="bvsn-hungyen", urgency="emergency")
    do("doctor", reference=first, **DECLINED)
    do("hospital", reference=other, **DECLINED)

    do("worker", actions.send_on, reference=first, to_agency=office("bvdk-hungyen"))

    states = {alert.subject: alert.state for alert in rung(case)}
    assert states == {first: "ACKNOWLEDGED", other: "OPEN"}
