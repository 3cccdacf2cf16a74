"""What falls due is found in the rows themselves, outside the queue: a job may be lost, a row not.

`manage.py sweep` calls every registered sweep each few seconds; each takes one case in hand at a
time, in a transaction of its own. What waits for somebody outside has rounds of its own, so that a
mute telephone line stops no clock. Who lives in passed-in time asks `next_due` instead of waiting.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from django.db import connection

from safekeeping import rls

Sweep = Callable[[datetime], int]
Moments = Callable[[], Any]  # a queryset of one column: when each row that waits falls due


@dataclass(frozen=True)
class Due:
    """The next moment at which a sweep has something to do."""

    at: datetime
    sweep: str


# Only SQL that the ORM made of our own models is put into these.
_EARLIEST = "SELECT min(at) AS at, %s::text AS sweep FROM ({}) AS rows (at) WHERE at <= %s"
_FIRST = "SELECT at, sweep FROM ({}) AS due WHERE at IS NOT NULL ORDER BY 1, 2 LIMIT 1"

_beats: list[Callable[[], None]] = []
_sweeps: dict[str, Sweep] = {}
_moments: dict[str, Moments] = {}
_outside: set[str] = set()
log = structlog.get_logger(__name__)


def sweep(
    name: str, *, moments: Moments | None = None, outside: bool = False
) -> Callable[[Sweep], Sweep]:
    """Register a sweep: `fn(now)` does what is due and returns how many it did.

    moments: `values` of the one column by which it finds its rows; none for daily housekeeping.
    outside: it waits for somebody outside our network.
    """

    def keep(work: Sweep) -> Sweep:
        _sweeps[name] = work
        if moments is not None:
            _moments[name] = moments
        if outside:
            _outside.add(name)
        return work

    return keep


def on_beat(beat: Callable[[], None]) -> None:
    """Call `beat()` before each sweep and each row of one: who hears none knows that it hangs."""
    _beats.append(beat)


def _beat() -> None:
    for beat in _beats:
        beat()


def sweep_all(now: datetime, *, outside: bool | None = None) -> dict[str, int]:
    """Run every sweep once; one that fails is logged by class name and does not stop the others.

    outside: only those that wait for somebody outside, or only those that do not.
    """
    return {name: _run(name, now) for name in _sweeps if outside in (None, name in _outside)}


def keep_house(now: datetime) -> dict[str, int]:
    """Run those that say no moment: for who asks `next_due` for all others."""
    return {name: _run(name, now) for name in _sweeps if name not in _moments}


def sweep_one(name: str, now: datetime) -> int:
    """Run one sweep, so that its fault reaches the caller."""
    return _sweeps[name](now)


def each(work: Callable[..., int], rows: Iterable[tuple[Any, ...]], *given: Any) -> int:
    """`work(*row, *given)` for one row after another; the sum of what it returns.

    A row that fails keeps no later one waiting: all are done before its fault is raised.
    """
    done, first = 0, None
    for row in rows:
        _beat()
        try:
            done += work(*row, *given)
        except Exception as fault:  # whatever it was, it is this row's alone
            first = first or fault
            if connection.connection is None or connection.connection.closed:
                break
    if first is not None:
        raise first
    return done


def next_due(until: datetime) -> Due | None:
    """What falls due first, and by which sweep; None if nothing does by `until` (inclusive)."""
    with rls.acting(actor=None, now=until, system="sweep"), connection.cursor() as cursor:
        text, given = _soonest()
        cursor.execute(text, [value for values in given for value in (*values, until)])
        found = cursor.fetchone()
    return Due(*found) if found else None


def _run(name: str, now: datetime) -> int:
    _beat()
    try:
        return _sweeps[name](now)
    except Exception as fault:  # the next sweep must still run
        log.exception("sweep.failed", sweep=name, fault=type(fault).__name__, exc_info=False)
        return -1


@cache
def _soonest() -> tuple[str, list[list[Any]]]:
    """One statement over the rows of all sweeps, put together once; with what each part is given.

    The last value of each part is `until`.
    """
    parts, values = [], []
    for name, moments in _moments.items():
        rows, given = moments().order_by().query.sql_with_params()
        parts.append(_EARLIEST.format(rows))
        values.append([name, *given])
    return _FIRST.format(" UNION ALL ".join(parts)), values
