"""`sweep`: what falls due is found in the rows, whatever became of the queue."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import structlog
from django.core.management import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from safekeeping import events
from safekeeping.sweeps import on_beat, sweep_all

EVERY_SECONDS = 3.0  # the chain is sealed within 5 s
# Our choice: a hand that comes to no next row for so many seconds hangs. It cannot be helped from
# within; whoever started us starts us again, for nobody else finds the later rungs of an alert.
HANGS = 300.0
SEND_EVERY_SECONDS = 1.0  # what the other hand has just rung waits no longer

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Several at once are safe: they take each case in hand. Ends between two rounds when told.

    What waits for a telephone line has a hand of its own: ten seconds a text, times as many as are
    due, would stop every clock.
    """

    help = "Raise what is due: alerts, clocks, holds, seals, repairs; --once for a timer."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, or once."""
        parser.add_argument("--every", type=float, default=EVERY_SECONDS, metavar="SECONDS")
        parser.add_argument("--once", action="store_true", help="sweep once, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, rest, sweep, until TERM or INT."""
        told_to_end = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            told_to_end.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        if options["once"]:
            self._sweep(datetime.now(UTC))
            self._send(datetime.now(UTC))
            return
        every, beats = options["every"], _listen()
        with ThreadPoolExecutor() as hands:
            going = [
                hands.submit(_rounds, self._sweep, every, told_to_end),
                hands.submit(_rounds, self._send, min(every, SEND_EVERY_SECONDS), told_to_end),
            ]
            while not wait(going, timeout=every, return_when=FIRST_COMPLETED).done:
                _end_if_one_hangs(beats)
            told_to_end.set()  # neither goes on without the other: who starts us again starts both
        for hand in going:
            hand.result()

    def _sweep(self, now: datetime) -> None:
        """One round; a database that is away is met again in the next."""
        sweep_all(now, outside=False)
        try:
            events.repair_all(now)
        except DatabaseError as away:
            log.warning("sweep.failed", sweep="repair", fault=type(away).__name__)

    def _send(self, now: datetime) -> None:
        """One round of what waits for others, in its own time."""
        sweep_all(now, outside=True)


def _rounds(work: Callable[[datetime], None], every: float, told_to_end: threading.Event) -> None:
    """Work, rest, work, until told."""
    while not told_to_end.is_set():
        work(datetime.now(UTC))
        connection.close()
        told_to_end.wait(every)


def _listen() -> dict[int, float]:
    """Thread → when it last came to a row; kept up by the sweeps."""
    beats: dict[int, float] = {}
    on_beat(lambda: beats.__setitem__(threading.get_ident(), time.monotonic()))
    return beats


def _end_if_one_hangs(beats: dict[int, float]) -> None:
    """Without goodbye: it would wait for the hand that hangs."""
    if beats and min(beats.values()) + HANGS < time.monotonic():
        log.error("sweep.hangs")
        os._exit(1)
