"""Worlds that a hundred modules begin with: made once, then laid back as they were made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from network import edition
from network.loading import province
from tests import tables

Make = Callable[[], Any]


@dataclass(frozen=True)
class World:
    """What making one answered, and what lay in the tables then."""

    told: Any
    rows: tables.Rows


_worlds: dict[Make, World] = {}


def bring(make: Make) -> Any:
    """Make this world in empty tables, outside any transaction, or lay it back.

    Returns what making it answered: ids in it are those of the rows. Where another stands it goes
    first; the same one stays, since no test leaves rows and whoever commits empties all tables.
    """
    known = _worlds.get(make)
    if known is None or known.rows is not tables.lying:
        if tables.lying is not None:
            tables.empty()
        known = _worlds[make] = _made(make) if known is None else _laid(known)
        tables.lying = known.rows
    edition.forget()
    return known.told


def _made(make: Make) -> World:
    edition.forget()
    answer = make()
    return World(answer, tables.take())


def _laid(known: World) -> World:
    tables.lay(known.rows)
    return known


def leave() -> None:
    """Empty tables again."""
    tables.empty()
    edition.forget()


def told() -> Any:
    """What making the world answered that stands now; None where none does."""
    standing = (world for world in _worlds.values() if world.rows is tables.lying)
    return next((world.told for world in standing), None)


@cache
def loaded(folder: Path, at: datetime) -> Make:
    """A province and nothing else, to be brought."""

    def load() -> None:
        province.load(folder, at)

    return load
