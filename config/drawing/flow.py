"""The way of one case: what is done, where it stands, what runs beside it, what comes later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Protocol

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from config.drawing import shapes
from config.drawing.shapes import GREY, INK, PALE, QUIET, SOFT, TEAL

WIDE, SIDE, LANE, ROW = 850, 58, 112, 50
TALL, SPINE, BRANCH = 328, 24, 64
REACHED = frozenset({"done", "here", "waiting"})


class StepLike(Protocol):
    """One step as its app tells it; `note` and `together` may be missing.

    state: done, here, waiting (begun, another's turn), later, or off, left_out (not wanted now).
    together: steps in a row with the same non-empty word run side by side.
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> object: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True)
class Step:
    """A step with its place in the picture."""

    label: str
    state: str
    note: str
    together: str
    x: float = 0
    y: float = 0


def flow(steps: Iterable[StepLike]) -> SafeString:
    """Draw the way of a case twice, wide and tall; the style sheet shows the one that fits."""
    plain = [_plain(step) for step in steps]
    groups = [
        [step for _at, step in group]
        for _key, group in groupby(
            enumerate(plain), key=lambda pair: pair[1].together or str(pair[0])
        )
    ]
    if not groups:
        return SafeString("")
    label = _in_words(plain)
    drawn = _wide(groups, label) + _tall(groups, label)
    return mark_safe(f'<div class="ma-fig">{drawn}</div>')  # noqa: S308 - all texts are escaped


def _plain(step: StepLike) -> Step:
    note, together = getattr(step, "note", ""), getattr(step, "together", "")
    return Step(str(step.label), step.state, str(note), together)


def _in_words(steps: Sequence[Step]) -> str:
    """Say the picture, for those who hear it."""
    said = []
    for state, opening in (
        ("done", gettext("Done")),
        ("here", gettext("You are here")),
        ("waiting", gettext("Waiting beside it")),
        ("off", gettext("Not now")),
        ("later", gettext("After that")),
    ):
        named = [f"{s.label} ({s.note})" if s.note else s.label for s in steps if _is(s, state)]
        if named:
            said.append(f"{opening}: {', '.join(named)}.")
    return " ".join(said)


def _is(step: Step, state: str) -> bool:
    return step.state == state or (state == "off" and step.state == "left_out")


def _wide(groups: Sequence[Sequence[Step]], label: str) -> str:
    most = max(len(group) for group in groups)
    middle = 62 + (most - 1) * LANE / 2
    gap = (WIDE - 2 * SIDE) / max(1, len(groups) - 1)
    placed = [_column(group, SIDE + index * gap, middle) for index, group in enumerate(groups)]
    lines = "".join(
        _join(one, other) for here, there in pairwise(placed) for one in here for other in there
    )
    nodes = "".join(_node(step) + _under(step, gap) for column in placed for step in column)
    height = middle + (most - 1) * LANE / 2 + 70
    return shapes.svg(lines + nodes, width=WIDE, height=height, label=label, css="ma-flow--wide")


def _column(group: Sequence[Step], x: float, middle: float) -> list[Step]:
    top = middle - (len(group) - 1) * LANE / 2
    return [_at(step, x, top + index * LANE) for index, step in enumerate(group)]


def _at(step: Step, x: float, y: float) -> Step:
    return Step(step.label, step.state, step.note, step.together, x, y)


def _join(one: Step, other: Step) -> str:
    reached = one.state in REACHED and other.state in REACHED
    half = (one.x + other.x) / 2
    d = f"M{one.x:g} {one.y:g}C{half:g} {one.y:g} {half:g} {other.y:g} {other.x:g} {other.y:g}"
    return shapes.path(d, stroke=TEAL if reached else GREY, width=3 if reached else 2)


def _node(step: Step) -> str:
    x, y = step.x, step.y
    match step.state:
        case "done":
            tick = (
                f'<path d="m{x - 5.5:g} {y + 0.5:g} 4 4 7.5-8.5" fill="none" stroke="#fff"'
                ' stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>'
            )
            return shapes.circle(x, y, 13, fill=TEAL) + tick
        case "here":
            return (
                shapes.circle(x, y, 19, fill=SOFT)
                + shapes.circle(x, y, 13, fill="#fff", stroke=TEAL, width=3.5)
                + shapes.circle(x, y, 5, fill=TEAL)
            )
        case "waiting":
            return shapes.circle(x, y, 12, fill="#fff", stroke=TEAL, width=2.5)
        case "off" | "left_out":
            ring = shapes.circle(x, y, 11, fill="#fff", stroke=PALE, width=1.8)
            return ring.replace("/>", ' stroke-dasharray="3 4"/>')
        case _:
            return shapes.circle(x, y, 11, fill="#fff", stroke=PALE, width=1.8)


def _under(step: Step, gap: float) -> str:
    """The step's label and note below its circle, and the sign that one is here above it."""
    ink = INK if step.state in REACHED else QUIET
    lines = shapes.lines_of(step.label, 15, gap)
    drawn = [
        shapes.text(step.x, step.y + 34 + 18 * i, line, fill=ink, bold=step.state == "here")
        for i, line in enumerate(lines)
    ]
    if step.note:
        y = step.y + 34 + 18 * len(lines)
        drawn.append(shapes.text(step.x, y, step.note, size=13.5, fill=QUIET))
    if step.state == "here":
        drawn.append(shapes.pill(step.x, step.y - 36, gettext("you are here")))
    return "".join(drawn)


def _tall(groups: Sequence[Sequence[Step]], label: str) -> str:
    placed, y = [], 24.0
    for group in groups:
        x = SPINE if len(group) == 1 else BRANCH
        y += 10 if len(group) > 1 else 0
        column = []
        for step in group:
            column.append(_at(step, x, y))
            y += ROW + (18 if _below(step) else 0)
        y += 10 if len(group) > 1 else 0
        placed.append(column)
    spine = [column[0] for column in placed if len(column) == 1]
    lines = _spine(spine) + "".join(_twig(s, placed) for c in placed if len(c) > 1 for s in c)
    nodes = "".join(_node(step) + _beside(step) for column in placed for step in column)
    return shapes.svg(lines + nodes, width=TALL, height=y, label=label, css="ma-flow--tall")


def _spine(steps: Sequence[Step]) -> str:
    """The straight line down, teal as far as the case has come."""
    drawn = []
    for one, other in pairwise(steps):
        reached = other.state in REACHED
        d = f"M{SPINE} {one.y:g}V{other.y:g}"
        drawn.append(shapes.path(d, stroke=TEAL if reached else GREY, width=3 if reached else 2))
    return "".join(drawn)


def _twig(step: Step, placed: Sequence[Sequence[Step]]) -> str:
    """The curve from the spine to a step that runs beside it."""
    before = [c[0].y for c in placed if len(c) == 1 and c[0].y < step.y]
    start = max(before[-1] if before else 0, step.y - ROW)
    reached = step.state in REACHED
    bend = f"{SPINE} {step.y - 20:g} {SPINE + 16} {step.y:g}"
    d = f"M{SPINE} {start:g}C{bend} {BRANCH - 8} {step.y:g}"
    return shapes.path(d, stroke=TEAL if reached else GREY, width=3 if reached else 2)


def _below(step: Step) -> bool:
    """Does the sign go under the label, because it does not fit beside it?"""
    sign = shapes.width_of(gettext("you are here"), 14) + 34
    return step.state == "here" and BRANCH + 30 + shapes.width_of(step.label, 15) + sign > TALL


def _beside(step: Step) -> str:
    x = step.x + 30
    ink = INK if step.state in REACHED else QUIET
    up = 2 if step.note else -5
    bold = step.state == "here"
    drawn = [shapes.text(x, step.y - up, step.label, fill=ink, anchor="start", bold=bold)]
    if step.note:
        note = shapes.text(x, step.y + 17, step.note, size=13.5, fill=QUIET, anchor="start")
        drawn.append(note)
    if bold:
        drawn.append(_sign(step, x))
    return "".join(drawn)


def _sign(step: Step, x: float) -> str:
    words = gettext("you are here")
    half = (shapes.width_of(words, 14) + 22) / 2
    if _below(step):
        return shapes.pill(x + half, step.y + (40 if step.note else 24), words)
    return shapes.pill(x + shapes.width_of(step.label, 15) + 10 + half, step.y, words)
