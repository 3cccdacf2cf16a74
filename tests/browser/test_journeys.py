"""One case on a phone through five people's hands, in both languages; axe at every stop."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from network import edition
from network.loading import province
from network.models import Agency, Edition, Membership, User
from tests.browser import axe, sessions
from tests.browser.conftest import LOOK_SECONDS

HUNG_YEN = Path("network/data/hung-yen")
PEOPLE = {
    "officer": ("ca-12424", "reporter", "responder"),
    "supervisor": ("ubnd-12424", "supervisor"),
    "worker": ("ubnd-12424", "caseworker"),
    "doctor": ("ttyt-phucu", "responder"),
    "keeper": ("tamlanh-dinhcao", "keeper"),
}


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """Five people of Hưng Yên, each in one office."""
    edition.forget()
    now = datetime.now(UTC)
    province.load(HUNG_YEN, now)
    # The server of the session knew another loading: a number it has not seen makes it look again.
    Edition.objects.update(number=int(now.timestamp()))
    time.sleep(LOOK_SECONDS)
    made = {}
    for name, (agency, *roles) in PEOPLE.items():
        made[name] = User.born(
            username=name, family_name="Trần", given_name=name.title(), joined_at=now
        )
        Membership.born(
            user=made[name],
            agency=Agency.objects.get(code=agency),
            roles=roles,
            starts=now - timedelta(days=1),
        )
    return made


@pytest.fixture
def stop() -> Any:
    """`stop(page)`: nothing to be ashamed of here."""

    def look(page: Any) -> None:
        page.wait_for_load_state()
        assert axe.findings(page) == [], page.url
        assert axe.small_targets(page) == [], page.url
        assert not axe.is_too_wide(page), page.url

    return look


def send(page: Any) -> None:
    """Send the page's own form."""
    page.click("main form[novalidate] button[type=submit]")


def report(page: Any, stop: Any) -> None:
    """A police officer at two in the morning: three answers, two needs."""
    send(page)
    stop(page)
    page.locator("input[name=place]").first.check()
    page.check("input[name=danger_now][value=yes]")
    page.fill("input[name=ring_back]", "0900 000 017")
    page.check("input[name=needs][value=doctor]")
    page.check("input[name=needs][value=bed]")
    page.check("input[name=conflict][value=no]")
    stop(page)
    send(page)
    stop(page)
    assert "HY-" in page.inner_text("main")


def assign(page: Any, stop: Any) -> str:
    """A supervisor gives the case to the worker; returns the case's address."""
    stop(page)
    page.locator("a.govuk-task-list__link").first.click()
    stop(page)
    address = str(page.url)
    page.goto(f"{address}/phan-cong")
    page.locator("input[name=worker]").last.check()
    stop(page)
    send(page)
    stop(page)
    return address


def accept(page: Any, stop: Any) -> None:
    """The doctor takes the request on."""
    stop(page)
    page.click("form[action$='/nhan'] button")
    stop(page)


def look_at_beds(page: Any, stop: Any) -> None:
    """The keeper sees who waits and what is free."""
    stop(page)
    page.goto("/giuong")
    stop(page)


def care(page: Any, stop: Any, case: str) -> None:
    """The worker asks, judges, agrees, and keeps what was said."""
    stop(page)
    page.goto(f"{case}/mong-muon")
    page.locator("input[name=coded_wishes]").first.check()
    page.fill("textarea[name=words]", "Cho tôi ở chỗ nào con vẫn đi học được.")
    stop(page)
    send(page)
    stop(page)
    assert "vẫn đi học được" in page.inner_text(".ma-lamp")
    page.goto(f"{case}/dong-y/hoi")
    page.check("input[name=answers][value=talk]")
    page.check("input[name=alone][value=yes]")
    stop(page)
    send(page)
    stop(page)
    page.goto(f"{case}/danh-gia/lam")
    for answer in page.locator("input[type=radio][value=no]").all():
        answer.check()
    stop(page)
    send(page)
    page.goto(f"{case}/ke-hoach/lap")
    page.check("input[name=kind][value=safety]")
    stop(page)
    send(page)
    stop(page)
    for tab in ("/nguoi", "/su-viec", "/ghi-chep", "/ai-da-xem", "/noi-khac", ""):
        page.goto(f"{case}{tab}")
        stop(page)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_one_case_through_five_hands(
    open_page: Any, people: dict[str, User], stop: Any, language: str
) -> None:
    def at(who: str, path: str) -> Any:
        return open_page(path, user=people[who], language=language)

    report(at("officer", "/bao-tin"), stop)
    case = assign(at("supervisor", "/"), stop)
    accept(at("doctor", "/hang-cho/"), stop)
    look_at_beds(at("keeper", "/"), stop)
    worker = at("worker", case)
    care(worker, stop, case)

    with translation.override(language):
        assert gettext("you are here") in worker.content()


def test_report_needs_no_script(browser: Any, address: str, people: dict[str, User]) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    context.add_cookies([sessions.cookie_for(people["officer"], address)])
    page = context.new_page()
    page.goto("/bao-tin")
    page.check("input[name=place][value=other]")
    page.fill("input[name=place_name]", "dinh cao")
    page.check("input[name=danger_now][value=no]")
    page.fill("input[name=ring_back]", "0900000017")
    send(page)

    assert "/bao-tin/" in page.url
    context.close()


def test_three_escapes_leave_for_a_calendar(open_page: Any, people: dict[str, User]) -> None:
    page = open_page("/", user=people["worker"])

    for _press in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("**/lich")

    assert "Mái Ấm" not in page.content()
    page.goto("/")
    assert "/dang-nhap" in page.url


def test_the_account_menu_stays_on_the_screen(open_page: Any, people: dict[str, User]) -> None:
    page = open_page("/", user=people["worker"])

    page.click(".ma-me > summary")

    panel = page.locator(".ma-me__panel").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= page.viewport_size["width"]
