"""The network's pages: who is shown what, in both languages, at what cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from network import sittings
from network.loading.bring import Changes
from network.models import Agency, Membership, Shift, Sitting, User
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


# The directory


def test_a_place_tells_who_helps_there(admin: Client) -> None:
    shown = text(admin.get("/mang-luoi/noi/90101"))

    assert "Trưởng bản Bến Đò" in shown
    assert "Bến mới" in shown


def test_old_names_lead_to_todays_places(admin: Client) -> None:
    shown = text(admin.get("/mang-luoi", {"q": "ben pha"}))

    assert "xã Bến Đò" in shown


@pytest.mark.parametrize("query", ["\x00", "%", "'", "=cmd", "a" * 5000, "../..", "<b>"])
def test_odd_queries_find_nothing_and_break_nothing(admin: Client, query: str) -> None:
    response = admin.get("/mang-luoi", {"q": query})

    assert response.status_code == 200
    assert "<b>" not in text(response)


@pytest.mark.parametrize("code", ["99999", "90102x", "0"])
def test_an_unknown_place_is_a_page_that_cannot_be_opened(admin: Client, code: str) -> None:
    assert admin.get(f"/mang-luoi/noi/{code}").status_code == 404


def test_a_secret_site_does_not_exist_for_others(
    admin: Client, person: Callable[..., Membership]
) -> None:
    Agency.objects.filter(code="tr-90101").update(publicity="secret")
    secret = Agency.objects.get(code="tr-90101")

    assert admin.get(f"/mang-luoi/{secret.reference}").status_code == 404
    assert "Bến Đò</a>" not in text(admin.get("/mang-luoi/noi/90101"))

    own = Client()
    person("tr-90101", Role.KEEPER, username="vang")
    sign_in(own, "vang")
    assert own.get(f"/mang-luoi/{secret.reference}").status_code == 200


def test_an_ended_agency_says_who_took_over(admin: Client) -> None:
    old = Agency.objects.get(code="ferry-old")

    shown = text(admin.get(f"/mang-luoi/{old.reference}"))

    assert "Công việc chuyển cho" in shown
    assert "Bến mới" in shown


# People


def test_an_invitation_shows_its_code_once(admin: Client) -> None:
    page = f"/mang-luoi/{ferry().reference}/nguoi/moi"
    answer = admin.post(
        page,
        {"family": "Đỗ", "given": "Lan", "username": "lan", "language": "vi", "roles": ["keeper"]},
    )
    first, second = admin.get(answer["Location"]), admin.get(answer["Location"])

    code = first.context["code"]
    assert code in text(first)
    assert second.context["code"] is None

    guest = Client()
    new = {"username": "lan", "code": code, "password": PASSWORD, "again": PASSWORD}
    assert guest.post("/mat-khau-moi", new)["Location"] == "/dang-nhap"
    assert sign_in(guest, "lan").status_code == 302


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": "quan"}, "đã có người dùng"),
        ({"username": "a b"}, "Chỉ dùng 2 đến 60"),
        ({"roles": []}, "Chọn ít nhất một mục"),
        ({"roles": ["auditor"]}, "Chọn"),
        ({"given": "x" * 41}, "41"),
        ({"given": "\x00"}, ""),
    ],
)
def test_an_invitation_that_is_wrong_keeps_what_was_typed(
    admin: Client, changed: dict[str, Any], said: str
) -> None:
    sent = {
        "family": "Đỗ",
        "given": "Lan",
        "username": "lan",
        "language": "vi",
        "roles": ["keeper"],
    }

    response = admin.post(f"/mang-luoi/{ferry().reference}/nguoi/moi", {**sent, **changed})

    assert response.status_code == 200
    assert said in text(response)
    assert 'value="Đỗ"' in text(response)
    assert not User.objects.filter(username="lan").exists()


def test_a_wrong_code_says_so_and_no_more(client: Client) -> None:
    sent = {"username": "ai", "code": "AAAA", "password": PASSWORD, "again": PASSWORD}

    assert "không còn hiệu lực" in text(client.post("/mat-khau-moi", sent))


def test_a_common_password_is_refused(client: Client) -> None:
    sent = {"username": "ai", "code": "A", "password": "password1234", "again": "password1234"}

    assert client.post("/mat-khau-moi", sent).context["form"].errors["password"]


def test_ending_says_first_what_it_will_do(
    admin: Client, person: Callable[..., Membership]
) -> None:
    worker = person("ferry", Role.KEEPER, username="tho")
    page = f"/nguoi/{worker.reference}/ket-thuc"

    assert "24 giờ" in text(admin.get(page))

    admin.post(page)
    worker.refresh_from_db()
    assert worker.ends is not None


# The roster


@pytest.fixture
def shift_form(person: Callable[..., Membership]) -> dict[str, Any]:
    """A shift of twelve hours from tomorrow morning on."""
    worker = person("ferry", Role.KEEPER, username="tho")
    day = timezone.localdate() + timedelta(days=1)
    return {
        "membership": worker.reference, "starts_day": day.day, "starts_month": day.month,
        "starts_year": day.year, "starts_time": "07:00", "hours": "12", "turn": "1",
        "phone": "0900 000 021", "once": "5b8a3c1e-9f0e-4f3c-8a39-7a5f0e7c0d11",
    }  # fmt: skip


def test_a_shift_sent_twice_is_written_once(admin: Client, shift_form: dict[str, Any]) -> None:
    page = f"/mang-luoi/{ferry().reference}/truc/them"

    answers = [admin.post(page, shift_form).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Shift.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"starts_day": "31", "starts_month": "2"}, "Viết ngày"),
        ({"hours": "25"}, "24"),
        ({"hours": "một"}, "24"),
        ({"phone": "12"}, "10"),
        ({"membership": "5b8a3c1e-9f0e-4f3c-8a39-7a5f0e7c0d11"}, ""),
    ],
)
def test_a_shift_that_is_wrong_is_not_written(
    admin: Client, shift_form: dict[str, Any], changed: dict[str, Any], said: str
) -> None:
    response = admin.post(f"/mang-luoi/{ferry().reference}/truc/them", {**shift_form, **changed})

    assert response.status_code == 200
    assert said in text(response)
    assert not Shift.objects.exists()


def test_the_roster_shows_no_phone(admin: Client, shift_form: dict[str, Any]) -> None:
    admin.post(f"/mang-luoi/{ferry().reference}/truc/them", shift_form)

    shown = text(admin.get("/truc"))

    assert "tho" in shown
    assert "0900" not in shown
    assert "021" not in shown.replace("0221", "")


# Costs


@pytest.mark.parametrize(
    "page",
    ["/mang-luoi", "/mang-luoi?q=ben", "/mang-luoi/noi/90101", "/truc", "/tai-khoan",
     "/mang-luoi/dia-gioi"],
)  # fmt: skip
def test_pages_cost_few_statements(
    admin: Client, page: str, django_assert_max_num_queries: Any
) -> None:
    admin.get(page)

    with django_assert_max_num_queries(15):
        admin.get(page)
