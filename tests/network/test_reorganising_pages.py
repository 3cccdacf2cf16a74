"""The pages of an agency's end and of communes that change: shown, then asked once."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from network import registry
from network.models import Agency, Membership
from network.roles import Role
from tests.browser.sessions import session_for

pytestmark = pytest.mark.usefixtures("hung_yen")

DAY = {"ends_day": "1", "ends_month": "1", "ends_year": "2030"}
SPLIT = {
    "day_day": "1", "day_month": "1", "day_year": "2030", "old": "12424",
    "new": "90001, xã, Tiên Đông\n90002, phường, Tiên Tây",
}  # fmt: skip


def of(code: str) -> Agency:
    return Agency.objects.get(code=code)


@pytest.fixture
def admin(member: Callable[..., Membership]) -> Client:
    client = Client()
    user = member("snv", Role.NETWORK_ADMIN, username="admin").user
    client.cookies["s"] = session_for(user)
    return client


def end(code: str) -> str:
    return reverse("network:end_agency", args=[of(code).reference])


def test_what_will_pass_is_shown_before_anything_happens(
    admin: Client, member: Callable[..., Membership]
) -> None:
    member("bvsn-hungyen", Role.RESPONDER, username="tam")
    body = {**DAY, "successor": str(of("bvdk-hungyen").reference)}

    page = admin.post(end("bvsn-hungyen"), body).content.decode()

    assert "Bệnh viện Đa khoa tỉnh Hưng Yên tự động tiếp nhận" in page
    assert "Người có tư cách thành viên kết thúc" in page
    assert of("bvsn-hungyen").valid_to is None


def test_it_is_asked_once_and_taken_back(admin: Client) -> None:
    body = {**DAY, "successor": str(of("bvdk-hungyen").reference), "sure": "1"}

    admin.post(end("bvsn-hungyen"), body)

    ended = of("bvsn-hungyen")
    assert (ended.valid_to, ended.successor) == (date(2030, 1, 1), of("bvdk-hungyen"))
    shown = admin.get(reverse("network:agency", args=[ended.reference])).content.decode()
    assert "Từ ngày 01/01/2030" in shown
    admin.post(reverse("network:keep_agency", args=[ended.reference]))
    assert of("bvsn-hungyen").valid_to is None


def test_a_refusal_stands_beside_the_form(admin: Client) -> None:
    page = admin.post(end("truc"), {**DAY, "successor": "", "sure": "1"}).content.decode()

    assert "không còn bộ phận trực điều phối" in page
    assert of("truc").valid_to is None


def test_a_split_is_shown_then_done(admin: Client) -> None:
    page = admin.post(reverse("network:reorganise"), SPLIT).content.decode()
    assert "UBND xã Tiên Tiến" in page
    assert "nơi xảy ra sự việc" in page
    assert registry.unit_on("90001", date(2030, 1, 1)) is None

    admin.post(reverse("network:reorganise"), {**SPLIT, "sure": "1"})

    east = registry.unit_on("90001", date(2030, 1, 1))
    assert east is not None
    assert registry.committee_of(east, date(2030, 1, 1)).name_vi == "UBND xã Tiên Đông"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"new": "90001; Tiên Đông"}, "mã, loại"),
        ({"old": "99999"}, "không có xã, phường này"),
        ({"old": ""}, "ít nhất một mã"),
        ({"old": "12424, 12070"}, "nạp bằng dữ liệu"),
        ({"old": "12\x00424"}, ""),
        ({"day_day": "31", "day_month": "2"}, "Không có ngày này"),
    ],
)
def test_what_is_mistyped_gets_a_sentence(admin: Client, wrong: dict[str, str], said: str) -> None:
    answer = admin.post(reverse("network:reorganise"), {**SPLIT, **wrong})

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert registry.unit_on("12424", date(2030, 1, 1)) is not None


def test_whose_agency_ended_is_told_whom_to_ask(member: Callable[..., Membership]) -> None:
    held = member("ttyt-phucu", Role.RESPONDER, username="tam")
    Membership.objects.filter(pk=held.pk).update(ends=held.starts)
    Agency.objects.filter(code="ttyt-phucu").update(
        valid_to=date(2026, 11, 1), successor=of("bvdk-hungyen")
    )
    Agency.objects.filter(code="bvdk-hungyen").update(duty_phone="0221 000 0181")
    client = Client()
    client.cookies["s"] = session_for(held.user)

    page = client.get(reverse("network:account")).content.decode()

    assert "Bệnh viện Đa khoa tỉnh Hưng Yên" in page
    assert "0221 000 0181" in page
