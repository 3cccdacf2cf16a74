"""Backups: the whole database in one sealed archive, and back again into an empty one.

The key ring is never inside: without its copy an archive is noise. What a restore ends with is
proven: the chain verifies, every data key opens, and later erasures are done again.
"""

import os
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.db import connection

from config import embedded
from safekeeping import archives, keys
from safekeeping.errors import Unreadable
from safekeeping.keyring import KeyRing

# Who was signed in is no business of a restored house.
WITHOUT_ROWS = ("django_session",)
TOO_NEW = b"SET transaction_timeout = 0;\n"
PART = ".part"  # what the name of a backup ends in until it is complete
LEFT_AFTER = timedelta(days=1)
GZIP = 31  # zlib's word for "with gzip's head"


class BackupRefused(Exception):
    """No backup was made, or none restored; the text is one sentence for a person."""


def backup(target: Path, *, now: datetime) -> None:
    """Write a sealed archive of the whole database; the name appears when it is complete.

    Raises BackupRefused, KeysUnavailable.
    """
    ring = keys.ring()
    facts: archives.Facts = {"made": now.isoformat(), "server": server_version()}
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(target.name + PART)
    _clear(target.parent, now)
    try:
        with _private(part) as archive, _dumping() as dump:
            archives.seal(cast(BinaryIO, dump), archive, facts=facts, ring=ring)
            archive.flush()
            os.fsync(archive.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _clear(folder: Path, now: datetime) -> None:
    """Parts that killed backups left, before they fill the disk; not what somebody writes now."""
    for left in folder.glob(f"mai-am-*{PART}"):
        if left.stat().st_mtime < (now - LEFT_AFTER).timestamp():
            left.unlink()


def restore(source: Path) -> archives.Facts:
    """Fill the empty database from an archive, wholly or not at all; returns the archive's facts.

    Raises BackupRefused, Unreadable, KeysUnavailable.
    """
    ring = keys.ring()
    with source.open("rb") as archive:
        head = archives.read_head(archive)
        _require_fits(_maker_of(head))
        _require_empty()
        _load(archive, head, ring)
    return head.facts


def server_version() -> int:
    """The major version of the database server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def _maker_of(head: archives.Head) -> int:
    """The server's version; the head is not proven yet, so it may say anything."""
    try:
        return int(head.facts["server"])
    except (KeyError, ValueError, TypeError):
        raise Unreadable from None


def _require_fits(made_by: int) -> None:
    ours = server_version()
    if made_by > ours:
        raise BackupRefused(
            f"The backup was made by PostgreSQL {made_by}, this server is {ours}: "
            f"restore it into {made_by} or newer."
        )


def _require_empty() -> None:
    if connection.introspection.table_names():
        raise BackupRefused(
            "The database is not empty: restore into a new DATA_DIR or an empty database."
        )


def _load(archive: BinaryIO, head: archives.Head, ring: KeyRing) -> None:
    """Feed verified SQL to psql in one transaction; an unreadable chunk ends it unfinished."""
    connection.close()
    loading = _program(
        "psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction",
        "--set=ON_ERROR_STOP=1", stdin=subprocess.PIPE,
    )  # fmt: skip
    assert loading.stdin is not None
    try:
        for text in _sql(archives.unseal(archive, head, ring=ring)):
            loading.stdin.write(text)
    except BrokenPipeError:
        pass  # it says why below
    except BaseException:
        loading.kill()
        loading.communicate()
        raise
    _finish(loading)


def _sql(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The dump as text, less the one setting of its head that older servers do not know."""
    unpack = zlib.decompressobj(wbits=GZIP)
    for number, chunk in enumerate(chunks):
        text = unpack.decompress(chunk)
        yield text.replace(TOO_NEW, b"", 1) if number == 0 else text


@contextmanager
def _dumping() -> Iterator[IO[bytes]]:
    rows_left_out = [f"--exclude-table-data={table}" for table in WITHOUT_ROWS]
    # The owner sees every row by a policy; pg_dump must be told that policies are meant.
    dump = _program("pg_dump", "--format=plain", "--compress=gzip", "--no-owner",
                    "--enable-row-security", *rows_left_out, stdout=subprocess.PIPE)  # fmt: skip
    assert dump.stdout is not None
    yield dump.stdout
    _finish(dump)


def _program(name: str, *words: str, **pipes: Any) -> subprocess.Popen[bytes]:
    login = embedded.settings_for("owner")
    where = {
        "PGHOST": login["HOST"], "PGPORT": str(login["PORT"] or ""), "PGUSER": login["USER"],
        "PGPASSWORD": login["PASSWORD"] or "", "PGDATABASE": login["NAME"],
    }  # fmt: skip
    set_ones = {key: value for key, value in where.items() if value}
    return subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs, no shell
        [str(embedded.binary(name)), f"--dbname={login['NAME']}", *words],
        env={**os.environ, **set_ones}, stderr=subprocess.PIPE, **pipes,
    )  # fmt: skip


def _finish(program: subprocess.Popen[bytes]) -> None:
    _, complaint = program.communicate()
    if program.returncode:
        lines = complaint.decode(errors="replace").strip().splitlines()
        raise BackupRefused(f"PostgreSQL's own program failed: {(lines or ['no reason'])[0]}")


def _private(path: Path) -> BinaryIO:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
