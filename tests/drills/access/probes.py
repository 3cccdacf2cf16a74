"""Asking an address as somebody, and judging the answer by the lines of `rights`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import translation

from network.models import User
from tests.browser.sessions import session_for
from tests.drills.access import marks, rights
from tests.drills.access.people import Cast
from tests.drills.access.routes import GROUPS, OPENERS, PLAIN, Route, address, things_of
from tests.drills.access.world import Scene

# What differs between two answers about nothing: references, tokens, nonces.
_OWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|csrfmiddlewaretoken\" value=\"\w+|nonce=\"[^\"]+"
)


@dataclass(frozen=True)
class Shape:
    """An answer without what is its own."""

    status: int
    to: str
    body: str


@dataclass
class Tally:
    """How often was asked, and what came out that should not have."""

    probes: int = 0
    leaks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Prober:
    """Everybody's browser; each question is taken back, so that all are asked of one world.

    knows: whose existence is no secret to a person, in a scene.
    """

    def __init__(
        self, cast: Cast, knows: Callable[[str, str], frozenset[str]] = rights.knows
    ) -> None:
        self.tally, self.knows = Tally(), knows
        self.nothing: dict[str, set[Shape]] = {}
        self.browsers = {who: _browser(actor.user_id) for who, actor in cast.items()}

    def ask(self, who: str, method: str, url: str, body: dict[str, Any]) -> Any:
        self.tally.probes += 1
        browser = self.browsers[who]
        kept = browser.cookies.copy()
        with transaction.atomic(), translation.override("vi"):
            answer = getattr(browser, method)(url, body)
            transaction.set_rollback(True)
        browser.cookies = kept
        return answer

    def probe(self, who: str, asked: "Question", network: UUID) -> None:
        """One question, and the same about a thing that is not there where this one may not be."""
        route, thing, method = asked.route, asked.thing, asked.method
        answer = self.ask(who, method, address(route, thing, asked.reference, network), asked.body)
        said = f"{method} {route.name} [{thing} of {asked.scene.name}] {asked.body} as {who}"
        self._judge(who, answer, said, typed=marks.found(repr(asked.body).encode()))
        if thing != PLAIN and thing not in self.knows(who, asked.scene.name):
            url = address(route, thing, uuid4(), network)
            self._like_nothing(who, answer, method, url, asked.body, said)

    def _like_nothing(
        self, who: str, answer: Any, method: str, url: str, body: dict[str, Any], said: str
    ) -> None:
        """It answers as for a thing that is not there; most answers of that kind were seen."""
        nothing = self.nothing.setdefault(who, set())
        if shape(answer) in nothing:
            return
        other = shape(self.ask(who, method, url, body))
        nothing.add(other)
        if shape(answer) != other:
            self.tally.leaks.append(f"{said}: {answer.status_code}, not {other.status}")

    def _judge(self, who: str, answer: Any, said: str, typed: set[marks.Mark]) -> None:
        """A form may show again what was typed into it."""
        seen = marks.found(answer.content) - rights.opens(who) - typed
        if seen:
            self.tally.leaks.append(f"{said}: shows {sorted(seen)}")
        if answer.status_code >= 500:
            self.tally.faults.append(f"{said}: {answer.status_code}")


def _browser(user_id: int | None) -> Client:
    browser = Client(raise_request_exception=False)
    if user_id is not None:
        user = User.objects.get(pk=user_id)
        browser.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
    return browser


def shape(answer: Any) -> Shape:
    body = _OWN.sub("", answer.content.decode("utf-8", "replace"))
    return Shape(answer.status_code, _OWN.sub("", answer.headers.get("Location", "")), body)


@dataclass(frozen=True)
class Question:
    """One way to ask an address for one thing of one scene."""

    scene: Scene
    route: Route
    method: str
    thing: str
    reference: UUID
    body: dict[str, Any]


def questions(route: Route, scene: Scene, *, whole: bool) -> Iterator[Question]:
    """Everything that is asked of one address about one scene; whole: each group by itself."""
    for thing, reference in things_of(route, scene):
        yield Question(scene, route, "get", thing, reference, {})
        yield Question(scene, route, "post", thing, reference, {})
        if route.name in OPENERS:
            for group in GROUPS if whole else GROUPS[:: len(GROUPS) // 3]:
                yield Question(scene, route, "post", thing, reference, {"group": group})
        yield Question(scene, route, "post", thing, reference, foreign(scene))


def foreign(scene: Scene) -> dict[str, Any]:
    """A form whose every field that may name something names things of this scene's case."""
    things = scene.things
    one = {name: str(found[0]) for name, found in things.items()}
    return {
        "case": one["case"], "other": one["case"], "reference": one["case"], "code": scene.code,
        "text": marks.number(scene.name, "contact"), "kind": "phone", "block": one["block"],
        "keep": one["block"], "late": one["stay"], "sau": one["stay"], "vu-viec": one["case"],
        "record": one["incident"], "note": one["note"], "plan": one["plan"], "best": "1",
        "membership": str(scene.membership), "worker": str(scene.worker), "user": str(scene.worker),
        "attendees": str(scene.worker),
    }  # fmt: skip
