"""Leaving fast, when nothing else works any more."""

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def browser(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Signed in, as far as it knows, at a house whose database is away."""

    def away(*_args: object) -> None:
        raise OperationalError

    client.raise_request_exception = False
    client.cookies[COOKIE] = "a" * 32
    monkeypatch.setattr(connection, "cursor", away)
    return client


def test_without_a_database_one_leaves_and_is_forgotten(browser: Client) -> None:
    answer = browser.get("/thoat")

    assert (answer.status_code, answer["Location"]) == (302, "/lich")
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert (browser.cookies[COOKIE].value, browser.cookies[COOKIE]["max-age"]) == ("", 0)


def test_without_a_database_there_is_a_calendar(browser: Client) -> None:
    answer = browser.get("/lich")

    assert answer.status_code == 200
    assert "<table>" in answer.content.decode()
    assert "Mái Ấm" not in answer.content.decode()


def test_any_other_page_says_that_something_broke(browser: Client) -> None:
    assert browser.get("/quen").status_code == 500
