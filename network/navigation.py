"""An entry of the main navigation: each app lists its own in its `navigation.py` as `ITEMS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from network.actors import Actor


@dataclass(frozen=True)
class Item:
    """One main page.

    roles: who sees it; empty means everybody signed in. count: how many wait there, asked of the
    database on each page. short: what a phone shows, the beginning of the label. wide: on a phone
    it moves into the account panel.
    """

    label: str | Promise
    url: str
    order: int
    roles: frozenset[str] = frozenset()
    count: Callable[[Actor, datetime], int] | None = None
    short: str | Promise = ""
    wide: bool = False
