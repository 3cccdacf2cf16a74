"""`build_figures`: count the periods that have ended; logs in as the figures role."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from figures import mart, messages
from safekeeping.errors import KeysUnavailable, RuleBroken

AN_HOUR = 3600


class Command(BaseCommand):
    """Counts one period, or all that are due; `--watch` looks again every hour."""

    help = "Count the figures of a month, a quarter or a year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the options."""
        parser.add_argument("--period", help="2026-10, 2026-Q3 or 2026")
        parser.add_argument("--since", type=date.fromisoformat, help="count what ended since")
        parser.add_argument("--watch", action="store_true", help="look again every hour")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, then end or wait."""
        if options["period"]:
            self._one(options["period"])
            return
        while True:
            try:
                self._due(options["since"])
            except KeysUnavailable as away:
                if not options["watch"]:
                    raise CommandError(str(away)) from away
                self.stderr.write(str(away))
            if not options["watch"]:
                return
            time.sleep(AN_HOUR)

    def _due(self, since: date | None) -> None:
        for name in mart.build_due(now=timezone.now(), since=since):
            self.stdout.write(name)

    def _one(self, name: str) -> None:
        try:
            mart.build(name, now=timezone.now())
        except RuleBroken as broken:
            raise CommandError(str(messages.MESSAGES[broken.code] % broken.facts)) from broken
        except KeysUnavailable as away:
            raise CommandError(str(away)) from away
        except ValueError as wrong:
            raise CommandError("Write a period as 2026-10, 2026-Q3 or 2026.") from wrong
