"""How a figure is taken: runs take turns, medians are compared, a target says pass or short."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is held against `target`: at most, or at least."""

    name: str
    work: str
    measured: str
    baseline: str
    ratio: float
    target: float
    at_most: bool = True

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    @property
    def distance(self) -> float:
        """How far from the target, from 1 upwards: the larger, the worse."""
        near, far = (self.target, self.ratio) if self.at_most else (self.ratio, self.target)
        return far / near if near else float("inf") if far else 1.0


@dataclass
class Found:
    """What one bench brings: its figures, and what it counted on the way (tests assert that)."""

    figures: list[Figure] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)


def take_turns(
    rounds: int,
    runs: Mapping[str, Callable[[], object]],
    *,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, float]:
    """Median seconds of each run; all go once unmeasured, then in turn, backwards every other time.

    What slows the machine for a while slows them all alike. clock: `process_time` where runs burn
    CPU for long: on a crowded machine the wall's clock tells who was sent to the back of the queue.
    """
    for run in runs.values():
        run()
    gc.freeze()  # what is there already is nobody's garbage
    try:
        return _taken(rounds, runs, clock)
    finally:
        gc.unfreeze()


def _taken(
    rounds: int, runs: Mapping[str, Callable[[], object]], clock: Callable[[], float]
) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds):
        names = list(runs) if number % 2 == 0 else list(reversed(runs))
        for name in names:
            gc.collect()  # else one run pays for another's, at the same place of each round
            begun = clock()
            runs[name]()
            taken[name].append(clock() - begun)
    return {name: median(seconds) for name, seconds in taken.items()}


def p99(values: list[float]) -> float:
    """The value that one in a hundred exceeds."""
    return sorted(values)[max(0, -(-len(values) * 99 // 100) - 1)]


def ms(seconds: float) -> str:
    """Seconds as milliseconds, for the table."""
    return f"{seconds * 1000:.2f} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"


def rate(count: float, seconds: float) -> str:
    """So many in a second, for the table."""
    per_second = count / seconds
    return f"{per_second:,.0f}/s" if per_second >= 100 else f"{per_second:.1f}/s"


HEAD = ("id", "work", "measured", "baseline", "ratio", "target", "")


def table(figures: list[Figure]) -> str:
    """The figures as one table in Markdown, as the terminal and the docs show it."""
    rows = [HEAD, *map(_row, figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = ["| " + " | ".join(t.ljust(w) for t, w in zip(r, widths, strict=True)) + " |"
             for r in rows]  # fmt: skip
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def _row(one: Figure) -> tuple[str, ...]:
    sign = "≤" if one.at_most else "≥"
    ratio = f"{one.ratio:.2f}" if one.ratio < 100 else f"{one.ratio:.0f}"
    return (
        one.name, one.work, one.measured, one.baseline, ratio, f"{sign} {one.target:g}",
        "pass" if one.is_met else "short",
    )  # fmt: skip
