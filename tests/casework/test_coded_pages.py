"""What a receiver is shown of coded columns: those of the groups it may open, no others."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework.models import Incident, Survivor
from network.actors import Actor
from network.models import User
from safekeeping import rls
from tests.browser.sessions import session_for
from tests.casework import looks
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def browser(actor: Actor) -> Client:
    client = Client()
    user = User.objects.get(pk=actor.user_id)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
    return client


@pytest.fixture
def case(assigned: Callable[..., UUID]) -> UUID:
    reference = assigned()
    case_id = looks.case_id_of(reference)
    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(case_id):
        Survivor.objects.filter(case_id=case_id).update(ethnicity_group="person-canary")
        Incident.objects.filter(case_id=case_id).update(relation="account-canary")
    return reference


def shown(actor: Actor, case: UUID, page: str) -> bool:
    answer = browser(actor).get(reverse(f"casework:{page}", args=[case]))
    assert answer.status_code == 200
    return b"-canary" in answer.content


@pytest.mark.parametrize(("page", "group"), [("people", "person"), ("incidents", "account")])
def test_receiver_is_shown_the_coded_columns_of_its_groups(
    cast: dict[str, Actor], case: UUID, page: str, group: str
) -> None:
    looks.share(case, cast["health"], {"contact"})
    looks.share(case, cast["stranger"], {"contact", group})

    assert shown(cast["worker"], case, page)
    assert shown(cast["colleague"], case, page)
    assert shown(cast["stranger"], case, page)
    assert not shown(cast["health"], case, page)


def test_receiver_is_shown_an_assessment_with_the_risk_alone(
    cast: dict[str, Actor], case: UUID
) -> None:
    looks.share(case, cast["health"], {"contact"})
    looks.share(case, cast["stranger"], {"risk"})
    url = reverse("casework:assessment", args=[case])

    pages = [browser(cast[who]).get(url) for who in ("worker", "stranger", "health")]

    assert [len(page.context["assessments"]) for page in pages] == [1, 1, 0]


@pytest.mark.parametrize("form", ["person", "wishes", "incident"])
def test_form_that_begins_with_what_is_known_is_not_for_a_receiver_of_less(
    cast: dict[str, Actor], case: UUID, form: str
) -> None:
    looks.share(case, cast["health"], {"contact"})
    row = looks.one(Incident, case).reference if form == "incident" else case

    answer = browser(cast["health"]).get(reverse(f"casework:{form}", args=[row]))

    assert answer.status_code == 403
