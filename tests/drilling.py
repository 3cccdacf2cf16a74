"""How a drill learns how long to go on, and how its figure reaches the last lines of a run.

def test_no_tampered_envelope_opens(drill):
    tried, opened = attack(rounds=drill.size(short=400, length=60_000))
    drill.figure("R4", f"{tried:,} tampered envelopes, {opened} opened")
    assert opened == 0
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

FIGURE = "figure"


@dataclass(frozen=True)
class Drill:
    """`part`: how much of its length a drill goes, 1 for all of it; 0 within `make test`.

    piece: which of so many parts, where a drill takes a share of what there is: 0 for the first.
    ends: when it goes no further, by time.monotonic(); what was done till then is judged.
    """

    part: float
    piece: int
    ends: float
    _note: Callable[[str, object], None]

    @property
    def at_length(self) -> bool:
        """By `make drill`, not within `make test`."""
        return self.part > 0

    def is_over(self) -> bool:
        """Whether the time that it was given is over."""
        return time.monotonic() >= self.ends

    def size(self, *, short: int, length: int) -> int:
        """How many rounds: few in `make test`, many in `make drill`."""
        return max(short, round(length * self.part)) if self.at_length else short

    def one_in(self, *, short: int, length: int) -> int:
        """Of so many one is tried: of many in `make test`, of few in `make drill`."""
        return min(short, round(length / self.part)) if self.at_length else short

    def figure(self, name: str, text: str) -> None:
        """Say what was found, before asserting it: a failed drill shows its figure too."""
        self._note(FIGURE, f"{name}  {text}")


@pytest.fixture
def drill(record_property: Callable[[str, object], None]) -> Drill:
    piece = int(os.environ.get("MAI_AM_DRILL_PIECE") or 0)
    minutes = float(os.environ.get("MAI_AM_DRILL_MINUTES") or "inf")
    return Drill(part(), piece, time.monotonic() + 60 * minutes, record_property)


def part() -> float:
    """What `make drill SIZE=0.1` asked for; 0 where nobody asked."""
    return float(os.environ.get("MAI_AM_DRILL") or 0)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print every drill's figure, those of failed ones too."""
    reports = [report for each in terminalreporter.stats.values() for report in each]
    told = {
        value
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == FIGURE
    }
    if told:
        terminalreporter.section("figures of the drills")
        for line in sorted(told):
            terminalreporter.write_line(line)
