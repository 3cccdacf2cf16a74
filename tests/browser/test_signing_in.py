"""Signing in on a phone: by password, by a key of the device, in both languages."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from network import edition
from network.loading import province
from network.models import Agency, Membership, User
from network.roles import Role
from tests.browser import axe
from tests.conftest import NOW

SONG_LAM = Path(__file__).parent.parent / "network" / "data" / "song-lam"
PASSWORD = "con thuyền nhỏ trên sông"


@pytest.fixture
def keeper(transactional_db: None) -> User:
    """Keeps beds at the ferry of the invented province."""
    edition.forget()
    province.load(SONG_LAM, NOW)
    user = User.born(
        username="tho", family_name="Lê", given_name="Thơ", joined_at=NOW,
        password=make_password(PASSWORD),
    )  # fmt: skip
    agency = Agency.objects.get(code="ferry")
    Membership.born(user=user, agency=agency, roles=[Role.KEEPER], starts=user.joined_at)
    return user


def sign_in(page: Any) -> None:
    page.fill("#id_login", "tho")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_load_state()


@pytest.mark.parametrize(("language", "title"), [("vi", "Mạng lưới"), ("en", "Network")])
def test_by_password(open_page: Any, keeper: User, language: str, title: str) -> None:
    User.objects.update(language=language)
    page = open_page("/dang-nhap?next=/mang-luoi", language=language)
    assert axe.findings(page) == []

    sign_in(page)

    assert page.title().startswith(title)
    assert axe.findings(page) == []


def test_by_a_key_of_the_device(open_page: Any, keeper: User) -> None:
    page = open_page("/dang-nhap?next=/tai-khoan/hai-buoc/webauthn/add/")
    phone = page.context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
        }},
    )  # fmt: skip
    sign_in(page)
    page.fill("#id_name", "Điện thoại")
    page.check("#id_passwordless")
    with page.expect_navigation():  # the address of this very page would be waited for in vain
        page.click("#mfa_webauthn_add")
    page.context.clear_cookies()

    page.goto("/dang-nhap?next=/mang-luoi")
    page.click("#passkey_login")

    page.wait_for_url("**/mang-luoi")
