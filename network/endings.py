"""When an agency ends: what keeps it from ending, and what it still holds. Higher apps say so here.

An office that has ended is looked after by sweeps until it holds nothing any more; each app passes
on what is its own.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from network import registry
from network.models import Agency

Keeps = Callable[[int, datetime], str]
Holds = Callable[[int, datetime], Mapping[str, int]]

_keeps: list[Keeps] = []
_holds: list[Holds] = []


def keep(ask: Keeps) -> Keeps:
    """Register a function that says by a coded word why an agency (its id) may not end yet."""
    if ask not in _keeps:
        _keeps.append(ask)
    return ask


def holding(ask: Holds) -> Holds:
    """Register a function that counts what an agency (its id) holds, by a coded word each."""
    if ask not in _holds:
        _holds.append(ask)
    return ask


def kept_by(agency_id: int, now: datetime) -> str:
    """Why an agency may not end now, as a coded word; empty if it may."""
    return next((word for ask in _keeps if (word := ask(agency_id, now))), "")


def held_by(agency_id: int, now: datetime) -> dict[str, int]:
    """What an agency still holds and its successor would take over: coded words with counts."""
    found = Counter[str]()
    for ask in _holds:
        found.update(ask(agency_id, now))
    return {word: count for word, count in found.items() if count}


def leaving(now: datetime) -> list[Agency]:
    """Agencies that have ended and may still hold something."""
    return list(Agency.objects.leaving(registry.localdate(now)).select_related("successor"))
