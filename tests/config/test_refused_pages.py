"""Whatever is refused has words, a number to ring, and the headers of every page."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PHONE = "02213999111"
TOO_LONG, TOO_MANY = {"username": "x" * 2_000_001}, {f"name{n}": "" for n in range(401)}


@pytest.fixture
def ask(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`ask("get", path)`: the answer, in a house with a duty phone."""
    monkeypatch.setattr("config.context_processors.duty_phone", lambda on: PHONE)
    client.raise_request_exception = False
    return lambda verb, path, *more, **headers: getattr(client, verb)(path, *more, **headers)


@pytest.mark.parametrize(
    ("verb", "path", "more", "headers", "status"),
    [
        ("post", "/lich", (), {}, 405),
        ("get", "/ngon-ngu", (), {}, 405),
        ("get", "/nowhere", (), {}, 404),
        ("get", "/static/kit/nowhere.css", (), {}, 404),
        ("get", "/lich", (), {"HTTP_HOST": "evil.example"}, 400),
        ("post", "/mat-khau-moi", (TOO_LONG,), {}, 413),
        ("post", "/mat-khau-moi", (TOO_MANY,), {}, 413),
    ],
)
def test_what_is_refused_says_so_and_whom_to_ring(
    ask: Any, verb: str, path: str, more: Any, headers: Any, status: int
) -> None:
    answer = ask(verb, path, *more, **headers)

    assert answer.status_code == status
    assert f"tel:{PHONE}" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_a_wrong_verb_is_told_the_right_one(ask: Any) -> None:
    assert ask("post", "/lich")["Allow"] == "GET, HEAD"


def test_the_way_to_the_secure_address_is_kept_nowhere(ask: Any, settings: Any) -> None:
    """It names the page that was asked for, and browsers keep such an answer for good."""
    settings.SECURE_SSL_REDIRECT = True

    answer = ask("get", "/ho-so/8d1c6a52-0000-4000-8000-000000000000")

    assert (answer.status_code, answer["Cache-Control"]) == (301, "no-store")
