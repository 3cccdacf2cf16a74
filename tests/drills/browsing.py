"""A browser without a browser: pages and forms over real HTTP, many at the same moment."""

import http.client
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings

from tests.odd import forms
from tests.odd.forms import Form, Pairs

T = TypeVar("T")
CSRF = "k" * 32  # a cookie and a field that agree: what the browser would have been given
PATIENCE = 120
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


@dataclass(frozen=True)
class Browser:
    """One person's, signed in, at a server."""

    address: str
    session: str

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, pairs: Pairs) -> Answer:
        kept = [pair for pair in pairs if pair[0] != "csrfmiddlewaretoken"]
        return self.send("POST", path, urlencode([*kept, ("csrfmiddlewaretoken", CSRF)]).encode())

    def form(self, page: str) -> Form:
        """The form of a page that is sent once: its own, not the one of the language."""
        _, found = forms.read(self.get(page).text, page)
        return next(form for form in found if "once" in form.fields)

    def send(
        self, method: str, path: str, body: bytes = b"", *, kind: str = FORM, **more: str
    ) -> Answer:
        """Anything; `more` headers."""
        line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        cookies = {settings.SESSION_COOKIE_NAME: self.session, settings.CSRF_COOKIE_NAME: CSRF}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": kind, "X-CSRFToken": CSRF, **more,
        }  # fmt: skip
        line.request(method, path, body, headers)
        answer = line.getresponse()
        text = answer.read().decode(errors="replace")
        line.close()
        return Answer(answer.status, answer.getheader("Location", ""), text)


def with_key(pairs: Pairs, key: str = "") -> Pairs:
    """The same form under this key, or one never used."""
    return [(n, v) for n, v in pairs if n != "once"] + [("once", key or str(uuid4()))]


def together(works: list[Callable[[], T]]) -> list[T]:
    """Run all at the same moment, each in a thread of its own."""
    gate = Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        gate.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def counted(rows: list[tuple[Any, ...]]) -> dict[str, int]:
    return {str(name): int(count) for name, count in rows}
