"""What may happen at all: a state machine, drawn from the edges that the code declares.

States stand in a column; each state that leads on has a lane of its own at the right: a dot where
it begins, an arrow into every state it may become. No line ever crosses a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from config.drawing import shapes
from config.drawing.shapes import INK, PALE, QUIET, SOFT, TEAL

WIDTH, ROW, TOP, BOX = 340, 44, 26, 168
LANES = ("#0d5c63", "#7a4500", "#3f4f8a", "#8a2f5b", "#4b5a5d")


def machine(
    states: Mapping[str, object], edges: Iterable[tuple[str, str]], *, first: Sequence[str] = ()
) -> SafeString:
    """Draw a machine.

    states: value → label in the reader's language. edges: pairs of values. first: where rows are
    born. The order of `states` is the order of the rows.
    """
    pairs = sorted(set(edges))
    order = list(states)
    rows = {value: TOP + index * ROW for index, value in enumerate(order)}
    sources = [value for value in order if any(one == value for one, _other in pairs)]
    gap = (WIDTH - BOX - 22) / max(1, len(sources))
    drawn = [
        _lane(rows, source, [b for a, b in pairs if a == source], BOX + 18 + index * gap, index)
        for index, source in enumerate(sources)
    ]
    ends = set(order) - set(sources)
    drawn += [
        _box(str(states[value]), rows[value], is_end=value in ends, is_first=value in first)
        for value in order
    ]
    return mark_safe(  # noqa: S308 - all texts are escaped
        shapes.svg(
            "".join(drawn),
            width=WIDTH,
            height=TOP + len(order) * ROW - 14,
            label=_in_words(states, pairs),
            css="ma-machine",
        )
    )


def _lane(
    rows: Mapping[str, float], source: str, targets: Sequence[str], x: float, index: int
) -> str:
    colour = LANES[index % len(LANES)]
    # What leaves a state starts a little lower than what arrives, so that both can be told apart.
    begin = rows[source] + 7
    ends = [rows[target] - 5 for target in targets]
    top, bottom = min([begin, *ends]), max([begin, *ends])
    drawn = [
        shapes.path(f"M{BOX} {begin:g}H{x:g}", stroke=colour, width=1.6),
        shapes.path(f"M{x:g} {top:g}V{bottom:g}", stroke=colour, width=1.6),
        shapes.circle(x, begin, 3.2, fill=colour),
    ]
    for y in ends:
        drawn.append(shapes.path(f"M{x:g} {y:g}H{BOX + 8}", stroke=colour, width=1.6))
        drawn.append(shapes.circle(x, y, 2.2, fill=colour))
        drawn.append(f'<path d="M{BOX + 1} {y:g}l8-4v8z" fill="{colour}"/>')
    return "".join(drawn)


def _box(label: str, y: float, *, is_end: bool, is_first: bool) -> str:
    fill, line = (SOFT, TEAL) if is_first else ("#f7f4ee", PALE) if is_end else ("#fff", TEAL)
    lines = shapes.lines_of(label, 13, BOX - 16)[:2]
    start = y + 5 - 7.5 * (len(lines) - 1)
    words = "".join(
        shapes.text(
            BOX / 2, start + 15 * i, line_, size=13.5, fill=QUIET if is_end else INK, rimmed=False
        )
        for i, line_ in enumerate(lines)
    )
    return (
        f'<rect x="2" y="{y - 17:g}" width="{BOX - 4}" height="34" rx="8" fill="{fill}"'
        f' stroke="{line}" stroke-width="1.5"/>{words}'
    )


def _in_words(states: Mapping[str, object], pairs: Sequence[tuple[str, str]]) -> str:
    """Say the picture, for those who hear it."""
    said = []
    for value, label in states.items():
        after = [str(states[b]) for a, b in pairs if a == value and b in states]
        if after:
            said.append(
                gettext("%(state)s may become %(after)s.")
                % {"state": label, "after": ", ".join(after)}
            )
    return " ".join(said)
