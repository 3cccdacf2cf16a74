"""The embedded database and the given one."""

import os
from pathlib import Path

import psycopg
import pytest

from config import embedded, lowered


@pytest.fixture
def server(tmp_path: Path) -> embedded.Postgres:
    return embedded.Postgres(tmp_path / "postgres", fast=True)


def test_the_last_user_stops_it(server: embedded.Postgres) -> None:
    with server.used():
        with server.used():
            pass
        still_running = server.is_running()

    assert still_running
    assert not server.is_running()


def test_each_role_logs_in_and_none_is_mighty(server: embedded.Postgres) -> None:
    with server.used(), server.connect() as db:
        roles = db.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles"
            " WHERE rolname LIKE 'mai_am_%' ORDER BY 1"
        ).fetchall()

    assert roles == [(f"mai_am_{role}", False, False, True) for role in ("app", "figures", "owner")]


def test_a_path_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    long = embedded.Postgres(tmp_path / ("a" * 100) / "postgres", fast=True)

    with long.used(), long.connect() as db:
        answer = db.execute("SELECT 1").fetchone()

    assert answer == (1,)


def test_another_major_version_is_refused_in_one_sentence(server: embedded.Postgres) -> None:
    with server.used():
        pass
    (server.data / "PG_VERSION").write_text("15\n")

    with pytest.raises(embedded.DatabaseRefused, match="was made by PostgreSQL 15, this is 18"):
        server.start()


def test_a_killed_server_starts_again_at_once(server: embedded.Postgres) -> None:
    server.start()
    postmaster = server._postmaster()
    assert postmaster is not None

    postmaster.kill()

    with server.used(), server.connect() as db:
        assert db.execute("SELECT 1").fetchone() == (1,)


def test_nobody_else_reaches_data_or_socket(server: embedded.Postgres) -> None:
    with server.used():
        modes = [folder.stat().st_mode & 0o777 for folder in (server.data, server.socket)]

    assert modes == [0o700, 0o700]


def test_a_given_database_needs_an_address_for_each_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://mai_am_app:p%40ss@db.example:5433/house")
    monkeypatch.delenv("PGDATABASE", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)

    login = embedded.settings_for("app")

    assert (login["USER"], login["PASSWORD"], login["HOST"]) == ("mai_am_app", "p@ss", "db.example")
    assert (login["PORT"], login["NAME"]) == (5433, "house")
    with pytest.raises(embedded.DatabaseRefused, match="DATABASE_OWNER_URL is missing"):
        embedded.settings_for("owner")


def test_who_stands_still_in_a_transaction_loses_it(
    server: embedded.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAI_AM_FAST_DATABASE", raising=False)
    monkeypatch.setattr(embedded, "STANDS_STILL", "1s")
    options = embedded.settings_for("app")["OPTIONS"]["options"]

    with (
        server.used(),
        psycopg.connect(
            host=str(server.socket), user="mai_am_app", dbname=embedded.NAME, options=options
        ) as stopped,
    ):
        stopped.execute("SELECT pg_advisory_xact_lock(1)")
        with server.connect(database=embedded.NAME) as waiting:
            waiting.execute("SELECT pg_advisory_lock(1)")
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            stopped.execute("SELECT 1")


def test_a_silent_server_is_refused_in_one_sentence() -> None:
    login = {"HOST": "127.0.0.1", "PORT": 1, "USER": "a", "PASSWORD": "", "NAME": "b"}

    with pytest.raises(embedded.DatabaseRefused, match="does not answer"):
        embedded.wait_until_ready(login, seconds=0)


@pytest.mark.skipif(os.getuid() != 0, reason="only root is lowered")
def test_root_gives_the_server_no_more_than_it_needs(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    outside = lowered.lowered(Path("/usr/bin/env"))
    inside = lowered.lowered(closed / "data")

    assert outside.prefix == ()
    assert outside.popen["user"] != 0
    assert inside.prefix[1] == "--user"


def test_the_figures_role_may_not_write(server: embedded.Postgres) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)

    with server.used(), server.connect(user="mai_am_figures", database="mai_am") as db, refused:
        db.execute("CREATE TABLE anything (id int)")


WORD = "Ngoằn ngoèo"
REFUSED = (
    f"CREATE TABLE people (name text UNIQUE); INSERT INTO people VALUES ('{WORD}'), ('{WORD}')"
)


def refuse_a_row(db: "psycopg.Connection[tuple[object, ...]]") -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.execute(REFUSED)


def test_the_servers_log_says_that_a_row_was_refused_and_not_which(
    server: embedded.Postgres,
) -> None:
    with server.used(), server.connect(user="mai_am_owner", database="mai_am") as db:
        refuse_a_row(db)

    said = (server.data / "log").read_text()
    assert "duplicate key value violates unique constraint" in said
    assert WORD not in said


def test_a_given_server_is_told_the_same(server: embedded.Postgres) -> None:
    """What `postgres-roles.sql` says of the database, laid on a server that would tell all."""
    told = (embedded.BASE_DIR / "deploy" / "postgres-roles.sql").read_text().splitlines()
    with server.used():
        with server.connect() as db:
            db.execute("ALTER DATABASE mai_am SET log_error_verbosity = verbose")
            db.execute("ALTER DATABASE mai_am SET log_min_error_statement = error")
            for line in told:
                if line.startswith("ALTER DATABASE"):
                    db.execute(line.encode())
        with server.connect(user="mai_am_owner", database="mai_am") as db:
            refuse_a_row(db)

    assert WORD not in (server.data / "log").read_text()
