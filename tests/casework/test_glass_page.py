"""The page of an emergency opening where the second step is required."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from casework.models import BreakGlass, Deadline, EmergencyCard, Override
from network.models import User
from tests.browser.sessions import session_for
from tests.casework import looks
from tests.casework.steps import Cast, rows
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Made = Callable[..., UUID]
AGO = {"shown": timedelta(minutes=1), "old": timedelta(minutes=6)}


@pytest.fixture(autouse=True)
def _now(settings: Any) -> Iterator[None]:
    settings.MFA_REQUIRED = True
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def colleague(cast: Cast) -> Callable[..., Client]:
    """`colleague("old", "password")`: signed in, a way shown that long ago."""

    def make(ago: str, method: str = "mfa") -> Client:
        user = User.objects.get(pk=cast["colleague"].user_id)
        Authenticator.objects.get_or_create(user=user, type="totp", data={"secret": "x"})
        at = (NOW - AGO[ago]).timestamp()
        client = Client()
        values = {METHODS: [{"method": method, "at": at}]}
        key = session_for(user, **values)
        client.cookies[django_settings.SESSION_COOKIE_NAME] = key
        return client

    return make


@pytest.fixture
def url(assigned: Made) -> str:
    return reverse("casework:break_glass", args=[assigned()])


def sent(**more: str) -> dict[str, str]:
    return {"reason": "worker_absent", **more}


def test_who_just_showed_it_opens_without_more(cast, colleague, url):
    client = colleague("shown")

    page = client.get(url).content.decode()
    answer = client.post(url, sent())

    assert "Trước hết, hãy xác nhận là bạn" not in page
    assert answer.status_code == 302
    assert rows(cast["colleague"], BreakGlass)
    assert not rows(cast["colleague"], Override)


def test_who_showed_it_long_ago_is_asked_first_and_led_back(colleague, url):
    html = colleague("old").get(url).content.decode()

    way = reverse("mfa_reauthenticate")
    assert "Trước hết, hãy xác nhận là bạn" in html
    assert f'href="{way}?next={quote(url, safe="")}"' in html


def test_a_password_is_no_second_step(colleague, url):
    html = colleague("shown", "password").get(url).content.decode()

    assert "Trước hết, hãy xác nhận là bạn" in html


def test_nothing_opens_without_the_second_step_or_a_sentence(cast, colleague, url):
    answer = colleague("old").post(url, sent())

    assert answer.status_code == 200
    assert "Ghi một câu vì sao không thể chờ" in answer.content.decode()
    assert not rows(cast["colleague"], BreakGlass)


def test_danger_to_life_opens_at_once_and_is_looked_over(cast, colleague, url):
    answer = colleague("old").post(url, sent(overriding="Cô ấy đang trên mái nhà"))

    assert answer.status_code == 302
    used = rows(cast["supervisor"], Override)
    assert [(one.action, one.guards) for one in used] == [("break_glass", ["fresh_mfa"])]
    reference = UUID(url.split("/")[2])
    assert "override_review" in {one.clock for one in looks.rows(Deadline, reference)}


def test_after_showing_it_again_the_page_opens_the_form(colleague, url):
    client = colleague("old")
    session = client.session
    session[METHODS] = [*session[METHODS], {"method": "mfa", "at": NOW.timestamp()}]
    session.save()

    assert "Trước hết, hãy xác nhận là bạn" not in client.get(url).content.decode()
    assert client.post(url, sent()).status_code == 302


def test_the_cards_page_asks_too(cast, assigned, settings):
    card = looks.one(EmergencyCard, assigned()).reference
    user = User.objects.get(pk=cast["coordinator"].user_id)
    Authenticator.objects.get_or_create(user=user, type="webauthn", data={"name": "x"})
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)

    html = client.get(reverse("casework:card_glass", args=[card])).content.decode()

    assert "Trước hết, hãy xác nhận là bạn" in html
    assert reverse("mfa_reauthenticate_webauthn") in html
