"""`sweep`: what falls due is found in the rows, whatever became of the queue."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from safekeeping import events
from safekeeping.sweeps import sweep_all

SECONDS_BETWEEN = 3


class Command(BaseCommand):
    """Runs until it is ended; several at once are safe, they take each row in hand."""

    help = "Raise what is due: alerts, clocks, holds, seals, repairs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the options."""
        parser.add_argument("--once", action="store_true", help="sweep once, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, rest, sweep."""
        while True:
            self._sweep()
            if options["once"]:
                return
            time.sleep(SECONDS_BETWEEN)

    def _sweep(self) -> None:
        close_old_connections()
        now = timezone.now()
        sweep_all(now)
        events.repair_all(now)
        connection.close()
