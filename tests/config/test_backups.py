"""Backups are sealed, come back whole or not at all, and are proven."""

import errno
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config import backups
from config.embedded import Postgres
from safekeeping import archives, keys
from safekeeping.errors import Unreadable
from tests.config.conftest import House
from tests.conftest import NOW


@pytest.fixture(scope="module")
def archive(house: House) -> Path:
    target = house.home / "backups" / "tonight.backup"
    done = house.manage("backup", target)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def empty_house(house: House, tmp_path: Path) -> Iterator[House]:
    """Another DATA_DIR, with a copy of the key ring."""
    (tmp_path / "keys").mkdir(mode=0o700)
    shutil.copy2(house.home / "keys" / "ring.json", tmp_path / "keys" / "ring.json")
    server = Postgres(tmp_path / "postgres", fast=True)
    with server.used():
        yield House(tmp_path, server)


def tables(house: House) -> int:
    with house.server.connect(database="mai_am") as db:
        row = db.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    return int(row[0])


def test_an_archive_is_private_and_shows_nothing(archive: Path) -> None:
    content = archive.read_bytes()

    assert archive.stat().st_mode & 0o777 == 0o600
    assert b"casework_case" not in content
    assert not list(archive.parent.glob("*.part"))


@pytest.mark.parametrize("facts", [{}, {"server": "x"}, {"server": None}], ids=str)
def test_a_head_that_says_nothing_sensible_is_unreadable(tmp_path: Path, facts: Any) -> None:
    forged = tmp_path / "forged.backup"
    with forged.open("wb") as target:
        archives.seal(io.BytesIO(b""), target, facts=facts, ring=keys.ring())

    with pytest.raises(Unreadable):
        backups.restore(forged)


def test_a_restored_house_is_proven_and_may_serve(archive: Path, empty_house: House) -> None:
    done = empty_house.manage("restore", archive)

    assert done.returncode == 0, done.stderr
    assert "1 data keys open" in done.stdout
    assert empty_house.manage("guard").returncode == 0


def test_a_house_with_rows_is_not_overwritten(archive: Path, house: House) -> None:
    done = house.manage("restore", archive)

    assert done.returncode == 1
    assert "The database is not empty" in done.stderr


def test_without_the_key_ring_nothing_is_restored(archive: Path, empty_house: House) -> None:
    lost = str(empty_house.home / "lost.json")

    done = empty_house.manage("restore", archive, KEY_RING_FILE=lost)

    assert done.returncode == 1
    assert "key ring" in done.stderr
    assert tables(empty_house) == 0


def test_a_cut_archive_leaves_the_database_empty(archive: Path, empty_house: House) -> None:
    cut = empty_house.home / "cut.backup"
    cut.write_bytes(archive.read_bytes()[:-1])

    done = empty_house.manage("restore", cut)

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: Not restored:")
    assert tables(empty_house) == 0


def test_a_backup_of_a_newer_server_is_refused_in_one_sentence(
    archive: Path, empty_house: House
) -> None:
    newer = empty_house.home / "newer.backup"
    newer.write_bytes(archive.read_bytes().replace(b'"server": 18', b'"server": 99', 1))

    done = empty_house.manage("restore", newer)

    assert done.returncode == 1
    assert "was made by PostgreSQL 99, this server is 18" in done.stderr


@pytest.fixture
def dump(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dump that needs no server."""
    monkeypatch.setattr(backups, "_dumping", lambda: nullcontext(io.BytesIO(b"x")))
    monkeypatch.setattr(backups, "server_version", lambda: 18)


@pytest.mark.usefixtures("dump")
def test_a_backup_that_fails_leaves_no_part_to_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archives, "seal", full)

    with pytest.raises(OSError, match="No space"):
        backups.backup(tmp_path / "mai-am-tonight.backup", now=NOW)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("dump")
def test_a_part_that_a_killed_backup_left_goes_a_day_later(tmp_path: Path) -> None:
    left, written = tmp_path / "mai-am-1.backup.part", tmp_path / "mai-am-2.backup.part"
    for part, hours in ((left, 25), (written, 1)):
        part.write_bytes(b"x")
        at = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(part, (at, at))

    backups.backup(tmp_path / "mai-am-3.backup", now=NOW)

    assert {one.name for one in tmp_path.iterdir()} == {"mai-am-2.backup.part", "mai-am-3.backup"}


def test_an_unwritable_place_is_refused_in_one_sentence(house: House) -> None:
    done = house.manage("backup", "/proc/tonight.backup")

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: No backup was made:")
