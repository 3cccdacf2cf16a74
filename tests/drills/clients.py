"""People at work over HTTP: each repeats one act and notes what was acknowledged, nothing else."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from django.conf import settings

from network.models import User
from tests.browser.sessions import session_for
from tests.drills.history import Answer
from tests.houses import House

CSRF = "a" * 32
PAUSE = 0.3
ACKNOWLEDGED, AGAIN = 302, 500


@dataclass
class Load:
    """What all people share: where they work, what they were answered, when to stop."""

    house: House
    address: str
    answers: list[Answer] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    refused: list[Answer] = field(default_factory=list)
    failed: int = 0
    fallen: list[str] = field(default_factory=list)  # who stopped working, and by which fault

    def done(self) -> Counter[str]:
        """How many of each act were acknowledged so far, and how many refused."""
        taken = Counter(one.act for one in self.answers)
        return taken + Counter(f"{one.act} refused" for one in self.refused)


@dataclass
class Person:
    """A browser of one person; a form is sent again with its key until it is answered."""

    name: str
    load: Load
    client: httpx.Client

    def send(self, path: str, **fields: Any) -> httpx.Response | None:
        """The answer to a form, sent again and again while none comes; None if none came."""
        form = {**fields, "once": str(uuid4()), "csrfmiddlewaretoken": CSRF}
        while not self.load.ended.is_set():
            with suppress(httpx.HTTPError):
                answer = self.client.post(f"{self.load.address}{path}", data=form)
                if answer.status_code < AGAIN:
                    return answer
            self.load.failed += 1
            time.sleep(PAUSE)
        return None

    def act(self, act: str, reference: str, path: str, **fields: Any) -> None:
        """Do something to a row that is there; note it once it is acknowledged."""
        answer = self.send(path.format(reference), **fields)
        if answer is None:
            return
        if answer.status_code == ACKNOWLEDGED and "dang-nhap" not in answer.headers["location"]:
            self.load.answers.append(Answer(act, reference))
        else:
            self.load.refused.append(Answer(act, reference))

    def find(self, sql: str, *values: object) -> str | None:
        """A row to work on, in no order; None while there is none, or no database."""
        with suppress(psycopg.Error):
            found = self.load.house.sql(f"{sql} ORDER BY random() LIMIT 1", *values)
            return str(found[0][0]) if found else None
        return None


def reports(person: Person, place: str) -> None:
    """A report with a doctor and a bed needed within the hour."""
    answer = person.send(
        "/bao-tin", place=place, danger_now=random.choice(("yes", "no")), needs=["doctor", "bed"],
        ring_back="0900 000 017", conflict="no", account="Tiếng kêu từ nhà bên.",
    )  # fmt: skip
    if answer is not None and answer.status_code == ACKNOWLEDGED:
        reference = answer.headers["location"].rsplit("/", 1)[1]
        person.load.answers.append(Answer("report", reference))
    elif answer is not None:
        person.load.refused.append(Answer("report", "none"))


# Who is quicker than the first text answers an alert that was never rung: nothing would be sent.
LATER = """
    AND EXISTS (SELECT FROM safekeeping_event e WHERE e.subject = x.reference
        AND e.topic = %s AND e.recorded_at < now() - interval '5 seconds')
"""


def claims(person: Person, place: str) -> None:
    """A worker takes a case on."""
    found = person.find(
        "SELECT x.reference FROM casework_case x WHERE x.state = 'DETECTED'"
        " AND x.recorded_at < now() - interval '5 seconds'"
    )
    if found:
        person.act("claim", found, "/ho-so/{}/nhan")


def answers(person: Person, place: str) -> None:
    """A worker answers an alert that rings in the committee."""
    found = person.find(
        "SELECT x.reference FROM hotline_alert x JOIN network_agency g ON g.id = x.agency_id"
        f" WHERE x.state = 'NOTIFIED' AND g.code = 'ubnd-12424' {LATER}", "alert.rung",
    )  # fmt: skip
    if found:
        person.act("answer", found, "/canh-bao/{}/nhan")


def accepts(person: Person, place: str) -> None:
    """A doctor accepts what was asked of the health centre."""
    found = person.find(
        "SELECT x.reference FROM referral_referral x JOIN network_agency g"
        " ON g.id = x.to_agency_id"
        f" WHERE x.state = 'SENT' AND g.code = 'ttyt-phucu' {LATER}", "referral.sent",
    )  # fmt: skip
    if found:
        person.act("accept", found, "/chuyen-tuyen/{}/nhan")


def holds(person: Person, place: str) -> None:
    """A keeper holds the beds that fit best; two of them race for the same."""
    if found := _in_need(person):
        person.act("hold", found, "/cho-o/{}/giu-cho", best="1")


def chooses(person: Person, place: str) -> None:
    """A keeper holds a bed chosen by hand, which another may just be taking."""
    bed = person.find(
        "SELECT x.reference FROM shelters_bed x JOIN shelters_shelter h ON h.id = x.shelter_id"
        " JOIN network_agency g ON g.id = h.agency_id WHERE g.code = 'tamlanh-dongtao'"
        " AND NOT EXISTS (SELECT FROM shelters_beduse u WHERE u.bed_id = x.id AND u.live)"
    )
    if bed and (found := _in_need(person)):
        person.act("hold", found, "/cho-o/{}/giu-cho", chosen=[bed])


def _in_need(person: Person) -> str | None:
    """A family that waits for a bed."""
    sql = f"SELECT x.reference FROM shelters_stay x WHERE x.state = 'REQUESTED' {LATER}"
    return person.find(sql, "stay.requested")


def frees(person: Person, place: str) -> None:
    """A keeper voids a hold, so that there are beds for the next."""
    found = person.find(
        "SELECT x.reference FROM shelters_stay x JOIN shelters_shelter h"
        " ON h.id = x.shelter_id JOIN network_agency g ON g.id = h.agency_id"
        f" WHERE x.state = 'HELD' AND g.code = 'tamlanh-dongtao' {LATER}", "stay.held",
    )  # fmt: skip
    if found:
        person.act("void", found, "/cho-o/{}/nhap-nham", reason="wrong_bed")


WORK: tuple[tuple[str, Callable[[Person, str], None]], ...] = (
    ("officer", reports), ("leader", reports), ("worker", claims), ("leader", answers),
    ("nurse", accepts), ("keeper", holds), ("second_keeper", holds), ("second_keeper", chooses),
    ("keeper", frees),
)  # fmt: skip


@contextmanager
def at_work(house: House, address: str, place: str) -> Iterator[Load]:
    """Let all work until the block ends; `place`: the commune as the form names it."""
    load = Load(house, address)
    cookies = {name: session_for(User.objects.get(username=name)) for name, _act in WORK}
    threads = [
        threading.Thread(target=_work, args=(load, name, act, place, cookies[name]), daemon=True)
        for name, act in WORK
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.ended.set()
        for thread in threads:
            thread.join(60)


def _work(load: Load, name: str, act: Callable[[Person, str], None], place: str, key: str) -> None:
    cookies = {settings.SESSION_COOKIE_NAME: key, settings.CSRF_COOKIE_NAME: CSRF}
    with httpx.Client(cookies=cookies, timeout=20) as client:
        person = Person(name, load, client)
        try:
            while not load.ended.wait(PAUSE):
                act(person, place)
        except Exception as fault:  # a drill in which nobody works proves nothing
            load.fallen.append(f"{name}, {act.__name__}: {fault!r}")
