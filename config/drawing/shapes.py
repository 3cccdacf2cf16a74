"""The few shapes our pictures are made of, and how wide a text will be."""

from __future__ import annotations

from html import escape
from textwrap import wrap

INK, QUIET, TEAL, SOFT, GREY, PALE = (
    "#16282c", "#4b5a5d", "#0d5c63", "#e6f1f0", "#c6cbc6", "#8a979a",
)  # fmt: skip
NARROW, BROAD = frozenset("iíìỉĩịljtfrI.,:;'()-1 "), frozenset("mwMWĐ%@")


def width_of(text: str, size: float) -> float:
    """Estimate the width of a text in Be Vietnam Pro; a little too wide rather than too narrow."""
    return sum(0.36 if c in NARROW else 0.9 if c in BROAD else 0.6 for c in text) * size


def lines_of(text: str, size: float, room: float) -> list[str]:
    """Break a text into lines that fit the room; a single long word stays whole."""
    most = max(6, int(room / (0.56 * size)))
    return wrap(text, most, break_long_words=False, break_on_hyphens=False) or [""]


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 15,
    fill: str = INK,
    anchor: str = "middle",
    bold: bool = False,
    rimmed: bool = True,
) -> str:
    """Draw one line of text; `y` is its base line. A white rim keeps lines from touching it."""
    weight = 600 if bold else 400
    rim = (
        ""
        if fill == "#fff" or not rimmed
        else ' stroke="#fff" stroke-width="4" paint-order="stroke"'
    )
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}"'
        f' font-weight="{weight}" fill="{fill}"{rim}>{escape(words)}</text>'
    )


def path(d: str, *, stroke: str, width: float) -> str:
    """Draw a line."""
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}"/>'


def circle(x: float, y: float, r: float, *, fill: str, stroke: str = "", width: float = 0) -> str:
    """Draw a circle."""
    line = f' stroke="{stroke}" stroke-width="{width:g}"' if stroke else ""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}"{line}/>'


def pill(x: float, y: float, words: str) -> str:
    """Draw white words on a rounded teal ground; x and y are its centre."""
    width = width_of(words, 14) + 22
    return (
        f'<rect x="{x - width / 2:g}" y="{y - 13:g}" width="{width:g}" height="26" rx="13"'
        f' fill="{TEAL}"/>' + text(x, y + 5, words, size=14, fill="#fff", bold=True)
    )


def svg(inner: str, *, width: float, height: float, label: str, css: str = "") -> str:
    """Put shapes into a picture that says in words what it shows."""
    named = f' class="{css}"' if css else ""
    return (
        f'<svg{named} viewBox="0 0 {width:g} {height:g}" role="img"'
        f' aria-label="{escape(label)}">{inner}</svg>'
    )
