"""`sweep`: what falls due is found in the rows, whatever became of the queue."""

import signal
import threading
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import structlog
from django.core.management import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from safekeeping import events
from safekeeping.sweeps import sweep_all

EVERY_SECONDS = 3.0  # the chain is sealed within 5 s

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Several at once are safe: they take each case in hand. Ends between two rounds when told."""

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
        while not told_to_end.is_set():
            self._sweep()
            if options["once"]:
                return
            told_to_end.wait(options["every"])

    def _sweep(self) -> None:
        """One round; a database that is away is met again in the next."""
        now = datetime.now(UTC)
        sweep_all(now)
        try:
            events.repair_all(now)
        except DatabaseError as away:
            log.warning("sweep.failed", sweep="repair", fault=type(away).__name__)
        connection.close()
