"""`rehearse`: play some months of the province through the public actions; makes the demo."""

import logging
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from config.rehearsal import play

DAYS_OF_A_MONTH = 30


class Command(BaseCommand):
    """Refused outside the demonstration: nobody here is real and no text may go out."""

    help = "Play cases of the last months: invented people, real actions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the options."""
        parser.add_argument("--months", type=int, default=3)
        parser.add_argument("--cases", type=int, default=36)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--world", type=Path, default=play.WORLD)

    def handle(self, *args: Any, **options: Any) -> None:
        """Play up to this moment."""
        if not (settings.DEMO or settings.TEST) or settings.SMS_GATEWAY != "console":
            raise CommandError("Rehearse only in the demonstration, with the console gateway.")
        # Thousands of texts that go nowhere would fill the first start's screen.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        stage = play.rehearse(
            world=play.read(options["world"]),
            until=timezone.now() - timedelta(seconds=1),
            days=options["months"] * DAYS_OF_A_MONTH,
            cases=options["cases"],
            seed=options["seed"],
        )
        self.stdout.write(f"{stage.told} turns were played.")
