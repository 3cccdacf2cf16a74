"""A browser for the session, a server on this worker's test database, pages signed in."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from config import browser as browsers
from safekeeping.keyring import FileSource
from tests.browser import sessions
from tests.browser.serving import served

LOOK_SECONDS = 1  # until the server has seen that the network was loaded anew
PHONE = {"width": 360, "height": 800}
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright's loop runs in this thread; the ORM stays synchronous beside it.

    A module's, not the session's: other modules run loops of their own in the same thread.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as play:
        started = play.chromium.launch(**browsers.find().launch_options())  # type: ignore[arg-type]
        yield started
        started.close()


@pytest.fixture(scope="session")
def address(django_db_setup: None, key_ring: FileSource) -> Iterator[str]:
    """The address of a server that reads this worker's test database."""
    with served(
        PGDATABASE=str(connection.settings_dict["NAME"]),
        DJANGO_SETTINGS_MODULE="tests.settings",
        MAI_AM_POOL="",
        NETWORK_LOOK_SECONDS=str(LOOK_SECONDS),
        KEY_RING_FILE=str(key_ring.path),
    ) as at:
        yield at


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, address: str, transactional_db: None) -> Iterator[Open]:
    """`open_page("/path", user=…, language="en", size=DESK)`: a page, strict about its console."""
    contexts: list[Any] = []
    said: list[str] = []

    def open_(path: str, *, user: Any = None, language: str = "vi", size: Any = None) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport=size or PHONE,
            bypass_csp=False,
        )
        contexts.append(context)
        context.add_cookies([sessions.language_cookie(language, address)])
        if user is not None:
            type(user).objects.filter(pk=user.pk).update(language=language)
            context.add_cookies([sessions.cookie_for(user, address)])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    broken = [text for text in said if "status of 4" not in text and "Clear-Site" not in text]
    assert not broken, broken
