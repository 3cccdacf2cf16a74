"""`rehearse`: play some months of the province through the public actions; makes the demo."""

import logging
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from config.rehearsal import looks, play, progress, worlds
from config.rehearsal.stage import Stage
from network import registry
from network.loading.source import BadData

DAYS_OF_A_MONTH = 30


def moment(text: str) -> datetime:
    """The first moment of a day, written as 2025-07-01."""
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), registry.zone())
    except ValueError:
        raise ArgumentTypeError("write a day as 2025-07-01") from None


def at_least(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` on."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise ArgumentTypeError(f"write a whole number, {least} or more")
        return int(text)

    return read


class Command(BaseCommand):
    """Refused outside the demonstration: nobody here is real and no text may go out."""

    help = "Play cases of some months: invented people, real actions; says what to look at."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the options."""
        parser.add_argument("--months", type=at_least(1), default=3)
        parser.add_argument("--cases", type=at_least(0), default=42)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--world", type=Path, default=worlds.WORLD, help="another province's")
        parser.add_argument("--start", type=moment, help="first day; else as --until says")
        parser.add_argument("--until", type=moment, help="the day it ends before; else now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, then say what came of it."""
        if not (settings.DEMO or settings.TEST) or settings.SMS_GATEWAY != "console":
            raise CommandError("Rehearse only in the demonstration, with the console gateway.")
        # Thousands of texts that go nowhere would fill the first start's screen.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        stage = _played(options)
        for line in looks.lines(stage):
            self.stdout.write(line)
        self.stdout.write(
            f"{stage.begun} cases, {stage.told} turns, {stage.recorded} events; "
            f"digest {stage.digest}"
        )


def _played(options: dict[str, Any]) -> Stage:
    until, days = _span(options)
    try:
        return play.rehearse(
            world=worlds.read(options["world"]),
            until=until,
            days=days,
            cases=options["cases"],
            seed=options["seed"],
            tell=progress.bar(days),
        )
    except BadData as bad:
        listed = "\n".join(f"  {problem}" for problem in bad.problems)
        raise CommandError(f"Nothing was played:\n{listed}") from None


def _span(options: dict[str, Any]) -> tuple[datetime, int]:
    """The last moment of the play and its length in days; never later than now."""
    now = timezone.now() - timedelta(seconds=1)
    days = options["months"] * DAYS_OF_A_MONTH
    if options["start"] is None:
        return min(options["until"] or now, now), days
    until = min(options["until"] or options["start"] + timedelta(days=days), now)
    if until <= options["start"]:
        raise CommandError("The rehearsal would end before it starts.")
    return until, (until - options["start"]).days
