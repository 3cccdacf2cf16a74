"""`make run`: set up, start every process, start again what dies, end all together.

The children end with their parent even when it is killed (PDEATHSIG); the embedded database
outlives a kill and is taken over by the next start. Nothing here knows the domain.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from config import demo, embedded

PR_SET_PDEATHSIG = 1
SECONDS_TO_END = 8
SECONDS_TO_ANSWER = 90
SECONDS_BEFORE_AGAIN = 1  # a child that dies at once must not eat the machine
TICK = 0.2
BIN = Path(sys.executable).parent
# A page and a job each give their connection back: without a pool the next would connect anew, and
# have its policies planned anew.
POOLED = {"MAI_AM_POOL": "1"}


class CannotStart(Exception):
    """The whole cannot start; the text is one sentence for a person."""


class Stopped(Exception):
    """A person or the system asked us to end."""


@dataclass
class Child:
    """One supervised process and the file its words go to."""

    name: str
    command: tuple[object, ...]
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the parent alone."""
        self.started = time.monotonic()
        with log_of(self.name).open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [str(word) for word in self.command], cwd=embedded.BASE_DIR,
                env=environment(**self.extra), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent,  # noqa: PLW1509 - one thread
            )  # fmt: skip

    def watch(self) -> None:
        """Start it again if it ended, a moment after it began at the earliest."""
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started > SECONDS_BEFORE_AGAIN:
            say(f"{self.name} ended ({self.process.returncode}); starting it again")
            self.start()


def children(host: str, port: int) -> list[Child]:
    """What serves: pages and sockets, jobs, the sweep that needs no queue, the month's count."""
    python = sys.executable
    web = (
        python, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", port,
        "--timeout-graceful-shutdown", 3, "--log-level", "warning", "--no-server-header",
        "--lifespan", "off", "--ws-max-size", 65536,
    )  # fmt: skip
    count = (python, "manage.py", "build_figures", "--watch")
    return [
        Child("web", web, POOLED),
        Child("worker", (python, "manage.py", "procrastinate", "worker"), POOLED),
        Child("sweep", (python, "manage.py", "sweep")),
        *([Child("figures", count)] if counts() else []),
    ]


def counts() -> bool:
    """Whether the figures can be counted: their login is ours, or was given."""
    return embedded.is_embedded() or bool(os.environ.get(embedded.URLS["figures"]))


def environment(**extra: str) -> dict[str, str]:
    """A child's environment: never the owner's login."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return {**inherited, "MAI_AM_SUPERVISED": "1", "PYTHONUNBUFFERED": "1", **extra}


def die_with_parent() -> None:
    """Linux ends the caller with TERM when its parent is gone, however that went."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def log_of(name: str) -> Path:
    """The file with a child's words; nothing personal is ever written there."""
    return embedded.data_dir() / "log" / f"{name}.log"


def say(what: str) -> None:
    """Tell the person at the terminal."""
    print(f"Mái Ấm: {what}", flush=True)  # noqa: T201 - a command's answer


def main() -> None:
    """Run until told to stop; a refusal is one sentence and exit 1."""
    if os.environ.get("MAI_AM_UNDER_MAKE") == "1":
        die_with_parent()  # else a killed `make` would leave us holding the port
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        _run(os.environ.get("HOST") or "127.0.0.1", port_from(os.environ.get("PORT") or "8000"))
    except Stopped:
        say("stopped")
    except (CannotStart, embedded.DatabaseRefused) as refused:
        sys.exit(f"Mái Ấm cannot start: {refused}")


def port_from(text: str) -> int:
    """The port as a number; raises CannotStart where it is none."""
    if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004 - the ports there are
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped


def _run(host: str, port: int) -> None:
    log_of("").parent.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("MAI_AM_MODE", "demo")
    os.environ["PORT"] = str(port)
    with only_one(host, port), database() as keep_up:
        wait_for_port(host, port)
        prepare()
        family = children(host, port)
        try:
            for child in family:
                child.start()
            wait_for_answer(family[0], host, port)
            say(f"ready at http://{'localhost' if host == '127.0.0.1' else host}:{port}")
            demo.print_sign_ins()
            while True:
                time.sleep(TICK)
                keep_up()
                for child in family:
                    child.watch()
        finally:
            end(family)


@contextmanager
def only_one(host: str, port: int) -> Iterator[None]:
    """Hold DATA_DIR for ourselves; a killed holder lets go by itself."""
    with (embedded.data_dir() / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"it already runs on {embedded.data_dir()}{_where(lock)}; stop it first, or set "
                "DATA_DIR and PORT for a second one."
            ) from None
        lock.truncate(0)
        lock.write(f"http://{host}:{port}")
        lock.flush()
        yield


def _where(lock: IO[str]) -> str:
    lock.seek(0)
    return f" at {address}" if (address := lock.read().strip()) else ""


@contextmanager
def database() -> Iterator[Callable[[], None]]:
    """Start the embedded server, or wait for the given one and say so; yields how it is kept up."""
    if embedded.is_embedded():
        server = embedded.Postgres()
        with server.used():
            yield lambda: start_again(server)
        return
    login = embedded.settings_for("app")
    embedded.wait_until_ready(login)
    where = f"{login['HOST'] or 'this machine'}, database {login['NAME']}"
    say(f"using the PostgreSQL server at {where} (DATABASE_URL)")
    yield lambda: None  # who gave it keeps it up


def start_again(server: embedded.Postgres) -> None:
    """Start the embedded server if it died; where it cannot start yet, the next look tries."""
    if server.is_running():
        return
    say("the database ended; starting it again")
    try:
        server.start()
    except embedded.DatabaseRefused as refused:
        say(str(refused))


def wait_for_port(host: str, port: int) -> None:
    """Give the children of a killed parent a moment to let go of it; raises CannotStart."""
    end = time.monotonic() + SECONDS_TO_END
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return
        if time.monotonic() > end:
            raise CannotStart(f"port {port} is taken by another program; set PORT to another.")
        time.sleep(TICK)


def prepare() -> None:
    """Set up as the owner, make the demo if there is none."""
    demo.forget_half_made()
    say("setting up")
    command("setup", role="owner")
    demo.make(command)


def command(*words: str, role: str = "app") -> None:
    """Run one `manage.py` command; its words for people go to the terminal, all to `start.log`.

    Raises CannotStart with its last word.
    """
    who = {"MAI_AM_DB_ROLE": role, "MAI_AM_SUPERVISED": "1"}
    if role == "app":  # the making of a demo: begun anew if the machine dies over it
        who["PGOPTIONS"] = "-c synchronous_commit=off"
    done = subprocess.run(  # noqa: S603 - our own program, no shell
        [sys.executable, "manage.py", *words], cwd=embedded.BASE_DIR, check=False,
        env={**os.environ, **who}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        preexec_fn=die_with_parent,
    )  # fmt: skip
    with log_of("start").open("a") as log:
        log.write(done.stdout + done.stderr)
    if done.returncode:
        raise CannotStart(last_line(done.stderr).removeprefix("CommandError: "))
    for_people = [line for line in done.stdout.splitlines() if not line.startswith("{")]
    sys.stdout.writelines(f"{line}\n" for line in for_people)
    sys.stderr.write(done.stderr)


def wait_for_answer(web: Child, host: str, port: int) -> None:
    """Wait until pages are served; raises CannotStart with the log's place."""
    end = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < end:
        if answers(f"http://{host}:{port}/"):
            return
        if web.process is not None and web.process.poll() is not None:
            raise CannotStart(f"the web process ended: {last_line(words_of('web'))}")
        time.sleep(TICK)
    raise CannotStart(f"no page was served in {SECONDS_TO_ANSWER} s; see {log_of('web')}.")


def answers(address: str) -> bool:
    """Whether a page comes back; an error page is an answer too."""
    try:
        urllib.request.urlopen(address, timeout=10).close()  # noqa: S310 - http, our own
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def words_of(name: str) -> str:
    """All that a child has said."""
    return log_of(name).read_text(errors="replace")


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


def end(family: list[Child]) -> None:
    """TERM to all, a while to finish, then KILL to whole groups: nothing is left behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    running = [child.process for child in family if child.process]
    for process in running:
        process.terminate()
    limit = time.monotonic() + SECONDS_TO_END
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, limit - time.monotonic()))
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    main()
