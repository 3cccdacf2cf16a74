"""What waits for an agency besides the flow's own turns: higher apps add their lines.

A function registers itself with `@source`; the page "my work" calls each. Lines carry codes and
aliases, never a name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from network.actors import Actor


@dataclass(frozen=True)
class Line:
    """One thing to do: by when, where it leads; `claim_url` takes it on by POST if unclaimed.

    `release_url` gives it back by POST if this person took it on; both say what by `claim`.

    hint: a second, quiet line. mine: this person has taken it on; taken: a colleague has. risk: the
    case's level, which the page says where it is high.
    """

    what: str
    url: str
    hint: str = ""
    due: datetime | None = None
    started: datetime | None = None
    claim_url: str = ""
    release_url: str = ""
    claim: tuple[tuple[str, str], ...] = ()
    mine: bool = False
    taken: bool = False
    risk: str = ""


@dataclass(frozen=True)
class Work:
    """What waits, the nearest due first. cut: a source may hold more than it could show."""

    lines: list[Line]
    cut: bool


PAGE = 25
Source = Callable[..., list[Line]]
_sources: list[Source] = []


def source(lines: Source) -> Source:
    """Register `lines(*, actor, now, limit) -> list[Line]`, the nearest due first."""
    _sources.append(lines)
    return lines


def work_for(actor: Actor, *, now: datetime, limit: int = PAGE) -> Work:
    """Every source's lines, `limit` of each kind; what falls due first on top."""
    asked = [each(actor=actor, now=now, limit=limit) for each in _sources]
    lines = [line for each in asked for line in each]
    in_order = sorted(lines, key=lambda line: (line.due is None, line.due or now))
    return Work(in_order, cut=any(len(each) >= limit for each in asked))
