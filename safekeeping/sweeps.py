"""What falls due is found in the rows themselves, outside the queue: a job may be lost, a row not.

`manage.py sweep` calls every registered sweep each few seconds; each takes one case in hand at a
time, in a transaction of its own.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

Sweep = Callable[[datetime], int]

_sweeps: dict[str, Sweep] = {}
log = structlog.get_logger(__name__)


def sweep(name: str) -> Callable[[Sweep], Sweep]:
    """Register a sweep: `fn(now)` does what is due and returns how many it did."""

    def keep(work: Sweep) -> Sweep:
        _sweeps[name] = work
        return work

    return keep


def sweep_all(now: datetime) -> dict[str, int]:
    """Run every sweep once; one that fails is logged by class name and does not stop the others."""
    done: dict[str, int] = {}
    for name, work in _sweeps.items():
        try:
            done[name] = work(now)
        except Exception as fault:  # the next sweep must still run
            log.exception("sweep.failed", sweep=name, fault=type(fault).__name__, exc_info=False)
            done[name] = -1
    return done
