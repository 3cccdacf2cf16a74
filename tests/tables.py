"""The tables of the test database as their owner: emptied, taken as they lie, laid back."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from config import embedded

KEPT = ("django_migrations", "django_content_type", "auth_permission")
Rows = dict[str, bytes]  # table → its rows, as COPY writes them
DB = psycopg.Connection[Any]
lying: Rows | None = None  # those of the world that stands (tests/worlds.py)


def as_owner() -> DB:
    """A connection of the owner to this worker's test database."""
    login, here = embedded.settings_for("owner"), connection.settings_dict
    return psycopg.connect(
        host=login["HOST"],
        port=login["PORT"] or None,
        user=login["USER"],
        password=login["PASSWORD"] or None,
        dbname=here["NAME"],
    )


def empty() -> None:
    """Empty every table in one transaction, the append-only ones too; reference data stays."""
    global lying  # noqa: PLW0603 - as there is one database
    lying = None
    connection.close()
    with as_owner() as db, _still(db, _filled(db)) as filled:
        for table in filled:
            db.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    # Heads and erasures of what is gone: else the next chain looks rolled back.
    for beside in (settings.CHAIN_ANCHORS["file"], settings.ERASURE_LEDGER):
        Path(beside).unlink(missing_ok=True)


def take() -> Rows:
    """All rows that `empty` would take away."""
    with as_owner() as db, _still(db, _filled(db)) as filled:
        return {table: _copied(db, table) for table in filled}


def lay(rows: Rows) -> None:
    """Rows that were taken, into empty tables; numbers go on from where they are.

    The last row comes first: whoever leans on how rows happen to lie is seen.
    """
    connection.close()
    with as_owner() as db, _still(db, rows):
        for table, text in rows.items():
            into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            with db.cursor().copy(into) as copy:
                copy.write(b"".join(reversed(text.splitlines(keepends=True))))


def _copied(db: DB, table: str) -> bytes:
    with db.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(part) for part in copy)


def _filled(db: DB) -> list[str]:
    """Tables with rows in them."""
    named = db.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' ORDER BY oid"
    ).fetchall()
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
        for (name,) in named
        if name not in KEPT and not name.startswith("procrastinate_version")
    ]
    return [name for (name,) in db.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()]


@contextmanager
def _still(db: DB, tables: Iterable[str]) -> Iterator[list[str]]:
    """These tables without the triggers and policies that keep rows from being touched so."""
    names = list(tables)
    db.execute("SET LOCAL lock_timeout = '10s'; SET CONSTRAINTS ALL DEFERRED")
    away, back = _locks(db, names)
    db.execute(away)
    yield names
    db.execute("SET CONSTRAINTS ALL IMMEDIATE")
    db.execute(back)


def _locks(db: DB, tables: list[str]) -> tuple[bytes, bytes]:
    """What takes these tables' triggers and policies away, and what puts each back as it was."""
    found = db.execute(
        "SELECT format('ALTER TABLE %%s DISABLE TRIGGER %%I', tgrelid::regclass, tgname),"
        " format('ALTER TABLE %%s ENABLE %%s TRIGGER %%I', tgrelid::regclass,"
        "   CASE tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END, tgname)"
        " FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled IN ('A', 'O') AND c.relname = ANY(%(tables)s)"
        " UNION ALL SELECT format('ALTER TABLE %%s NO FORCE ROW LEVEL SECURITY', oid::regclass),"
        " format('ALTER TABLE %%s FORCE ROW LEVEL SECURITY', oid::regclass) FROM pg_class"
        " WHERE relforcerowsecurity AND relname = ANY(%(tables)s)",
        {"tables": tables},
    ).fetchall()
    return tuple(";".join(each).encode() for each in zip(*found, strict=True)) or (b"", b"")
