"""The processes of a house, started again whenever they end, and their database too."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config.embedded import BASE_DIR, DatabaseRefused
from config.run import answers, children, die_with_parent
from tests.browser.serving import free_port
from tests.drills.patience import Patience
from tests.drills.points import FOLDER, file_of, mark_of
from tests.houses import House

TICK = 0.1
KINDS = ("web", "worker", "sweep")
STOPPED = "stopped "
STANDS_STILL = 15  # seconds: longer than a sweep waits for a hand


@dataclass
class Member:
    """One process; `kind`: web, worker or sweep."""

    kind: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def watch(self) -> None:
        """Start it, or start it again."""
        if self.process is not None and self.process.poll() is None:
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=BASE_DIR, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=die_with_parent,  # noqa: PLW1509
            )  # fmt: skip
        self.starts += 1


@dataclass
class Family:
    """A house with its processes under supervision."""

    house: House
    armed: Path
    address: str
    members: list[Member]
    ended: threading.Event = field(default_factory=threading.Event)
    used: dict[tuple[int, float], float] = field(default_factory=dict)  # CPU of each, dead or alive

    def arm(self, point: str, victim: str) -> Path:
        """Let the next process that comes by this point be struck; the file goes when it is."""
        file = file_of(self.armed, point)
        fresh = file.with_name(f".{file.name}")
        fresh.write_text(victim)
        fresh.rename(file)
        return file

    def passed(self, point: str) -> bool:
        """Whether anybody came by this point since the house stands."""
        return mark_of(self.armed, point).exists()

    def kill(self, what: str) -> None:
        """Kill the processes of a kind now, or the postmaster, wherever they are in their work.

        "stopped web": they stand still first, with all that they hold in hand.
        """
        if what == "postmaster":
            self.house.postmaster().kill()
            return
        kind = what.removeprefix(STOPPED)
        running = [m.process for m in self.members if m.kind == kind and m.process is not None]
        if kind != what:
            for process in running:
                process.send_signal(signal.SIGSTOP)
            time.sleep(STANDS_STILL)
        for process in running:
            process.kill()

    def all_run(self) -> bool:
        """Whether pages are answered and every process lives."""
        alive = [m.process is not None and m.process.poll() is None for m in self.members]
        return all(alive) and self.house.server.is_running() and answers(f"{self.address}/lich")

    def wait(self) -> bool:
        """Wait until all run; false if the house worked enough for it and they still do not."""
        return self.wait_until(self.all_run)

    def wait_until(self, there: Callable[[], bool]) -> bool:
        """Wait for something that the house should do."""
        return Patience(self.worked).until(there)

    def worked(self) -> float:
        """Seconds of CPU that its processes have used so far, those that died too."""
        for process in self._processes():
            with suppress(psutil.Error):
                spent = process.cpu_times()
                self.used[process.pid, process.create_time()] = spent.user + spent.system
        return sum(self.used.values())

    def _processes(self) -> Iterator[psutil.Process]:
        mine = [m.process.pid for m in self.members if m.process is not None]
        with suppress(psutil.Error, OSError, ValueError):
            mine.append(self.house.postmaster().pid)
        for pid in mine:
            with suppress(psutil.Error):
                one = psutil.Process(pid)
                yield from (one, *one.children(recursive=True))

    def _watch(self) -> None:
        while not self.ended.wait(TICK):
            if not self.house.server.is_running():
                try:
                    self.house.server.start()
                except (DatabaseRefused, OSError):  # not all of the dead are buried yet
                    continue
            for member in self.members:
                member.watch()

    def _end(self) -> None:
        running = [m.process for m in self.members if m.process is not None]
        for process in running:
            process.terminate()
        _gone, alive = psutil.wait_procs([psutil.Process(p.pid) for p in running], timeout=8)
        for process in alive:
            process.kill()
        for process in running:
            process.wait()


@contextmanager
def family(house: House, *, twice: bool = False, **environment: str) -> Iterator[Family]:
    """Run web, worker and sweep of a house until the block ends, whatever happens to them.

    twice: two workers and two sweeps.
    """
    port, armed = free_port(), house.home / "armed"
    address = f"http://127.0.0.1:{port}"
    armed.mkdir()
    here = house.environment(
        **{FOLDER: str(armed), "DJANGO_SETTINGS_MODULE": "tests.drills.doomed"},
        PUBLIC_URL=address, PORT=str(port), **environment,
    )  # fmt: skip
    members = [
        Member(
            child.name, [str(word) for word in child.command], here | child.extra,
            house.home / f"{child.name}.log",
        )
        for child in children("127.0.0.1", port) if child.name in KINDS
        for _ in range(2 if twice and child.name != "web" else 1)
    ]  # fmt: skip
    made = Family(house, armed, address, members)
    watching = threading.Thread(target=made._watch, daemon=True)  # parent of all it starts
    watching.start()
    try:
        yield made
    finally:
        made.ended.set()
        watching.join(60)
        made._end()
