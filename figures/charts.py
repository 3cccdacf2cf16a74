"""Bars and columns as plain geometry; templates draw them without style or script."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 400
ROW, BAR = 44, 26
LETTER = 9.3  # a wide letter at 17 units, measured: labels must not run into bars
LABEL_MOST, VALUE = 236, 60
LINE = 24  # a label that is longer stands on a line of its own, and so do all of its picture
COLUMN_HEIGHT, COLUMN_TOP, COLUMN_FOOT = 140, 30, 50


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart, or one column; units of the drawing's own grid."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    strong: bool = True
    line: int = 0  # how far above its bar a label stands

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def baseline(self) -> float:
        """Where the number of a row stands."""
        return self.y + 19

    @property
    def words(self) -> float:
        """Where its label stands."""
        return self.baseline - self.line

    @property
    def after(self) -> float:
        """Where the number of a row begins."""
        return round(self.x + self.width + 9, 1)

    @property
    def above(self) -> float:
        """Where the number of a column stands."""
        return self.y - 7


@dataclass(frozen=True)
class Chart:
    """A drawing `width` × `height` units, its bars, and what a screen reader is told."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    spoken: str


def rows(figures: Sequence[tuple[str, int]], spoken: str) -> Chart:
    """Horizontal bars with the label before or above, and the number after each."""
    left = max((len(label) for label, _ in figures), default=0) * LETTER + 10
    line = LINE if left > LABEL_MOST else 0
    left, step = (0, ROW + line) if line else (left, ROW)
    room = WIDTH - left - VALUE
    most = max((value for _, value in figures), default=0) or 1
    bars = tuple(
        Bar(
            label, value, round(left, 1), 10 + line + n * step, round(room * value / most, 1), BAR,
            line=line,
        )
        for n, (label, value) in enumerate(figures)
    )  # fmt: skip
    return Chart(bars, WIDTH, len(bars) * step + 6, spoken)


def columns(figures: Sequence[tuple[str, int]], spoken: str) -> Chart:
    """Vertical columns in time; the last one is the period of the page."""
    step = WIDTH / max(len(figures), 1)
    most = max((value for _, value in figures), default=0) or 1
    bars = []
    for n, (label, value) in enumerate(figures):
        height = round(COLUMN_HEIGHT * value / most, 1)
        top = COLUMN_TOP + COLUMN_HEIGHT - height
        last = n == len(figures) - 1
        bars.append(
            Bar(label, value, round(n * step + 4, 1), top, round(step - 8, 1), height, last)
        )
    return Chart(tuple(bars), WIDTH, COLUMN_TOP + COLUMN_HEIGHT + COLUMN_FOOT, spoken)
