"""B8: five pages under load, by gunicorn as deployed and by uvicorn as in `make run`.

Beside each a bare Django page on the same kind of server: signed in, 25 rows of one query, as many
bytes. Both are asked by the same clients, over kept connections, with gzip as browsers ask.
"""

import http.client
import os
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


@dataclass(frozen=True)
class Size:
    cases: int = 30
    requests: int = 40
    rounds: int = 3
    servers: tuple[str, ...] = ("gunicorn", "uvicorn")


FULL, TINY = Size(), Size(cases=2, requests=4, rounds=1, servers=("uvicorn",))


@dataclass(frozen=True)
class Page:
    """One page of the house: its address and who looks at it."""

    name: str
    path: str
    session: str
    bytes: int
    statements: int


def run(size: Size) -> Found:
    """Make cases, serve, ask."""
    pages = _pages(size.cases)
    figures = [
        Figure("B8", f"{page.name}: statements", str(page.statements), "–", page.statements, 12)
        for page in pages
    ]
    with _bare_database() as (bare_database, bare_session):
        for kind in size.servers:
            with ExitStack() as running:
                ours = running.enter_context(_served(OURS[kind], _our_environment()))
                bare = running.enter_context(_served(BARES[kind], bare_database))
                figures += [_figure(kind, page, ours, bare, bare_session, size) for page in pages]
    return Found(figures, {"pages": {page.name: page.statements for page in pages}})


def _figure(kind: str, page: Page, ours: int, bare: int, bare_session: str, size: Size) -> Figure:
    taken = take_turns(
        size.rounds,
        {
            "ours": lambda: ask(ours, page.path, f"s={page.session}; l=vi", size.requests),
            "bare": lambda: ask(bare, f"/{page.bytes}", f"sessionid={bare_session}", size.requests),
        },
    )
    return Figure(
        "B8", f"{page.name}, {kind} : a bare page", rate(size.requests, taken["ours"]),
        rate(size.requests, taken["bare"]), taken["bare"] / taken["ours"], 0.6, at_most=False,
    )  # fmt: skip


def ask(port: int, path: str, cookie: str, times: int) -> None:
    """Ask for a page so often, four at a time. Raises unless each comes back whole."""
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Host": f"localhost:{port}"}

    def client(share: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(share):
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
        line.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, [times // CLIENTS] * CLIENTS))


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
    return Page(name, path, session, len(answer.content), len(said))


def _cases(count: int) -> Case:
    """Reports of the last minutes that need a doctor; a worker has taken each."""
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
            actions.claim_case(actor=worker, reference=case.reference, now=now)
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
def _bare_database() -> Iterator[tuple[dict[str, str], str]]:
    """A database beside ours with the bare project's tables; its environment and a session."""
    login = embedded.settings_for("owner")
    with psycopg.connect(
        host=login["HOST"], user=login["USER"], dbname="postgres", autocommit=True
    ) as db:
        name = f"{BARE}_{uuid4().hex[:6]}"
        db.execute(f"CREATE DATABASE {name}")
        reach = {"BARE_DATABASE": name, "BARE_HOST": login["HOST"], "BARE_USER": login["USER"]}
        try:
            made = subprocess.run(
                [sys.executable, "-m", "tests.bench.bare"], cwd=BASE_DIR, check=True,
                env={**os.environ, **reach}, capture_output=True, text=True,
            )  # fmt: skip
            yield reach, made.stdout.strip()
        finally:
            db.execute(f"DROP DATABASE {name} (FORCE)")
