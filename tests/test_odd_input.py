"""Odd input on every form that anybody is shown: a page with a sentence, never a broken one.

And her words typed into each of them (R3), here because the forms are at hand: found nowhere after.
"""

import io
import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils.html import strip_tags

from config.logs import NoPersonalWords
from network import edition
from network.models import User
from tests.browser.sessions import session_for
from tests.canaries import scan
from tests.canaries.stealing import on_disk, sessions, stolen
from tests.canaries.typing import Reached, hidden_pages
from tests.conftest import NOW, empty
from tests.drilling import Drill
from tests.drills.access.routes import OF_PEOPLE
from tests.drills.test_r3_canaries import NUMBER, new_word
from tests.odd import forms, values, world
from tests.odd.forms import Form
from tests.odd.values import Sending

pytestmark = pytest.mark.django_db
ANSWERS = {200, 302, 400, 403, 404, 409, 413, 422, 429}
FORMS_AT_LEAST = 70
TAKEN_AT_LEAST = 40


@pytest.fixture(scope="module", autouse=True)
def starts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, list[str]]]:
    """Who walks and from where; the province is emptied after the module."""
    edition.forget()
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
        found = world.make()
    yield found
    with django_db_blocker.unblock():
        empty()
    edition.forget()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(name: str, language: str = "vi") -> Client:
    user = User.objects.get(username=name)
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
    return client


@pytest.fixture(scope="module")
def found(starts: dict[str, list[str]], django_db_blocker: Any) -> list[Form]:
    """One of each form that the people of the province are shown."""
    known: dict[Any, Form] = {}
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        for name, here in starts.items():
            forms.distinct(forms.walk(client_of(name), name, here), known)
        transaction.set_rollback(True)
    return list(known.values())


def test_forms_of_every_kind_were_found(found: list[Form]) -> None:
    assert len({form.route for form in found}) >= FORMS_AT_LEAST


@pytest.mark.parametrize("language", ["vi", "en"])
def test_odd_input_gets_a_sentence(found: list[Form], language: str, drill: Drill) -> None:
    """In short a few oddities a form, others for the next: together they have all had a turn."""
    people = {name: client_of(name, language) for name in {form.who for form in found}}
    tried = [
        (form, sending)
        for number, form in enumerate(found)
        for sending in some(list(values.sendings(form)), number, drill.size(short=2, length=99))
    ]

    broken = [fault(people[form.who], form, sending, language) for form, sending in tried]

    drill.figure("odd input", f"{len(tried):,} in {language}, {sum(map(bool, broken))} broken")
    assert [each for each in broken if each] == []


def some(of: list[Sending], number: int, many: int) -> list[Sending]:
    """So many of them, beginning elsewhere for each number."""
    at = number * many % len(of)
    return (of[at:] + of[:at])[:many]


def fault(client: Client, form: Form, sending: Sending, language: str) -> str:
    """What is wrong with the answer; what it did is undone."""
    with transaction.atomic():
        answer = sent(client, form, sending)
        transaction.set_rollback(True)
    wrong = wrong_with(answer, language)
    return f"{form.route}, {sending.name}: {wrong}" if wrong else ""


def sent(client: Client, form: Form, sending: Sending) -> Any:
    body = urlencode(sending.pairs).encode() if sending.raw is None else sending.raw
    return client.generic("POST", form.action, body, content_type=sending.kind)


def wrong_with(answer: Any, language: str) -> str:
    if answer.status_code not in ANSWERS:
        return f"{answer.status_code} {getattr(answer, 'exc_info', None)}"
    if answer.status_code == 302:
        return ""
    if answer.headers["Content-Language"] != language:
        return f"{answer.status_code} in another language"
    return "" if says_something(answer.content.decode()) else f"{answer.status_code} says nothing"


def says_something(page: str) -> bool:
    """The page has a heading, and under it at least a sentence."""
    main = re.search(r"<main.*</main>", page, re.DOTALL)
    words = strip_tags(main[0] if main else "").split()
    return "<h1" in page and len(words) >= 5


# R3. What is typed is committed, so this comes last.

NOT_FRESH = timedelta(minutes=10)  # the second step was shown too long ago: one sentence passes it


@dataclass(frozen=True)
class Typed:
    """What her words reached, and where they were found afterwards."""

    reached: Reached
    hits: dict[str, Any]


@pytest.fixture(scope="module")
def typed(
    starts: dict[str, list[str]], found: list[Form], django_db_blocker: Any
) -> Iterator[Typed]:
    reached, began, said = Reached(new_word(), NUMBER), time.time() - 1, io.StringIO()
    with (
        django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), reached.watching(),
        redirect_stdout(said), redirect_stderr(said), logged(said),
    ):  # fmt: skip
        _type_everywhere(reached, starts, found)
        hits = {
            "dump": scan.hits(stolen(), [reached.stem, NUMBER]),
            "sessions": scan.hits(sessions(), [reached.stem, NUMBER]),
            "statements": reached.in_clear,
            "words": scan.hits(said.getvalue().encode(), [reached.stem, NUMBER]),
        }
    hits["database's files"] = on_disk(began, reached.stem)
    yield Typed(reached, {place: words for place, words in hits.items() if words})


def _type_everywhere(reached: Reached, starts: dict[str, list[str]], found: list[Form]) -> None:
    people = {name: client_of(name) for name in starts}
    hidden: list[tuple[str, Form]] = []
    for who, page in hidden_pages(starts):
        with time_machine.travel(NOW + NOT_FRESH, tick=False):
            _, shown = forms.read(people[who].get(page).content.decode(), page)
            hidden += [(who, form) for form in shown]
    for who, form in hidden:
        with time_machine.travel(NOW + NOT_FRESH, tick=False):
            reached.type_into(people[who], form)
    for form in found:
        if not form.route.startswith(OF_PEOPLE):
            reached.type_into(people[form.who], form)


@contextmanager
def logged(into: io.StringIO) -> Iterator[None]:
    """What handlers of a house that says everything would have written."""
    handler = logging.StreamHandler(into)
    handler.addFilter(NoPersonalWords())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


def test_no_form_of_the_code_was_passed_over(typed: Typed) -> None:
    assert typed.reached.missed() == set()


def test_words_typed_into_every_form_are_found_nowhere(typed: Typed, drill: Drill) -> None:
    statuses = Counter(typed.reached.statuses)
    drill.figure(
        "R3",
        f"{len(typed.reached.tried)} forms with a box, {statuses.total()} sent,"
        f" {statuses[302]} taken, {len(typed.hits)} hits",
    )
    assert statuses[500] == 0
    assert statuses[302] >= TAKEN_AT_LEAST
    assert typed.hits == {}
