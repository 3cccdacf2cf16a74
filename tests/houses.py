"""A house of a test's own: a server and a DATA_DIR that may be stopped and killed.

The suite's server is shared by all tests; whoever restarts PostgreSQL needs another one.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from django.db import connection

from config import embedded
from safekeeping import canary, keys
from safekeeping.keyring import FileSource
from tests.conftest import KEPT


@dataclass(frozen=True)
class House:
    """`home`: its DATA_DIR. While it stands, this process's ORM reads and writes its database."""

    home: Path
    server: embedded.Postgres
    ring: FileSource

    def environment(self, **more: str) -> dict[str, str]:
        """What a process needs to belong to this house and to no other."""
        apart = {"PGDATABASE", "MAI_AM_POOL", "MAI_AM_FAST_DATABASE"}
        here = {
            "DATA_DIR": str(self.home), "MAI_AM_MODE": "test", "MAI_AM_SUPERVISED": "1",
            "KEY_RING_FILE": str(self.ring.path), "DJANGO_SETTINGS_MODULE": "config.settings",
            "CHAIN_ANCHOR_FILE": str(self.home / "anchors.log"),
            "ERASURE_LEDGER": str(self.home / "erasures.log"),
        }  # fmt: skip
        return {k: v for k, v in os.environ.items() if k not in apart} | here | more

    def postmaster(self) -> psutil.Process:
        """The server's first process: with its death every session is gone."""
        pid_file = self.server.data / "postmaster.pid"
        return psutil.Process(int(pid_file.read_text().split()[0]))

    def start_again(self) -> None:
        """Start the server; this process's own connection to the former one is let go."""
        self.server.start()
        connection.close()

    def sql(self, text: str, *values: object) -> list[Any]:
        """Read as the superuser, past every policy: what is really there."""
        with self.server.connect(database=embedded.NAME) as db:
            return list(db.execute(text, values).fetchall())


@contextmanager
def own_house(home: Path, ring: FileSource, blocker: Any, *, fast: bool) -> Iterator[House]:
    """Stand one up with this test database's tables, empty; `fast`: it may forget on a kill."""
    house = House(home, embedded.Postgres(home / "postgres", fast=fast), ring)
    with house.server.used():
        _furnish(house)
        with blocker.unblock(), _moved_to(house.server):
            canary.leave_canaries(keys.ring())
            yield house


def _furnish(house: House) -> None:
    """Tables copied from the suite's database, which is quicker; by migration if there is none."""
    if not _program("psql", *_suite(), "--tuples-only", "--command", "\\dt django_migrations"):
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, cwd=embedded.BASE_DIR, env=house.environment(), check=True)
        return
    rows = (f"--table={name}" for name in KEPT)
    _load(house.server, _program("pg_dump", *_suite(), "--schema-only"))
    _load(house.server, _program("pg_dump", *_suite(), "--data-only", *rows))


@contextmanager
def _moved_to(server: embedded.Postgres) -> Iterator[None]:
    """Let Django's connection of this process lead to another server, as the app role."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        HOST=str(server.socket), PORT="", NAME=embedded.NAME, USER="mai_am_app", PASSWORD=""
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _suite() -> list[str]:
    """How programs reach the suite's database."""
    login, name = embedded.settings_for("owner"), str(connection.settings_dict["NAME"])
    where = {"host": login["HOST"], "port": login["PORT"], "username": login["USER"]}
    return [f"--{key}={value}" for key, value in where.items() if value] + [f"--dbname={name}"]


def _load(server: embedded.Postgres, text: bytes) -> None:
    _program(
        "psql", "--no-psqlrc", "--quiet", "--host", str(server.socket), "--username", "postgres",
        "--dbname", embedded.NAME, "--set=ON_ERROR_STOP=1", "--output=/dev/null", given=text,
    )  # fmt: skip


def _program(name: str, *words: str, given: bytes = b"") -> bytes:
    password = str(embedded.settings_for("owner")["PASSWORD"])
    done = subprocess.run(
        [str(embedded.binary(name)), *words], input=given, capture_output=True, check=False,
        env={**os.environ, "PGPASSWORD": password},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.strip()
