"""Open pages of two web processes hear of a change, and hear again after the database restarts."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from hotline.consumers import NOT_YOURS, SECONDS_BETWEEN_LOOKS
from hotline.gateways import live
from network.models import Agency, Membership, User
from safekeeping.keyring import FileSource
from tests.browser.serving import served
from tests.browser.sessions import session_for
from tests.houses import House, own_house
from tests.shelters.conftest import load, make_case

PATIENCE = 60  # seconds before a test gives up; how soon it comes is no matter of a test


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
    key_ring: FileSource,
) -> Iterator[House]:
    home = tmp_path_factory.mktemp("sockets")
    with own_house(home, key_ring, django_db_blocker, fast=False) as house:
        load()
        yield house


@pytest.fixture(scope="module")
def webs(house: House) -> Iterator[list[str]]:
    """Two web processes on one database, pooled as in life."""
    with ExitStack() as running:
        here = house.environment(MAI_AM_POOL="1")
        yield [running.enter_context(served(**here)) for _ in range(2)]


@contextmanager
def socket(web: str, cookie: str, *, origin: str | None = None) -> Iterator[ClientConnection]:
    with connect(
        web.replace("http", "ws") + "/ws/live",
        origin=origin or web,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
        open_timeout=PATIENCE,
    ) as line:
        yield line


Listen = Callable[..., list[ClientConnection]]


@pytest.fixture
def listen(webs: list[str]) -> Iterator[Listen]:
    """`listen(cookie)`: a socket of the same browser in each process."""
    with ExitStack() as open_lines:
        yield lambda cookie: [open_lines.enter_context(socket(web, cookie)) for web in webs]


def cookie_of(name: str) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={session_for(User.objects.get(username=name))}"


def heard(line: ClientConnection) -> tuple[str, str]:
    """The next thing said on a line."""
    said = json.loads(line.recv(timeout=PATIENCE))
    return said["kind"], said["reference"]


def closed_with(line: ClientConnection) -> int | None:
    """Hear a line to its end; the code that it was closed with."""
    try:
        while True:
            line.recv(timeout=PATIENCE)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def say_to(agency: str) -> tuple[str, str]:
    """Something of our own to one agency: what is heard before it, was said before it."""
    said = "mark", str(uuid4())
    with transaction.atomic():
        live.push(live.group_of_agency(Agency.objects.get(code=agency).pk), *said)
    return said


def test_a_change_is_heard_in_both_processes_and_by_nobody_else(listen: Listen) -> None:
    lines, strange = listen(cookie_of("worker")), listen(cookie_of("stranger_worker"))

    make_case(at=timezone.now())
    last = say_to("ubnd-12070")

    assert [heard(line)[0] for line in lines] == ["alert", "alert"]
    assert [heard(line) for line in strange] == [last, last]


def test_nothing_is_heard_of_what_was_rolled_back(listen: Listen) -> None:
    lines = listen(cookie_of("worker"))
    with transaction.atomic():
        say_to("ubnd-12424")
        transaction.set_rollback(True)

    last = say_to("ubnd-12424")

    assert [heard(line) for line in lines] == [last, last]


def test_what_is_not_ours_deafens_nobody(house: House, listen: Listen) -> None:
    lines = listen(cookie_of("worker"))

    for junk in ("not of ours", "[]", '["agency.1"]', '["no group!", {}]', '["agency.1", 5]'):
        house.sql("SELECT pg_notify(%s, %s)", live.CHANNEL, junk)
    last = say_to("ubnd-12424")

    assert [heard(line) for line in lines] == [last, last]


@pytest.mark.parametrize("way", ["no session", "unknown session", "another site"])
def test_a_stranger_gets_no_socket(webs: list[str], house: House, way: str) -> None:
    cookie = {"no session": "", "unknown session": "s=" + "a" * 32}.get(way)
    origin = "https://elsewhere.example" if way == "another site" else None

    with (
        pytest.raises(InvalidStatus) as refused,
        socket(webs[0], cookie_of("worker") if cookie is None else cookie, origin=origin),
    ):
        pass

    assert refused.value.response.status_code == 403


@pytest.fixture(scope="module")
def overheard(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A web process, and the file of all that it says."""
    said = tmp_path_factory.mktemp("said") / "words"
    with served(said, **house.environment()) as web:
        yield web, said


@pytest.mark.parametrize("origin", ["http://[", "http://localhost:port", "http://localhost:70000"])
def test_an_origin_that_cannot_be_read_is_a_foreign_one(
    overheard: tuple[str, Path], origin: str
) -> None:
    web, said = overheard
    before = said.read_text()

    with pytest.raises(InvalidStatus) as refused, socket(web, cookie_of("worker"), origin=origin):
        pass

    assert refused.value.response.status_code == 403
    assert said.read_text() == before


def killed(house: House) -> None:
    house.postmaster().kill()
    house.start_again()


def away(house: House) -> None:
    """Longer than sockets look, and than a pool waits before it tries a second and third time."""
    house.server.stop()
    time.sleep(SECONDS_BETWEEN_LOOKS * 2)
    house.start_again()


@pytest.mark.parametrize("lose", [killed, away])
def test_after_a_restart_all_hear_and_read_again(
    house: House, webs: list[str], listen: Listen, lose: Callable[[House], None]
) -> None:
    cookie = cookie_of("worker")
    lines = listen(cookie)
    assert [status_of(web, cookie) for web in webs] == [200, 200]

    lose(house)

    assert [heard(line) for line in lines] == [("again", "")] * len(lines)
    assert [status_of(web, cookie) for web in webs] == [200, 200]
    last = say_to("ubnd-12424")
    assert [heard_last(line) for line in lines] == [last, last]


def heard_last(line: ClientConnection) -> tuple[str, str]:
    """What is heard after the calls to read again: one for each group of the line."""
    while (said := heard(line)) == ("again", ""):
        pass
    return said


def status_of(web: str, cookie: str) -> int:
    """The status of a page that reads itself again."""
    request = urllib.request.Request(f"{web}/canh-bao", headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return int(answer.status)


@pytest.mark.parametrize("lose", [None, away])
def test_an_ended_membership_closes_the_socket_though_the_database_was_away(
    house: House, listen: Listen, lose: Callable[[House], None] | None
) -> None:
    lines = listen(cookie_of("leader"))
    if lose is not None:
        lose(house)

    held = Membership.objects.filter(user__username="leader")
    ends = dict(held.values_list("pk", "ends"))
    held.update(ends=timezone.now())

    assert [closed_with(line) for line in lines] == [NOT_YOURS, NOT_YOURS]
    for pk, end in ends.items():
        Membership.objects.filter(pk=pk).update(ends=end)
