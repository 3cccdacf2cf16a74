"""A bar on the terminal's error line; nothing at all where nobody looks."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

WIDTH = 30
SECONDS_BETWEEN = 0.2


def bar(days: int, out: TextIO = sys.stderr) -> Callable[[int, int], None]:
    """A function to be told of the days played, of `days`, and the cases begun."""
    if not out.isatty():
        return lambda _day, _cases: None
    drawn = 0.0

    def show(day: int, cases: int) -> None:
        nonlocal drawn
        is_last = day >= days
        if not is_last and time.monotonic() - drawn < SECONDS_BETWEEN:
            return
        drawn = time.monotonic()
        full = min(WIDTH, WIDTH * day // max(1, days))
        blocks = "█" * full + "░" * (WIDTH - full)
        out.write(f"\r  {blocks} day {day} of {days}, {cases:,} cases" + ("\n" if is_last else ""))
        out.flush()

    return show
