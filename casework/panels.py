"""What higher apps show on the case page: referrals, stays, orders. The lower app knows no name.

A function registers itself with `@panel`; the case page calls each and draws the lines as a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from casework.models import Case
from network.actors import Actor


@dataclass(frozen=True)
class Line:
    """One row: what, where, how it stands; `due` shows a clock, `url` leads to the thing itself."""

    what: str
    where: str = ""
    state: str = ""
    at: datetime | None = None
    due: datetime | None = None
    started: datetime | None = None
    url: str = ""


Lines = Callable[..., list[Line]]


@dataclass(frozen=True)
class Panel:
    """A heading with lines; `start` is the address name of the page that begins a new one."""

    key: str
    title: str | Promise
    order: int
    start: str
    start_label: str | Promise
    lines: Lines


_panels: dict[str, Panel] = {}


def panel(
    key: str,
    title: str | Promise,
    order: int,
    *,
    start: str = "",
    start_label: str | Promise = "",
) -> Callable[[Lines], Lines]:
    """Register `lines(*, actor, case, now) -> list[Line]` under a key.

    start: the name of an address that takes the case's reference.
    """

    def keep(lines: Lines) -> Lines:
        _panels[key] = Panel(key, title, order, start, start_label, lines)
        return lines

    return keep


def panels() -> list[Panel]:
    """All panels, in order."""
    return sorted(_panels.values(), key=lambda each: each.order)


def lines_of(one: Panel, *, actor: Actor, case: Case, now: datetime) -> list[Line]:
    """The rows of one panel for this person."""
    return one.lines(actor=actor, case=case, now=now)
