"""What stands behind each address when the permission table is tried: one case and four people."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from network.actors import Actor
from network.models import User
from tests.browser.sessions import session_for

# Tried in tests of their own: signing in and out, people and offices.
ELSEWHERE = ("network:", "account_", "mfa_", "exit")


def addresses() -> Iterator[tuple[str, str]]:
    """(name, pattern) of every address of ours but those with a table of their own."""
    for name, pattern in walk(get_resolver(), ""):
        if not name.startswith(ELSEWHERE):
            yield name, pattern


def walk(resolver: Any, space: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from walk(one, space + (f"{one.namespace}:" if one.namespace else ""))
        elif one.name:
            yield space + one.name, str(one.pattern)


def address(name: str, pattern: str, things: dict[str, UUID]) -> str:
    """The address with the case or the report in it; other things are unknown to everybody."""
    about = things["report"] if name.startswith("casework:report_") else things["case"]
    own = pattern.startswith(("ho-so/", "vu-viec/", "bao-tin/"))
    words: dict[str, Any] = {}
    if "<uuid:reference>" in pattern:
        words["reference"] = about if own else uuid4()
    if "<uuid:case>" in pattern:
        words["case"] = things["case"]
    if "<slug:part>" in pattern:
        words["part"] = "danh-tinh"
    if "<slug:kind>" in pattern:
        words["kind"] = "override"
    if "<slug:verb>" in pattern:
        words["verb"] = "admit"
    if "<str:span>" in pattern:
        words["span"] = "2026-11"
    return reverse(name, kwargs=words)


def clients(people: dict[str, Actor | None]) -> dict[str, Client]:
    """A browser for each; None is a stranger."""
    return {who: _client(actor) for who, actor in people.items()}


def _client(actor: Actor | None) -> Client:
    client = Client(raise_request_exception=False)
    if actor is not None:
        user = User.objects.get(pk=actor.user_id)
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
    return client


def statuses(clients: dict[str, Client], url: str, method: str) -> tuple[int, ...]:
    """What each gets, in the table's order."""
    ask: Callable[[Client], Any] = lambda client: getattr(client, method)(url)  # noqa: E731
    return tuple(ask(client).status_code for client in clients.values())
