"""`sweep`: find what is due in the rows themselves, again and again, outside the queue."""

import signal
import threading
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.db import connection

from safekeeping import sweeps

EVERY_SECONDS = 3  # the chain is sealed within 5 s


class Command(BaseCommand):
    """Ends between two rounds when told to; a lost database is tried again in the next round."""

    help = "Run every sweep each few seconds; --once for a timer."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, or once."""
        parser.add_argument("--every", type=float, default=EVERY_SECONDS, metavar="SECONDS")
        parser.add_argument("--once", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep until TERM or INT."""
        told_to_end = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            told_to_end.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        while not told_to_end.is_set():
            connection.close_if_unusable_or_obsolete()
            sweeps.sweep_all(datetime.now(UTC))
            if options["once"]:
                return
            told_to_end.wait(options["every"])
