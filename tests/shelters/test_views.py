"""Each page: who gets it, what it shows, how many statements it asks."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework.work import work_for
from network.models import User
from safekeeping import rls
from shelters import actions
from shelters.models import Bed, Stay
from shelters.rules import Party
from tests.browser import sessions
from tests.conftest import NOW
from tests.shelters.conftest import (
    actor_named,
    bed,
    do,
    fresh,
    make_admitted,
    make_case,
    make_held,
    make_stay,
)
from tests.shelters.test_actions import HOUR

pytestmark = pytest.mark.usefixtures("houses")
MOST_STATEMENTS = 12


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch):
    """Pages take `now` from the clock; the middleware is told another one."""
    from network import middleware

    monkeypatch.setattr(middleware.timezone, "now", lambda: NOW)


def client_of(who: str) -> Client:
    client = Client()
    user = User.objects.get(username=who)
    client.cookies["s"] = sessions.session_for(user)
    return client


def get(who: str, path: str, **more: Any) -> Any:
    return client_of(who).get(path, HTTP_ACCEPT_LANGUAGE="vi", **more)


def post(who: str, path: str, **fields: Any) -> Any:
    return client_of(who).post(path, fields)


def words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


# Who gets what

ROUTES = {
    "/giuong": ("worker", "keeper", "coordinator", "other_keeper", "stranger_worker", "leader"),
    "/giuong/manh": ("worker", "keeper", "coordinator", "stranger_worker"),
    "/giuong/nhan-vao": ("worker", "keeper", "coordinator"),
    "/cho-o/{stay}": ("worker", "leader", "keeper", "coordinator", "other_keeper"),
    "/cho-o/{stay}/giu-cho": ("worker", "keeper", "coordinator"),
    "/cho-o/{held}": ("worker", "leader", "keeper"),
    "/cho-o/{held}/den-noi": ("worker", "keeper"),
    "/cho-o/{held}/doi-giuong": ("worker", "keeper"),
    "/vu-viec/{case}/xin-cho-o": ("worker", "leader"),
    "/giuong/{bed}/ngung": ("keeper",),
}
NEVER = ("officer", "nurse", "analyst")


@pytest.fixture
def places() -> dict[str, Any]:
    return {
        "stay": make_stay().reference,
        "held": make_held(names=("2B",)).reference,
        "case": make_case().reference,
        "bed": bed("hoan-long", "2C").reference,
    }


@pytest.mark.parametrize("path", ROUTES)
def test_who_gets_a_page(places, path):
    here = path.format(**places)

    got = {who: get(who, here).status_code for who in (*ROUTES[path], *NEVER)}

    assert got == {**dict.fromkeys(ROUTES[path], 200), **dict.fromkeys(NEVER, 404)}


@pytest.mark.parametrize("path", [*ROUTES, "/cho-o/{stay}/phieu", "/giuong/{bed}/dung-lai"])
def test_a_stranger_is_sent_to_the_door(places, path):
    answer = Client().post(path.format(**places))

    assert answer.status_code == 302
    assert "tai-khoan" in answer.url or "dang-nhap" in answer.url or "login" in answer.url


def test_missing_and_hidden_look_alike():
    stay = make_held()

    hidden = get("other_keeper", f"/cho-o/{stay.reference}")
    missing = get("other_keeper", f"/cho-o/{uuid4()}")

    assert hidden.status_code == missing.status_code == 404
    assert words(hidden) == words(missing)


def test_an_unknown_verb_is_not_there():
    stay = make_stay()

    assert get("worker", f"/cho-o/{stay.reference}/bay-len").status_code == 404


# The board


def test_the_board_counts_and_names_no_house_that_is_secret():
    make_held()
    make_stay(party=Party(1, 2, sex="female"))

    page = words(get("keeper", "/giuong"))

    assert "1 người lớn, 2 trẻ em" in page
    assert "Hoàn Long" in page
    assert "Bình Minh" not in page


def test_a_bed_is_offered_to_whom_its_room_may_take():
    women, men = make_stay(party=Party(sex="female")), make_stay(party=Party(sex="male"))

    page = get("keeper", f"/giuong?giuong={bed('hoan-long', '2C').reference}").content.decode()

    assert f"/cho-o/{women.reference}/giu-cho" in page
    assert f"/cho-o/{men.reference}/giu-cho" not in page


@pytest.mark.parametrize("who", ["keeper", "worker", "coordinator"])
@pytest.mark.parametrize("path", ["/giuong", "/giuong?giuong={bed}"])
def test_the_board_asks_few_statements(path, who):
    make_held()
    make_admitted(make_stay(), names=("2B",))
    make_stay()
    client = client_of(who)
    here = path.format(bed=bed("hoan-long", "2C").reference)
    client.get(here)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(here).status_code == 200

    assert _pages_own(asked) <= MOST_STATEMENTS, "\n".join(q["sql"][:160] for q in asked)


def _pages_own(asked: CaptureQueriesContext) -> int:
    """Less what only a test's outer transaction adds: savepoints, and its context given back."""
    extra = ("SAVEPOINT", "RELEASE", "SELECT set_config('app.actor', '',")
    return sum(not q["sql"].startswith(extra) for q in asked)


def test_a_stay_page_asks_few_statements():
    stay = make_admitted()
    client = client_of("keeper")
    client.get("/giuong")

    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/cho-o/{stay.reference}").status_code == 200

    assert _pages_own(asked) <= MOST_STATEMENTS, "\n".join(q["sql"][:160] for q in asked)


def test_an_open_board_is_read_again_in_part():
    page = get("keeper", "/giuong", HTTP_X_LIVE="1").content.decode()

    assert "data-live" in page
    assert "<html" not in page


# Doing


def test_a_bed_is_asked_held_and_slept_in_without_script():
    case = make_case()
    asked = post("worker", f"/vu-viec/{case.reference}/xin-cho-o", adults="1", children="1",
                 sharing="1", sex="female", card_needs="sữa")  # fmt: skip
    post("worker", f"{asked.url}/giu-cho", best="1")
    post("worker", f"{asked.url}/den-noi")

    with rls.acting(actor=actor_named("worker"), now=NOW):
        stay = Stay.objects.get(case=case)
    assert stay.state == "ADMITTED"


def test_a_second_press_asks_once():
    case = make_case()
    fields = {"adults": "1", "children": "0", "sex": "female", "once": str(uuid4())}
    client = client_of("worker")

    first, second = (client.post(f"/vu-viec/{case.reference}/xin-cho-o", fields) for _ in range(2))

    assert first.url == second.url


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"adults": "0", "children": "0", "sex": "female"},
        {"adults": "1", "children": "1", "sharing": "2", "sex": "female"},
        {"adults": "=cmd", "children": "1", "sex": "female"},
        {"adults": "1", "children": "1", "sex": "female", "card_needs": "a\0b"},
        {"adults": "1", "children": "1", "sex": "female", "card_needs": "x" * 100_000},
        {"adults": "999999999999", "children": "1", "sex": "nobody"},
    ],
)
def test_odd_input_gets_a_sentence(fields):
    case = make_case()

    answer = post("worker", f"/vu-viec/{case.reference}/xin-cho-o", **fields)

    assert answer.status_code == 200
    assert "govuk-error-summary" in answer.content.decode()


@pytest.mark.parametrize(
    ("verb", "fields", "state"),
    [
        ("ra-ngoai", {"why": "health"}, "AWAY"),
        ("roi-di", {"reason": "relatives", "next_place": "relatives"}, "DISCHARGED"),
        ("khong-con-o-day", {}, "LEFT_UNTOLD"),
        ("nhap-nham", {"reason": "wrong_bed"}, "VOIDED"),
        ("xem-lai", {}, "ADMITTED"),
        ("xin-chuyen", {}, "ADMITTED"),
    ],
)
def test_verbs_of_a_sleeper(verb, fields, state):
    stay = make_admitted()

    answer = post("keeper", f"/cho-o/{stay.reference}/{verb}", **fields)

    assert answer.status_code == 302
    assert fresh(stay).state == state


def test_a_taken_bed_says_so():
    make_held()
    stay = make_stay()

    answer = post("worker", f"/cho-o/{stay.reference}/giu-cho",
                  chosen=[str(bed("hoan-long", "2A").reference)])  # fmt: skip

    assert answer.status_code in {200, 409}
    assert "Giường nào?" in words(answer) or "Vừa có người khác giữ giường này" in words(answer)


def test_the_card_opens_on_demand_and_is_not_on_the_page_before():
    stay = make_held()
    before = words(get("keeper", f"/cho-o/{stay.reference}"))

    after = words(post("keeper", f"/cho-o/{stay.reference}/phieu"))

    assert "cháo" not in before
    assert "cháo" in after


def test_a_walk_in_from_the_page():
    answer = post(
        "keeper", "/giuong/nhan-vao", adults="1", children="0", sex="female", danger_now="no",
        conflict="no", beds=[str(bed("hoan-long", "2C").reference)],
    )  # fmt: skip

    assert answer.status_code == 302
    assert get("keeper", answer.url).status_code == 200


def test_a_bed_is_stopped_and_given_back_from_the_page():
    here = f"/giuong/{bed('hoan-long', '2C').reference}"

    post("keeper", f"{here}/ngung", reason="repair")
    assert "Sửa chữa" in words(get("keeper", "/giuong"))
    post("keeper", f"{here}/dung-lai")

    assert "Sửa chữa" not in words(get("keeper", "/giuong"))


BEST = "Giữ chỗ phù hợp nhất"


def test_what_fits_best_is_offered_where_something_fits():
    some, nobody = make_stay(), make_stay(party=Party(adults=9, sex="female"))

    fitting = words(get("keeper", f"/cho-o/{some.reference}"))
    full = words(get("keeper", f"/cho-o/{nobody.reference}"))

    assert BEST in fitting
    assert BEST not in full
    assert "Không có giường nào phù hợp" in full


def test_a_request_that_nothing_fits_any_more_is_put_on_the_waiting_list():
    stay = make_stay()
    with rls.acting(actor=actor_named("keeper"), now=NOW):
        beds = list(
            Bed.objects.filter(shelter__code="hoan-long").values_list("reference", flat=True)
        )
    for one in beds:
        do("keeper", actions.stop_bed, reference=one, reason="repair")
    here = f"/cho-o/{stay.reference}"
    page = words(get("keeper", here))

    post("keeper", f"{here}/giu-cho", best="1")

    assert "Đưa vào danh sách chờ" in page
    assert fresh(stay).state == "WAITING"


def test_work_tells_families_apart_and_puts_what_is_needed_within_the_hour_first():
    make_held(names=("2B",))
    make_stay()
    urgent = make_stay(emergency=True)
    keeper = actor_named("keeper")

    with rls.acting(actor=keeper, now=NOW):
        lines = work_for(keeper, now=NOW).lines
    found = [(line.due, line.hint, line.url) for line in lines if "/cho-o/" in line.url]

    assert [due for due, _hint, _url in found] == [NOW + HOUR, NOW + HOUR, None]
    assert f"/cho-o/{urgent.reference}" in [url for due, _hint, url in found if due]
    assert [hint for _due, hint, _url in found if "2B" in hint] == ["1 người lớn · 2B"]


def test_a_ringing_request_leads_to_itself():
    stay = make_stay(emergency=True)

    page = get("keeper", "/canh-bao").content.decode()

    assert f'href="/cho-o/{stay.reference}"' in page


def test_the_second_person_finds_the_question():
    stay = make_admitted()
    do("keeper", actions.discharge, reference=stay.reference, reason="house_rules",
       next_place="rented")  # fmt: skip

    asked = words(get("second_keeper", f"/cho-o/{stay.reference}"))
    own = words(get("keeper", f"/cho-o/{stay.reference}"))

    assert "Đồng ý để người ấy rời đi" in asked
    assert "Đồng ý để người ấy rời đi" not in own


@pytest.mark.parametrize("who", ["worker", "keeper"])
def test_the_empty_board_of_a_night_is_still_a_page(who):
    assert get(who, "/giuong").status_code == 200
