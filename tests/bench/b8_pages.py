"""B8: five pages under load, by gunicorn as deployed and by uvicorn as in `make run`.

Beside each a bare Django page on the same kind of server: signed in, 25 rows of one query, as many
bytes and as many pieces of text. Both are asked by the same clients, over kept connections, with
gzip as browsers ask.
"""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework import actions
from casework.models import Case, Report
from casework.reports import Facts, Sealed
from config import embedded
from config.embedded import BASE_DIR
from config.run import die_with_parent
from network import registry
from network.models import User
from safekeeping import rls
from tests.bench import world
from tests.bench.measuring import Figure, Found, rate, take_turns
from tests.browser.serving import free_port
from tests.browser.sessions import session_for

BARE = "bench_bare"
CLIENTS = 4
AT_NIGHT = "ngoài ca trực"  # pages are served now, and her shift is over at seven
TEXT = re.compile(rb">\s*[^<\s]")  # one piece of it: a label, a value, a sentence


@dataclass(frozen=True)
class Size:
    cases: int = 30
    requests: int = 40
    rounds: int = 3
    servers: tuple[str, ...] = ("gunicorn", "uvicorn")


FULL, TINY = Size(), Size(cases=2, requests=4, rounds=1, servers=("uvicorn",))


@dataclass(frozen=True)
class Page:
    """One page of the house: its address, who looks at it, and what is to be seen there."""

    name: str
    path: str
    session: str
    bytes: int
    texts: int
    statements: int


def run(size: Size) -> Found:
    """Make cases, serve, ask."""
    pages = _pages(size.cases)
    figures = [
        Figure("B8", f"{page.name}: statements", str(page.statements), "–", page.statements, 12)
        for page in pages
    ]
    weights: dict[str, float] = {}
    with _bare_database(pages) as (bare_database, bare_session):
        for kind in size.servers:
            with ExitStack() as running:
                ours = running.enter_context(_served(OURS[kind], _our_environment()))
                bare = running.enter_context(_served(BARES[kind], bare_database))
                for number, page in enumerate(pages):
                    looks = {
                        "ours": Look(ours, page.path, f"s={page.session}; l=vi"),
                        "bare": Look(bare, f"/{number}", f"sessionid={bare_session}"),
                    }
                    weights[page.name] = len(looks["bare"].once(gzip=False)) / page.bytes
                    figures.append(_figure(kind, page, looks, size))
    statements = {page.name: page.statements for page in pages}
    return Found(figures, {"pages": statements, "bare weighs": weights})


def _figure(kind: str, page: Page, looks: dict[str, "Look"], size: Size) -> Figure:
    taken = take_turns(
        size.rounds,
        {name: lambda look=look: look.often(size.requests) for name, look in looks.items()},
    )
    return Figure(
        "B8", f"{page.name}, {kind} : a bare page", rate(size.requests, taken["ours"]),
        rate(size.requests, taken["bare"]), taken["bare"] / taken["ours"], 0.6, at_most=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Look:
    """A page of a server, asked for by somebody. Raises unless it comes back whole."""

    port: int
    path: str
    cookie: str

    def often(self, times: int) -> None:
        """Ask so often, four at a time."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(self._client, [times // CLIENTS] * CLIENTS))

    def _client(self, times: int) -> None:
        with closing(self._line()) as line:
            for _ in range(times):
                self._ask(line, gzip=True)

    def once(self, *, gzip: bool) -> bytes:
        """The page."""
        with closing(self._line()) as line:
            return self._ask(line, gzip=gzip)

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def _ask(self, line: http.client.HTTPConnection, *, gzip: bool) -> bytes:
        headers = {"Cookie": self.cookie, "Host": f"localhost:{self.port}"}
        line.request(
            "GET", self.path, headers=headers | ({"Accept-Encoding": "gzip"} if gzip else {})
        )
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{self.path} answered {answer.status}")
        return body


# What is looked at


def _pages(cases: int) -> list[Page]:
    case = _cases(cases)
    looked_at = (
        ("report form", reverse("casework:report"), "dung"),
        ("my work", reverse("casework:my_work"), "hanh"),
        ("queue", reverse("referral:queue"), "chau"),
        ("case page", reverse("casework:case", args=[case.reference]), "hanh"),
        ("bed board", reverse("shelters:board"), "van"),
    )
    return [_page(*one) for one in looked_at]


def _page(name: str, path: str, username: str) -> Page:
    session = session_for(User.objects.get(username=username))
    client = Client(HTTP_HOST="localhost")
    client.cookies["s"], client.cookies["l"] = session, "vi"
    client.get(path)
    with CaptureQueriesContext(connection) as said:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    texts = len(TEXT.findall(answer.content))
    return Page(name, path, session, len(answer.content), texts, len(said))


def _cases(count: int) -> Case:
    """Reports of the last minutes that need a doctor; a worker has taken each, at any hour."""
    officer, worker, doctor_asked = world.actor("dung"), world.actor("hanh"), ("doctor",)
    now = timezone.now() - timedelta(minutes=count)
    for _ in range(count):
        now += timedelta(seconds=30)
        facts = Facts(
            place=registry.unit_on(world.PLACE, registry.localdate(now)), danger_now="no",
            conflict="no", needs=doctor_asked, tracks=("domestic",), sex="female",
        )  # fmt: skip
        with rls.acting(actor=officer, now=now):
            made = actions.report_case(
                actor=officer, facts=facts, sealed=Sealed(account="…"), now=now
            )
            case_id = Report.objects.values_list("case_id", flat=True).get(reference=made)
        with rls.acting(actor=worker, now=now):
            case: Case = Case.objects.get(pk=case_id)
            actions.claim_case(actor=worker, reference=case.reference, now=now, overriding=AT_NIGHT)
    return case


# Servers

_GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py")
_UVICORN = (
    sys.executable, "-m", "uvicorn", "--lifespan", "off", "--log-level", "warning",
    "--no-server-header",
)  # fmt: skip
OURS = {
    "gunicorn": (*_GUNICORN, "config.wsgi"),
    "uvicorn": (*_UVICORN, "config.asgi:application"),
}
BARES = {
    "gunicorn": (*_GUNICORN, "tests.bench.bare"),
    "uvicorn": (*_UVICORN, "tests.bench.bare:asgi"),
}


def _our_environment() -> dict[str, str]:
    return {"MAI_AM_POOL": "1", "PGDATABASE": str(connection.settings_dict["NAME"])}


@contextmanager
def _served(command: tuple[str, ...], more: dict[str, str]) -> Iterator[int]:
    """A server for the block; its port."""
    port = free_port()
    if "uvicorn" in command:
        command = (*command, "--host", "127.0.0.1", "--port", str(port))
    server = subprocess.Popen(
        command, cwd=BASE_DIR, stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - as config.run does
        env={**os.environ, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "2",
             "PORT": str(port), **more},
    )  # fmt: skip
    try:
        _wait(server, port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with closing(line), suppress(OSError):
            line.request("GET", "/lich", headers={"Host": f"localhost:{port}"})
            line.getresponse().read()
            return
        time.sleep(0.1)
    raise RuntimeError("a server did not answer")


@contextmanager
def _bare_database(pages: list[Page]) -> Iterator[tuple[dict[str, str], str]]:
    """A database beside ours with rows for as many bare pages; its environment and a session."""
    login = embedded.settings_for("owner")
    with psycopg.connect(
        host=login["HOST"], user=login["USER"], dbname="postgres", autocommit=True
    ) as db:
        name = f"{BARE}_{uuid4().hex[:6]}"
        db.execute(f"CREATE DATABASE {name}")
        reach = {"BARE_DATABASE": name, "BARE_HOST": login["HOST"], "BARE_USER": login["USER"]}
        try:
            made = subprocess.run(
                [sys.executable, "-m", "tests.bench.bare",
                 *(f"{page.bytes}:{page.texts}" for page in pages)],
                cwd=BASE_DIR, check=True, env={**os.environ, **reach},
                capture_output=True, text=True,
            )  # fmt: skip
            yield reach, made.stdout.strip()
        finally:
            db.execute(f"DROP DATABASE {name} (FORCE)")
