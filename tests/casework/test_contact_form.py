"""Every number of hers on one form: nothing that is stored is lost, odd input gets a sentence."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework import access, actions
from casework.forms.contact import MOST, ContactForm
from casework.groups import Contact, Number
from casework.models import Survivor
from network.models import User
from tests.browser.sessions import session_for
from tests.casework.steps import Cast, act, rows
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Made = Callable[..., UUID]

HERS = Number("0900000017", "của người ấy", True, False, "18–20 giờ")
AUNT = Number("0912345678", "dì", False, None, "")
ODD_SHAPE = Number("gọi 0900 000 018 hỏi Lan")
STORED = Contact((HERS, AUNT, ODD_SHAPE), "mua trứng", "hết trứng", ("0988000111",), "nhỏ tiếng")


def sent(stored: Contact = STORED, **changes: Any) -> dict[str, Any]:
    """What a browser sends for the untouched page, with changes."""
    page = ContactForm(initial=ContactForm.start(stored))
    typed = {name: page[name].value() for name in page.fields}
    typed = {name: value for name, value in typed.items() if value not in (None, "")}
    return {**typed, **changes}


def form(data: dict[str, Any], stored: Contact = STORED) -> ContactForm:
    return ContactForm(data, initial=ContactForm.start(stored))


def value(data: dict[str, Any], stored: Contact = STORED) -> Contact:
    filled = form(data, stored)
    assert filled.is_valid(), filled.errors
    return filled.value(stored)


def test_saving_the_page_untouched_changes_nothing():
    assert value(sent()) == STORED


def test_more_numbers_than_a_page_offers_all_stay():
    many = Contact(tuple(Number(f"09000{n:05d}") for n in range(MOST + 3)))

    assert value(sent(many), many) == many


def test_a_number_that_was_not_on_the_page_stays():
    old_page = {"rows": "1", "number_0": "0900000019"}

    kept = value(old_page).numbers

    assert [one.number for one in kept] == ["0900000019", AUNT.number, ODD_SHAPE.number]
    assert kept[1] == AUNT


def test_a_number_is_taken_away_by_its_tick_alone():
    assert value(sent(drop_1="on")).numbers == (HERS, ODD_SHAPE)


def test_a_number_is_added_with_its_rules():
    more = {"rows": "4", "number_3": "+84 912 000 333", "safe_to_call_3": "no", "hours_3": "8 giờ"}

    assert value(sent(**more)).numbers[3] == Number("0912000333", "", False, None, "8 giờ")


def test_one_more_row_keeps_what_was_typed_and_saves_nothing():
    grown = form(sent(number_1="0912 345 6", whose_1="dì Tư")).more()

    assert (grown.count, grown["number_1"].value()) == (4, "0912 345 6")
    assert grown["whose_1"].value() == "dì Tư"
    assert not grown.is_bound


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"number_0": "113"}, "number_0", "113 là số của một tổng đài"),
        ({"number_0": "111"}, "number_0", "111 là số của một tổng đài"),
        ({"number_0": "=cmd|'/c calc'!A0"}, "number_0", "chữ số"),
        ({"number_0": "0900\0000017"}, "number_0", "ký tự ẩn"),
        ({"hours_0": "x" * 1_000_000}, "hours_0", "1000000"),
        ({"number_0": ""}, "number_0", "Ghi số mà các câu trả lời này nói đến"),
        ({"number_1": "0900 000 017"}, "number_1", "đã ghi ở trên"),
        ({"number_1": "0988000111"}, "number_1", "không bao giờ được gọi"),
        ({"never": "0988000111\nsố của anh ta"}, "never", "số của anh ta"),
        ({"never": "=cmd"}, "never", "=cmd"),
    ],
)
def test_odd_input_gets_a_sentence_beside_it(changes, field, said):
    filled = form(sent(**changes))

    assert not filled.is_valid()
    assert said in " ".join(filled.errors[field])


def test_numbers_never_to_use_are_kept_apart_and_clean():
    assert value(sent(never="0988000111\n+84 977 000 222, 0988000111")).never == (
        "0988000111", "0977000222",
    )  # fmt: skip


# On the page


@pytest.fixture
def page(cast: Cast, assigned: Made) -> tuple[Client, str, UUID]:
    with time_machine.travel(NOW, tick=False):
        case = assigned()
        record = rows(cast["worker"], Survivor)[0].reference
        act(
            cast["worker"], actions.describe, reference=case, kind="survivor", record=record,
            values={"contact": STORED},
        )  # fmt: skip
        client = Client()
        user = User.objects.get(pk=cast["worker"].user_id)
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
        yield client, reverse("casework:piece", args=[case, "lien-lac"]), case


def shown(html: str) -> dict[str, str]:
    """What the page's inputs hold."""
    return dict(re.findall(r'name="([a-z_]+\d*)" value="([^"]*)"', html))


def test_the_page_shows_every_number(page):
    client, url, _case = page

    html = client.get(url).content.decode()

    assert all(one.number in html for one in STORED.numbers)
    assert "Số thứ 3" in html


def test_adding_a_row_saves_nothing_and_needs_no_script(page, cast):
    client, url, case = page

    answer = client.post(url, sent(more="1"))

    assert answer.status_code == 200
    assert 'name="number_3"' in answer.content.decode()
    opened = act(cast["worker"], access.open_groups, reference=case, groups=["contact"])
    assert opened["contact"][0].value == STORED


def test_enter_saves_and_adds_no_row(page):
    client, url, _case = page

    html = client.get(url).content.decode()

    first = re.search(r"<button[^>]*>", html[html.index("<form method") :])
    assert 'name="more"' not in first[0]


def test_a_saved_page_holds_all_numbers(page, cast):
    client, url, case = page
    seen = shown(client.get(url).content.decode())["seen"]

    answer = client.post(url, sent(whose_1="dì Tư", seen=seen))

    assert answer.status_code == 302
    opened = act(cast["worker"], access.open_groups, reference=case, groups=["contact"])
    numbers = opened["contact"][0].value.numbers
    assert [one.whose for one in numbers] == ["của người ấy", "dì Tư", ""]


def test_the_later_of_two_tabs_keeps_the_row_it_added(page, cast):
    client, url, case = page
    seen = shown(client.get(url).content.decode())["seen"]
    client.post(url, sent(whose_1="dì Tư", seen=seen))

    more = {"rows": "4", "number_3": "0912000333"}
    both = client.post(url, sent(seen=seen, **more))

    html = both.content.decode()
    assert both.status_code == 409
    assert "0912000333" in html
    again = client.post(url, {**sent(**more), "seen": shown(html)["seen"]})
    assert again.status_code == 302
    opened = act(cast["worker"], access.open_groups, reference=case, groups=["contact"])
    assert len(opened["contact"][0].value.numbers) == 4
