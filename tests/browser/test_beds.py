"""Two screens: what one keeper does, the other's open board shows within a second."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from network import sittings
from network.models import User
from shelters import actions
from tests.browser import axe
from tests.browser.conftest import DESK, PHONE
from tests.shelters.conftest import bed, do, load, make_stay

pytestmark = pytest.mark.django_db(transaction=True)
A_SECOND = 1000  # milliseconds


def test_a_hold_shows_on_an_open_board_within_a_second(open_page: Any) -> None:
    load()
    page = open_page("/giuong", user=User.objects.get(username="second_keeper"), size=DESK)
    page.wait_for_timeout(1500)  # the socket opens and the server listens
    held = page.locator(".ma-bed--held")
    expect(held).to_have_count(0)
    stay = make_stay(at=timezone.now())

    do("keeper", actions.hold_beds, at=timezone.now(), reference=stay.reference,
       chosen=[bed("hoan-long", "2A").reference])  # fmt: skip

    expect(held).to_have_count(1, timeout=A_SECOND)


def test_a_reading_that_failed_is_repeated(open_page: Any) -> None:
    load()
    page = open_page("/giuong", user=User.objects.get(username="second_keeper"), size=DESK)
    page.wait_for_timeout(1500)  # the socket opens and the server listens
    page.evaluate(
        "() => { const real = window.fetch; window.fetch = () => {"
        " window.fetch = real; return Promise.reject(new Error('the server is away')); } }"
    )
    stay = make_stay(at=timezone.now())

    do("keeper", actions.hold_beds, at=timezone.now(), reference=stay.reference,
       chosen=[bed("hoan-long", "2A").reference])  # fmt: skip

    expect(page.locator(".ma-bed--held")).to_have_count(1, timeout=30 * A_SECOND)


def test_a_board_that_nobody_tells_reads_by_itself(open_page: Any) -> None:
    load()
    page = open_page("/lich", user=User.objects.get(username="second_keeper"), size=DESK)
    page.route_web_socket("**/ws/live", lambda line: line.close())
    page.goto("/giuong")
    expect(page.locator(".ma-bed--held")).to_have_count(0)
    stay = make_stay(at=timezone.now())

    do("keeper", actions.hold_beds, at=timezone.now(), reference=stay.reference,
       chosen=[bed("hoan-long", "2A").reference])  # fmt: skip

    expect(page.locator(".ma-bed--held")).to_have_count(1, timeout=60 * A_SECOND)


def test_an_open_page_of_who_is_signed_out_shows_nothing_any_more(open_page: Any) -> None:
    load()
    keeper = User.objects.get(username="second_keeper")
    page = open_page("/giuong", user=keeper, size=DESK)
    page.wait_for_timeout(1500)  # the socket opens and the server listens

    sittings.end_all(keeper.pk)

    expect(page).to_have_url(re.compile("/dang-nhap"), timeout=60 * A_SECOND)
    expect(page.locator(".ma-bed")).to_have_count(0)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_board_is_for_everybody(open_page: Any, language: str) -> None:
    load()
    User.objects.filter(username="keeper").update(language=language)
    make_stay(at=timezone.now())
    one = bed("hoan-long", "2A").reference

    page = open_page(
        f"/giuong?giuong={one}", user=User.objects.get(username="keeper"), language=language,
        size=PHONE,
    )  # fmt: skip

    assert axe.findings(page) == []
    assert axe.small_targets(page) == []
    assert not axe.is_too_wide(page)
