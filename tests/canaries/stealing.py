"""What a thief takes: the database as it is dumped, as it lies on the disk, and every session."""

import os
import subprocess
from pathlib import Path

import psycopg
from django.contrib.sessions.models import Session
from django.db import connection

from config import embedded
from tests.canaries import scan


def stolen() -> bytes:
    """Everything there is, in plain SQL, read as the superuser."""
    connection.close()
    login = embedded.settings_for("owner")
    user = "postgres" if embedded.is_embedded() else login["USER"]
    where = {
        "PGHOST": login["HOST"], "PGPORT": str(login["PORT"] or ""), "PGUSER": user,
        "PGPASSWORD": login["PASSWORD"] or "",
    }  # fmt: skip
    command = [embedded.binary("pg_dump"), "--enable-row-security", "--inserts"]
    return subprocess.run(
        [*map(str, command), connection.settings_dict["NAME"]],
        env={**os.environ, **{k: v for k, v in where.items() if v}},
        capture_output=True, check=True,
    ).stdout  # fmt: skip


def sessions() -> bytes:
    """Every session as it reads."""
    return repr([session.get_decoded() for session in Session.objects.all()]).encode()


def on_disk(since: float, word: str) -> dict[str, set[str]]:
    """What the database's own files say: tables, write-ahead log, its words."""
    login = embedded.settings_for("owner")
    with psycopg.connect(host=login["HOST"], user="postgres", dbname="postgres", autocommit=True,
                         port=login["PORT"] or None) as db:  # fmt: skip
        db.execute("CHECKPOINT")
        folder = Path(str(db.execute("SHOW data_directory").fetchone()[0]))  # type: ignore[index]
    return scan.hits_below(folder, [word], since=since)
