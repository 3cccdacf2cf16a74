"""R5: one press, one effect: every form that makes something, sent twice and by many at once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from casework.forms.places import key_of
from network import edition, registry
from network.models import Agency, User
from safekeeping.keyring import FileSource
from tests.browser import sessions
from tests.browser.serving import served
from tests.conftest import NOW, as_owner, empty
from tests.drilling import Drill
from tests.drills.browsing import Answer, Browser, counted, together, with_key
from tests.odd import values
from tests.odd.forms import Form, Pairs
from tests.referral.conftest import HEALTH, agree
from tests.shelters import conftest as houses
from tests.shelters.conftest import actor_named, make_case, make_stay

LOOKING = ("case.seen", "card.seen", "stay.seen", "access.refused")
REFUSED, REUSED = {200, 400, 409}, 422
# What one press of each form makes happen once, by the end of its address.
MAKES = {
    "bao-tin": "case.reported", "ghi-chep/them": "note.added", "su-viec/them": "incident.added",
    "theo-doi/them": "follow_up.planned",
}  # fmt: skip
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Sent:
    """A form as somebody filled it: who, on which page, where it goes, with what."""

    who: Browser
    page: str
    to: str
    pairs: Pairs

    def again(self, key: str, *, other: bool = False) -> Answer:
        more = [("note_to_self", "x")] if other else []
        return self.who.post(self.to, with_key(self.pairs, key) + more)


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: Any, key_ring: FileSource) -> Iterator[str]:
    """The province with its houses, behind a server of its own as in life: with a pool."""
    with django_db_blocker.unblock():
        houses.load()
        with served(
            PGDATABASE=str(connection.settings_dict["NAME"]), MAI_AM_POOL="1",
            DJANGO_SETTINGS_MODULE="tests.settings", KEY_RING_FILE=str(key_ring.path),
        ) as at:  # fmt: skip
            yield at
        empty()
    edition.forget()


@pytest.fixture(scope="module")
def made(address: str, django_db_blocker: Any) -> list[Sent]:
    """One of each form that makes something, filled in; committed, for others must see it."""
    with django_db_blocker.unblock():
        found = pages(cache(partial(browser, address)))  # a third sitting would end the first
        connection.close()
    return found


def browser(address: str, name: str) -> Browser:
    """Somebody signed in."""
    return Browser(address, sessions.session_for(User.objects.get(username=name)))


def filled(form: Form, **given: Any) -> Pairs:
    """The first answer to everything, but for what is given; None leaves a question out."""
    kept = [(name, value) for name, value in values.filled(form, "x") if name not in given]
    return kept + [(name, str(value)) for name, value in given.items() if value is not None]


def pages(browser: Any) -> list[Sent]:
    """One of each form that makes something."""
    case = make_case()
    agree(case.reference, actor_named("worker"), "health", "health_facility", HEALTH)
    stay, place = make_stay(make_case()), registry.unit_on(houses.PLACE, NOW.date())
    office = Agency.objects.get(code="ubnd-12424").reference
    said = {"happened_at_day": "", "happened_at_month": "", "happened_at_year": ""}
    said |= {"happened_at_time": "", "overriding": "vì nguy hiểm"}
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        ("officer", "/bao-tin", {
            "place": key_of(place), "ring_back": "0987650199", "children_count": "", "needs": None,
        }),
        ("worker", f"/ho-so/{case.reference}/ghi-chep/them", {"kind": "general"}),
        ("worker", f"/ho-so/{case.reference}/dong-y/hoi", {"answers": "doctor", "why_not": None}),
        ("worker", f"/ho-so/{case.reference}/su-viec/them", {}),
        ("worker", f"/ho-so/{case.reference}/theo-doi/them", {"due_at_year": "2027"}),
        ("worker", f"/ho-so/{case.reference}/an-toan", {}),
        ("worker", f"/ho-so/{case.reference}/chuyen-tuyen?service=health", {"urgency": "urgent"}),
        ("worker", f"/vu-viec/{case.reference}/xin-cho-o", {
            "adults": "1", "children": "0", "sharing": "", "oldest_boy": "", "needs": None,
        }),
        ("worker", f"/cho-o/{stay.reference}/giu-cho", {"best": "1", "bed": None}),
        ("leader", f"/mang-luoi/{office}/truc/them", {
            "hours": "8", "phone": "0912000111", "starts_year": "2027",
        }),
    ]  # fmt: skip
    made = []
    for who, page, given in wanted:
        form = browser(who).form(page)
        answers = {k: v for k, v in {**said, **given}.items() if k in form.fields or k in given}
        made.append(Sent(browser(who), page, form.action, filled(form, **answers)))
    return made


def effects() -> Counter[str]:
    """How often each thing happened; looking at something is none."""
    with as_owner() as db:
        rows = db.execute(
            "SELECT topic, count(*) FROM safekeeping_event WHERE topic <> ALL(%s) GROUP BY topic",
            [list(LOOKING)],
        ).fetchall()
    return Counter(counted(rows))


def test_a_second_press_gets_the_first_answer_and_does_nothing(made: list[Sent]) -> None:
    for sent in made:
        key = key_of_a_refused_form(sent)
        first, after = sent.again(key), effects()
        second, other = sent.again(key), sent.again(key, other=True)

        assert (first.status, second.status) == (302, 302), (sent.page, first)
        assert second.location == first.location
        assert other.status == REUSED, sent.page
        assert effects() == after, sent.page


def key_of_a_refused_form(sent: Sent) -> str:
    """The key of an empty form; another, where nothing need be answered."""
    key = str(uuid4())
    refused = sent.who.post(sent.to, with_key([], key))
    return key if refused.status in REFUSED else str(uuid4())


def test_of_many_who_press_at_once_one_makes_it(made: list[Sent], drill: Drill) -> None:
    clients, rounds = drill.size(short=16, length=64), drill.size(short=1, length=32)
    pressed, wrong = 0, []
    wanted = [(sent, topic) for sent in made if (topic := topic_of(sent))]
    for sent, topic in wanted * rounds:
        key, before = str(uuid4()), effects()
        answers = together([partial(sent.again, key)] * clients)
        pressed += clients
        made_once = (effects() - before)[topic] == 1
        told_alike = {answer.location for answer in answers} == {answers[0].location}
        if not (made_once and told_alike and {answer.status for answer in answers} == {302}):
            wrong.append(sent.page)

    drill.figure("R5", f"{pressed:,} presses by {clients} at once, {len(wrong)} doubled or lost")
    assert len(wanted) == len(MAKES)
    assert wrong == []


def topic_of(sent: Sent) -> str:
    """What one press of a form makes happen once; empty for a form that can be sent but once."""
    page = sent.page.split("?")[0]
    return next((topic for end, topic in MAKES.items() if page.endswith(end)), "")


def test_of_two_bodies_under_one_key_one_counts(made: list[Sent]) -> None:
    sent, key, before = made[0], str(uuid4()), effects()

    answers = together([partial(sent.again, key, other=bool(n % 2)) for n in range(12)])

    assert Counter(answer.status for answer in answers) == {302: 6, REUSED: 6}
    assert (effects() - before)["case.reported"] == 1
