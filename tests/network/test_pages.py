"""The directory, people and roster as pages: what is shown, kept and refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from network.models import Agency, Membership, Shift, User
from network.roles import Role
from tests.network.test_views import PASSWORD, admin, ferry, person, sign_in, text

__all__ = ["admin", "person"]
pytestmark = pytest.mark.usefixtures("song_lam")


# The directory


def test_a_place_tells_who_helps_there(admin: Client) -> None:
    shown = text(admin.get("/mang-luoi/noi/90101"))

    assert "Trưởng bản Bến Đò" in shown
    assert "Bến mới" in shown


def test_old_names_lead_to_todays_places(admin: Client) -> None:
    shown = text(admin.post("/mang-luoi", {"q": "ben pha"}))

    assert "xã Bến Đò" in shown


def test_agencies_are_found_by_words_in_any_order(admin: Client) -> None:
    assert "Bến mới" in text(admin.post("/mang-luoi", {"q": "moi ben"}))


def test_what_one_looks_for_stands_in_no_address(admin: Client) -> None:
    by_address = text(admin.get("/mang-luoi", {"q": "moi ben"}))

    assert 'method="post" action="/mang-luoi"' in by_address
    assert "moi ben" not in by_address


@pytest.mark.parametrize("query", ["\x00", "%", "'", "=cmd", "a" * 5000, "../..", "<b>"])
def test_odd_queries_find_nothing_and_break_nothing(admin: Client, query: str) -> None:
    response = admin.post("/mang-luoi", {"q": query})

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


def test_a_shift_that_was_dropped_is_on_no_roster(
    admin: Client, shift_form: dict[str, Any]
) -> None:
    admin.post(f"/mang-luoi/{ferry().reference}/truc/them", shift_form)
    assert "07:00" in text(admin.get("/truc"))
    admin.post(f"/truc/{Shift.objects.get().reference}/bo")

    assert Shift.objects.get().ends == Shift.objects.get().starts
    assert "07:00" not in text(admin.get("/truc"))


def test_the_roster_shows_no_phone(admin: Client, shift_form: dict[str, Any]) -> None:
    admin.post(f"/mang-luoi/{ferry().reference}/truc/them", shift_form)

    shown = text(admin.get("/truc"))

    assert "tho" in shown
    assert "0900" not in shown
    assert "021" not in shown.replace("0221", "")


# Costs


@pytest.mark.parametrize(
    "page",
    ["/mang-luoi", "/mang-luoi/noi/90101", "/truc", "/tai-khoan",
     "/mang-luoi/dia-gioi"],
)  # fmt: skip
def test_pages_cost_few_statements(
    admin: Client, page: str, django_assert_max_num_queries: Any
) -> None:
    admin.get(page)

    with django_assert_max_num_queries(12):
        admin.get(page)


def test_a_search_costs_few_statements(admin: Client, django_assert_max_num_queries: Any) -> None:
    admin.post("/mang-luoi", {"q": "ben"})

    with django_assert_max_num_queries(12):
        admin.post("/mang-luoi", {"q": "ben"})
