"""Named points at which a process of the house is struck, put around its functions from outside.

The product knows nothing of them: a doomed process wraps the named functions when it starts. A
point strikes once, in the first process that comes by: taking the file that arms it is the right
to strike. Whoever comes by for the first time leaves a mark, so that a drill knows of each point
that somebody passes it before it waits there.
"""

import functools
import os
import signal
import threading
from collections.abc import Callable
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

BEFORE, AFTER = "before", "after"
FOLDER = "MAI_AM_ARMED"

# What is struck in the middle of things: name of the point → (function, before or after it).
WITHIN = {
    "form claimed": ("safekeeping.idempotency:_claim", AFTER),
    "report not begun": ("casework.actions.report:_save", BEFORE),
    "case without its report": ("casework.first_rows:open_case", AFTER),
    "report without its clocks": ("casework.first_rows:write_rest", AFTER),
    "report without its event": ("casework.actions.report:_begin_clocks", AFTER),
    "event without its listeners": ("safekeeping.events:_announce", BEFORE),
    "event without its jobs": ("safekeeping.events:_defer", BEFORE),
    "event with its jobs": ("safekeeping.events:_defer", AFTER),
    "alert not open": ("hotline.actions:open_alerts", BEFORE),
    "alert open": ("hotline.actions:open_alerts", AFTER),
    "form kept": ("safekeeping.idempotency:_keep_or_forget", AFTER),
    "best beds given": ("shelters.beds:take_any", AFTER),
    "chosen beds locked": ("shelters.beds:take_these", AFTER),
    "chosen beds given": ("shelters.beds:give", AFTER),
    "acceptance not begun": ("referral.actions.answer:accept_in_hand", BEFORE),
    "acceptance without its groups": ("referral.requests:open_groups_of", BEFORE),
    "acceptance without its event": ("referral.requests:settle_round", AFTER),
    "job begun": ("safekeeping.events:run_delivery", BEFORE),
    "job done but not noted": ("safekeeping.events:run_delivery", AFTER),
    "rung not begun": ("hotline.actions:ring_next", BEFORE),
    "rung begun": ("hotline.actions:ring_next", AFTER),
    "attempt not claimed": ("hotline.sending:_claim", BEFORE),
    "attempt claimed": ("hotline.sending:_claim", AFTER),
    "gateway answered, not noted": ("hotline.gateways.twilio:Twilio.send", AFTER),
    "sending noted": ("hotline.sending:_note_sent", AFTER),
    "receipt not noted": ("hotline.outcomes:note_word", BEFORE),
    "receipt noted": ("hotline.outcomes:note_word", AFTER),
    "alert swept": ("hotline.sweeps:_one", AFTER),
    "sweep begun": ("config.management.commands.sweep:sweep_all", BEFORE),
    "sweep done": ("config.management.commands.sweep:sweep_all", AFTER),
    "chain being sealed": ("safekeeping.chain:_seal_batch", AFTER),
}  # fmt: skip
# Acts whose commit has a point before and one after it.
COMMITTED = {
    "report": "casework.actions:report_case",
    "claim": "casework.actions:claim_case",
    "answer to an alert": "hotline.actions:acknowledge_alert",
    "hold": "shelters.actions:hold_beds",
    "acceptance": "referral.actions:accept_referral",
}
# Between any two statements of these somebody may die: which one, the fault says.
AMONG = {
    **COMMITTED,
    "void": "shelters.actions:void_stay",
    "job": "safekeeping.events:run_delivery",
    "rung": "hotline.sweeps:_one",
    "sending": "hotline.sending:send_one",
    "receipt": "hotline.actions:note_receipt",
    "sweep": "config.management.commands.sweep:sweep_all",
    "seal": "safekeeping.chain:_seal_batch",
}
AMONG_POINTS = tuple(f"among statements of {act}" for act in AMONG)
POINTS = (*WITHIN, *(f"{when} commit of {act}" for act in COMMITTED for when in (BEFORE, AFTER)))
VICTIMS = ("process", "backend", "postmaster")

_thread = threading.local()
_marked: set[str] = set()


class Doomed(AppConfig):
    """Wraps the functions once all apps are loaded."""

    name = "tests.drills.points"
    label = "doomed"

    def ready(self) -> None:
        for point, (where, when) in WITHIN.items():
            _wrap(where, functools.partial(_around, point, when))
        for act, where in COMMITTED.items():
            _wrap(where, functools.partial(_remembering, act))
        for act, where in AMONG.items():
            _wrap(where, functools.partial(_counted, act))
        commit = BaseDatabaseWrapper._commit
        BaseDatabaseWrapper._commit = _committing(commit)  # type: ignore[method-assign]


def _wrap(where: str, wrapper: Callable[[Any], Any]) -> None:
    owner, name = place_of(where)
    setattr(owner, name, wrapper(getattr(owner, name)))


def place_of(where: str) -> tuple[Any, str]:
    """What holds the function, and its name there. Raises AttributeError if it is not there."""
    module, path = where.split(":")
    owner: Any = import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    getattr(owner, name)
    return owner, name


def _around(point: str, when: str, function: Any) -> Any:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        if when == BEFORE:
            _strike(point)
        result = function(*args, **kwargs)
        if when == AFTER:
            _strike(point)
        return result

    return run


def _remembering(act: str, function: Any) -> Any:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        _thread.act = act
        return function(*args, **kwargs)

    return run


def _counted(act: str, function: Any) -> Any:
    """Strike before its n-th statement, or behind it if it has fewer."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        told = _taken(f"among statements of {act}")
        if told is None:
            return function(*args, **kwargs)
        victim, number = told.split()
        left = count(int(number) - 1, -1)

        def dying(execute: Any, *given: Any) -> Any:
            if next(left) == 0:
                BLOWS[victim]()
            return execute(*given)

        try:
            with connections["default"].execute_wrapper(dying):
                return function(*args, **kwargs)
        finally:
            if next(left) >= 0:
                BLOWS[victim]()

    return run


def _committing(commit: Any) -> Any:
    def run(connection: Any) -> None:
        act = getattr(_thread, "act", None)
        _thread.act = None
        if act:
            _strike(f"{BEFORE} commit of {act}")
        commit(connection)
        if act:
            _strike(f"{AFTER} commit of {act}")

    return run


def file_of(folder: Path, point: str) -> Path:
    """The file that arms a point; its word is the victim."""
    return folder / point.replace(" ", "-")


def mark_of(folder: Path, point: str) -> Path:
    """The file that says that somebody passed a point."""
    return folder / f"{point.replace(' ', '-')}.passed"


def _strike(point: str) -> None:
    if victim := _taken(point):
        BLOWS[victim]()


def _taken(point: str) -> str | None:
    """What the file that arms a point says, if it is ours to strike."""
    folder = Path(os.environ[FOLDER])
    if point not in _marked:
        mark_of(folder, point).touch()
        _marked.add(point)
    armed = file_of(folder, point)
    try:
        victim = armed.read_text()
        armed.unlink()
    except FileNotFoundError:
        return None
    return victim


def _process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _backend() -> None:
    """Our own session, or where we hold none those of all others."""
    held = connections["default"].connection
    which = "pid = %s" if held else "usename = 'mai_am_app' AND pid > %s"
    host = connections["default"].settings_dict["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="mai_am", autocommit=True) as db:
        db.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {which}",
            [held.info.backend_pid if held else 0],
        )


def _postmaster() -> None:
    pid_file = Path(os.environ["DATA_DIR"]) / "postgres" / "data" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)


BLOWS = {"process": _process, "backend": _backend, "postmaster": _postmaster}
