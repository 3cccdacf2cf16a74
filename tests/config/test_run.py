"""`make run` with real processes: started, killed, started again, refused."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from config.embedded import BASE_DIR, Postgres

READY_SECONDS = 90
NAMES = ["figures", "sweep", "web", "worker"]


@dataclass
class House:
    """A running supervisor and what it said."""

    process: subprocess.Popen[bytes]
    said: Path
    port: int

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def child(self, word: str) -> psutil.Process:
        return next(c for c in self.children() if word in " ".join(c.cmdline()))

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data_dir: Path, port: int, *, said: str = "said", **changes: str) -> House:
    words = data_dir / said
    inherited = {k: v for k, v in os.environ.items() if k not in {"PGDATABASE", "MAI_AM_POOL"}}
    wanted = {"DATA_DIR": str(data_dir), "PORT": str(port), "MAI_AM_MODE": "test"}
    with words.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run"], cwd=BASE_DIR,
            env={**inherited, **wanted, "DJANGO_SETTINGS_MODULE": "config.settings"} | changes,
            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
    return House(process, words, port)


def wait(until: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return True
        time.sleep(0.1)
    return False


@contextmanager
def running(data_dir: Path) -> Iterator[House]:
    house = start(data_dir, free_port())
    try:
        assert wait(lambda: "ready" in house.said.read_text(), READY_SECONDS), (
            house.said.read_text()
        )
        yield house
    finally:
        house.process.terminate()
        house.process.wait(30)


def test_no_kill_leaves_anything_that_blocks_the_next_start(data_dir: Path) -> None:
    """First, on a folder in which nothing is; what it leaves behind serves the tests below."""
    with running(data_dir) as first:
        children = first.children()
        first.process.kill()
        assert not psutil.wait_procs(children, timeout=15)[1]
    with running(data_dir) as second:
        second.process.kill()
        postmaster_of(data_dir).kill()
    with running(data_dir) as third:
        children = third.children()
        assert third.answers()

        third.process.send_signal(signal.SIGINT)

        assert third.process.wait(20) == 0
    assert not psutil.wait_procs(children, timeout=0)[1]
    assert not Postgres(data_dir / "postgres").is_running()
    assert third.said.read_text().endswith("stopped\n")


@pytest.fixture(scope="module")
def house(data_dir: Path) -> Iterator[House]:
    with running(data_dir) as house:
        yield house


@pytest.mark.parametrize("word", ["uvicorn", "procrastinate", "sweep"])
def test_a_killed_process_is_started_again(house: House, word: str) -> None:
    killed = house.child(word)
    time.sleep(1)

    killed.kill()

    assert wait(lambda: len(house.children()) == len(NAMES) and not killed.is_running())
    assert wait(house.answers)


def test_a_killed_database_is_started_again(house: House, data_dir: Path) -> None:
    server = Postgres(data_dir / "postgres")
    killed = postmaster_of(data_dir)

    killed.kill()

    assert wait(lambda: not killed.is_running() and server.is_running())
    assert wait(lambda: answers_a_question(server))
    assert wait(house.answers)


def answers_a_question(server: Postgres) -> bool:
    try:
        with server.connect(database="mai_am") as db:
            return db.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_a_second_one_on_the_same_data_is_refused(house: House, data_dir: Path) -> None:
    said = refusal(start(data_dir, free_port(), said="second"))

    assert said.startswith("Mái Ấm cannot start: it already runs on")
    assert f"http://127.0.0.1:{house.port}" in said


def postmaster_of(data_dir: Path) -> psutil.Process:
    pid_file = data_dir / "postgres" / "data" / "postmaster.pid"
    return psutil.Process(int(pid_file.read_text().split()[0]))


def refusal(house: House) -> str:
    assert house.process.wait(60) == 1
    return house.said.read_text().strip().splitlines()[-1]


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        said = refusal(start(tmp_path, other.getsockname()[1]))

    assert "is taken by another program" in said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT must be a number"),
        ({"MAI_AM_MODE": "production", "SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "database does not answer"),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_one_sentence(
    tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    house = start(tmp_path, free_port(), **changes)

    said = refusal(house)

    assert sentence in said
