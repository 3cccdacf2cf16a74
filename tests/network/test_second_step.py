"""The second step: set up by a code app, asked at the next sign-in, left by a recovery code."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from network import lockout, sittings
from network.loading.bring import Changes
from network.models import Membership, Sitting, User
from network.roles import Role
from safekeeping import rls
from safekeeping.models import Event
from tests.conftest import NOW

AUTHENTICATE = "/tai-khoan/hai-buoc/authenticate/"
PASSWORD = "con thuyền nhỏ trên sông"


@pytest.fixture
def keeper(song_lam: Changes, member: Callable[..., Membership], settings: Any) -> Membership:
    """Sees sealed things, in an installation that asks for the second step."""
    settings.MFA_REQUIRED = True
    membership = member("ferry", Role.KEEPER)
    User.objects.filter(pk=membership.user_id).update(password=make_password(PASSWORD))
    return membership


def sign_in(client: Client) -> Any:
    return client.post("/dang-nhap", {"login": "hanh", "password": PASSWORD})


def code_of(secret: str) -> str:
    """What the app on the phone would show now."""
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.fixture
def secret(client: Client, keeper: Membership) -> str:
    """The code app, set up."""
    sign_in(client)
    page = client.get("/tai-khoan/hai-buoc/totp/activate/")
    found: str = page.context["form"].secret
    client.post("/tai-khoan/hai-buoc/totp/activate/", {"code": code_of(found)})
    return found


def test_setting_up_opens_the_door(client: Client, secret: str) -> None:
    assert Authenticator.objects.filter(type="totp").exists()
    assert client.get("/mang-luoi").status_code == 200


def test_a_password_alone_no_longer_signs_in(secret: str) -> None:
    elsewhere = Client()

    answer = sign_in(elsewhere)

    assert answer["Location"].startswith("/tai-khoan/hai-buoc/authenticate")
    assert elsewhere.get("/mang-luoi")["Location"].startswith("/dang-nhap")


def test_a_wrong_code_is_refused_in_our_words(secret: str) -> None:
    elsewhere = Client()
    sign_in(elsewhere)

    answer = elsewhere.post("/tai-khoan/hai-buoc/authenticate/", {"code": "000000"})

    assert "Mã không đúng" in answer.content.decode()


def try_codes(browser: Client, page: str) -> list[int]:
    """A wrong code more than there may be, then the right one of this moment."""
    wrong = [browser.post(page, {"code": "000000"}) for _ in range(settings.AXES_FAILURE_LIMIT)]
    return [answer.status_code for answer in wrong]


def test_codes_are_not_guessed_for_ever(secret: str) -> None:
    elsewhere = Client()
    sign_in(elsewhere)

    guessed = try_codes(elsewhere, AUTHENTICATE)
    right = elsewhere.post(AUTHENTICATE, {"code": code_of(secret)})
    again = sign_in(Client())

    assert guessed == [200] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert right.status_code != 302
    assert again.status_code == 429
    assert elsewhere.get("/mang-luoi")["Location"].startswith("/dang-nhap")


def test_nor_where_they_are_asked_once_more(client: Client, secret: str) -> None:
    page = "/tai-khoan/hai-buoc/reauthenticate/"

    guessed = try_codes(client, page)

    assert guessed[-1] == 429
    assert client.post(page, {"code": code_of(secret)}).status_code != 302


def test_who_is_let_in_again_shows_the_right_code(secret: str) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    try_codes(elsewhere, AUTHENTICATE)
    lockout.forget("hanh")
    cache.clear()  # a code counts once: the one that set it up was of this half minute

    elsewhere.post(AUTHENTICATE, {"code": code_of(secret)})

    assert elsewhere.get("/mang-luoi").status_code == 200


def test_a_recovery_code_signs_in_once(client: Client, secret: str, keeper: Membership) -> None:
    codes = Authenticator.objects.get(user=keeper.user, type="recovery_codes")
    code = codes.wrap().get_unused_codes()[0]

    answers = []
    for _ in range(2):
        elsewhere = Client()
        sign_in(elsewhere)
        elsewhere.post("/tai-khoan/hai-buoc/authenticate/", {"code": code})
        answers.append(elsewhere.get("/mang-luoi").status_code)

    assert answers == [200, 302]


def test_who_takes_it_away_sets_up_another_before_anything_else(
    client: Client, secret: str
) -> None:
    client.get("/mang-luoi")
    client.post("/tai-khoan/hai-buoc/totp/deactivate/")

    answer = client.get("/mang-luoi")

    assert not Authenticator.objects.exists()
    assert answer["Location"] == "/tai-khoan/hai-buoc/"


def test_what_becomes_of_it_is_written_down(
    client: Client, secret: str, django_capture_on_commit_callbacks: Any
) -> None:
    client.post("/tai-khoan/hai-buoc/totp/deactivate/")
    another = client.get("/tai-khoan/hai-buoc/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/tai-khoan/hai-buoc/totp/activate/", {"code": code_of(another)})

    with rls.acting(actor=None, now=NOW, system="audit"):
        found = Event.objects.filter(topic="second_factor.changed").order_by("pk")
        told = list(found.values_list("code", "subject"))
    person = User.objects.get(username="hanh").reference
    assert told[0] == ("totp_deactivated", person)
    assert ("totp_activated", person) in told


NEW = "đèn lồng treo trước cửa"


def change_password(client: Client) -> Any:
    told = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    return client.post("/tai-khoan/mat-khau", told)


def test_a_sitting_that_goes_on_under_a_new_password_still_ends_with_the_others(
    client: Client, secret: str
) -> None:
    changed = change_password(client)
    before = client.get("/mang-luoi").status_code

    sittings.end_all(User.objects.get(username="hanh").pk)

    assert (changed.status_code, before) == (302, 200)
    assert client.get("/mang-luoi")["Location"].startswith("/dang-nhap")


def test_a_new_password_ends_the_sittings_of_all_other_browsers(
    client: Client, keeper: Membership
) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)

    change_password(client)

    kept = Sitting.objects.values_list("session_key", flat=True)
    assert list(kept) == [client.session.session_key]
    assert not Session.objects.filter(session_key=elsewhere.session.session_key).exists()
    with rls.acting(actor=None, now=NOW, system="audit"):
        assert Event.objects.filter(topic="password.set", actor_id=keeper.user_id).exists()


@pytest.mark.parametrize("page", ["", "totp/activate/", "webauthn/add/", "webauthn/"])
def test_pages_of_the_second_step_are_drawn(client: Client, keeper: Membership, page: str) -> None:
    sign_in(client)

    answer = client.get(f"/tai-khoan/hai-buoc/{page}")

    assert answer.status_code == 200
    assert "Mái Ấm" in answer.content.decode()


def test_an_empty_code_says_what_is_missing(client: Client, keeper: Membership) -> None:
    sign_in(client)

    shown = client.post("/tai-khoan/hai-buoc/totp/activate/", {}).content.decode()

    assert "Điền mã" in shown
    assert "bắt buộc" not in shown


def test_a_key_is_named_in_the_readers_language(client: Client, keeper: Membership) -> None:
    sign_in(client)

    shown = client.get("/tai-khoan/hai-buoc/webauthn/add/").content.decode()

    assert "Tên khóa" in shown
    assert ">Name<" not in "".join(shown.split())


@pytest.mark.parametrize(
    "page", ["recovery-codes/", "recovery-codes/generate/", "totp/deactivate/"]
)
def test_pages_of_a_set_up_second_step_are_drawn(client: Client, secret: str, page: str) -> None:
    answer = client.get(f"/tai-khoan/hai-buoc/{page}")

    assert answer.status_code == 200
    assert "Mái Ấm" in answer.content.decode()
