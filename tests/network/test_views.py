"""The network's pages: who is shown what, in both languages, at what cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network import sittings
from network.loading.bring import Changes
from network.models import Agency, Membership, Sitting, User
from network.roles import Role
from tests.conftest import NOW

PASSWORD = "con thuyền nhỏ trên sông"

pytestmark = pytest.mark.usefixtures("song_lam")


@pytest.fixture
def person(song_lam: Changes, member: Callable[..., Membership]) -> Callable[..., Membership]:
    """`person("ferry", "keeper")`: a member who can sign in now."""

    def make(agency: str, *roles: str, username: str = "hanh") -> Membership:
        now = timezone.now()
        membership = member(agency, *roles, username=username, at=min(NOW, now))
        User.objects.filter(pk=membership.user_id).update(password=make_password(PASSWORD))
        return membership

    return make


def sign_in(client: Client, username: str = "hanh", password: str = PASSWORD) -> Any:
    return client.post("/dang-nhap", {"login": username, "password": password})


@pytest.fixture
def admin(client: Client, person: Callable[..., Membership]) -> Client:
    """The ferry's administrator, signed in."""
    person("ferry", Role.AGENCY_ADMIN, username="quan")
    sign_in(client, "quan")
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def ferry() -> Agency:
    return Agency.objects.get(code="ferry")


# Signing in


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    response = client.get("/mang-luoi")

    assert response.status_code == 302
    assert response["Location"].startswith("/dang-nhap")


def test_somebody_signs_in_and_out(client: Client, person: Callable[..., Membership]) -> None:
    person("ferry", Role.KEEPER)

    assert sign_in(client).status_code == 302
    assert client.get("/mang-luoi").status_code == 200

    client.post("/dang-xuat")
    assert client.get("/mang-luoi").status_code == 302


def test_a_wrong_password_says_so_and_no_more(
    client: Client, person: Callable[..., Membership]
) -> None:
    person("ferry", Role.KEEPER)

    known, unknown = sign_in(client, password="sai"), sign_in(client, "ai", "sai")

    said = "Tên đăng nhập hoặc mật khẩu không đúng."
    assert said in text(known)
    assert said in text(unknown)


def test_a_third_browser_ends_the_first(person: Callable[..., Membership]) -> None:
    membership = person("ferry", Role.KEEPER)
    browsers = [Client(), Client(), Client()]

    for browser in browsers:
        sign_in(browser)

    seen = [browser.get("/mang-luoi").status_code for browser in browsers]
    assert seen == [302, 200, 200]
    assert Sitting.objects.filter(user=membership.user).count() == 2


def test_a_browser_that_was_left_ends_no_other(person: Callable[..., Membership]) -> None:
    person("ferry", Role.KEEPER)
    desk, phone, phone_again = Client(), Client(), Client()
    sign_in(desk)
    sign_in(phone)
    phone.post("/dang-xuat")

    sign_in(phone_again)

    assert desk.get("/mang-luoi").status_code == 200
    assert phone_again.get("/mang-luoi").status_code == 200


@pytest.mark.parametrize(
    ("role", "still", "ended"),
    [(Role.KEEPER, 14, 16), (Role.OPERATOR, 29, 31)],
)
def test_standing_still_ends_the_session(
    client: Client, person: Callable[..., Membership], role: str, still: int, ended: int
) -> None:
    person("ferry", role)
    sign_in(client)

    stand_still(client, minutes=still)
    assert client.get("/mang-luoi").status_code == 200

    stand_still(client, minutes=ended)
    assert client.get("/mang-luoi").status_code == 302


def stand_still(client: Client, *, minutes: int) -> None:
    session = client.session
    session[sittings.SEEN] = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    session.save()


def test_a_page_that_reads_itself_again_keeps_nobody_signed_in(
    client: Client, person: Callable[..., Membership]
) -> None:
    person("ferry", Role.KEEPER)
    sign_in(client)
    stand_still(client, minutes=14)
    seen = client.session[sittings.SEEN]

    read = client.get("/mang-luoi", headers={"X-Live": "1"}).status_code

    assert (read, client.session[sittings.SEEN]) == (200, seen)


def test_ten_hours_end_the_session(client: Client, person: Callable[..., Membership]) -> None:
    person("ferry", Role.KEEPER)
    sign_in(client)
    session = client.session
    session[sittings.BEGAN] = (timezone.now() - sittings.ABSOLUTE).isoformat()
    session.save()

    assert client.get("/mang-luoi").status_code == 302
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_an_ended_membership_counts_at_the_next_request(
    client: Client, person: Callable[..., Membership]
) -> None:
    membership = person("ferry", Role.AGENCY_ADMIN)
    sign_in(client)
    membership.ends = timezone.now()
    membership.save()

    assert client.get(f"/mang-luoi/{ferry().reference}/nguoi").status_code == 403
    assert "không thuộc cơ quan nào" in text(client.get("/tai-khoan"))


def test_a_closed_account_is_out_at_once(client: Client, person: Callable[..., Membership]) -> None:
    membership = person("ferry", Role.KEEPER)
    sign_in(client)
    User.objects.filter(pk=membership.user_id).update(is_active=False)

    assert client.get("/mang-luoi").status_code == 302


def test_who_sees_sealed_things_sets_up_a_second_step(
    client: Client, person: Callable[..., Membership], settings: Any
) -> None:
    settings.MFA_REQUIRED = True
    person("ferry", Role.KEEPER)
    sign_in(client)

    response = client.get("/mang-luoi")

    assert response["Location"] == "/tai-khoan/hai-buoc/"


def test_an_analyst_needs_no_second_step(
    client: Client, person: Callable[..., Membership], settings: Any
) -> None:
    settings.MFA_REQUIRED = True
    person("ferry", Role.ANALYST)
    sign_in(client)

    assert client.get("/mang-luoi").status_code == 200


def test_a_given_password_is_changed_first(
    client: Client, person: Callable[..., Membership]
) -> None:
    membership = person("ferry", Role.KEEPER)
    User.objects.filter(pk=membership.user_id).update(must_change_password=True)
    sign_in(client)

    assert client.get("/mang-luoi")["Location"] == "/tai-khoan/mat-khau"


def test_one_acts_for_the_agency_one_has_chosen(
    client: Client, person: Callable[..., Membership], member: Callable[..., Membership]
) -> None:
    person("ferry", Role.KEEPER)
    other = member("desk", Role.COORDINATOR)
    sign_in(client)

    client.post("/tai-khoan/doi-co-quan", {"membership": other.reference})

    assert client.get("/tai-khoan").context["request"].actor.agency_id == other.agency_id


def test_one_cannot_act_for_an_agency_of_others(
    client: Client, person: Callable[..., Membership]
) -> None:
    person("ferry", Role.KEEPER)
    other = person("desk", Role.COORDINATOR, username="hai")
    sign_in(client)

    for wanted in (str(other.reference), "1", "", "\x00"):
        response = client.post("/tai-khoan/doi-co-quan", {"membership": wanted})
        assert response.status_code == 404


def test_a_person_keeps_the_chosen_language(
    client: Client, person: Callable[..., Membership]
) -> None:
    person("ferry", Role.KEEPER)
    sign_in(client)

    client.post("/ngon-ngu", {"language": "en", "next": "/"})
    client.cookies.pop("l", None)

    assert "My account" in text(client.get("/tai-khoan"))
    assert client.get("/tai-khoan")["Content-Language"] == "en"


def test_the_later_of_two_role_forms_is_shown_both_in_words(
    admin: Client, person: Callable[..., Membership]
) -> None:
    held = person("ferry", Role.KEEPER)
    url = reverse("network:roles", args=[held.reference])
    admin.post(url, {"roles": ["caseworker"], "version": held.version})

    answer = admin.post(url, {"roles": ["responder"], "version": held.version})

    html = text(answer)
    assert answer.status_code == 409
    assert "caseworker</dd>" not in html
    assert f"<dd>{Role.CASEWORKER.label}</dd>" in html
    assert f"<dd>{Role.RESPONDER.label}</dd>" in html
    assert f'name="version" value="{held.version + 1}"' in html


def test_each_empty_password_says_which_one_it_is(admin: Client) -> None:
    shown = text(admin.post("/tai-khoan/mat-khau", {}))

    for said in ("Điền mật khẩu hiện tại", "Điền mật khẩu mới", "Nhập lại mật khẩu mới"):
        assert said in shown
    assert "bắt buộc" not in shown


def test_two_fields_with_one_sentence_each_say_which_they_are(client: Client) -> None:
    shown = client.post("/dang-nhap", {}).content.decode()

    assert "Tên đăng nhập: Cần điền để đăng nhập" in shown
    assert "Mật khẩu: Cần điền để đăng nhập" in shown
