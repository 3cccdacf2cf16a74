"""A house of its own for commands that serve, guard, back up and restore: real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.embedded import BASE_DIR, Postgres

KEPT = ("PATH", "HOME", "LANG", "PYTHONPYCACHEPREFIX")


@dataclass
class House:
    """A DATA_DIR with its running embedded server."""

    home: Path
    server: Postgres

    def manage(self, *words: object, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run one `manage.py` command here."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        here = {"DATA_DIR": str(self.home), "MAI_AM_MODE": "test", "MAI_AM_SUPERVISED": "1"}
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, words)], cwd=BASE_DIR, check=False,
            env={**kept, **here, **changes}, capture_output=True, text=True,
        )  # fmt: skip

    def sql(self, text: str) -> None:
        """Run SQL as the superuser: what a wrong hand could do to a database."""
        with self.server.connect(database="mai_am") as db:
            db.execute(text)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Set up once, with one sealed subject in it."""
    home = tmp_path_factory.mktemp("guarded")
    server = Postgres(home / "postgres", fast=True)
    with server.used():
        house = House(home, server)
        made = house.manage("setup")
        assert made.returncode == 0, made.stderr
        assert "New keys were made" in made.stderr
        sealed = house.manage(
            "shell", "-v0", "-c", "from safekeeping import keys; print(keys.create_subject())"
        )
        assert sealed.returncode == 0, sealed.stderr
        yield house
