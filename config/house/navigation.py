"""The main pages on top of every page, gathered from the apps that have some.

Each app may have a `navigation.py` with `ITEMS`, a sequence of `network.navigation.Item`; the items
stand in the order of their `order`. An item whose address is not known yet is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from network.navigation import Item

APPS = ("network", "casework", "referral", "shelters", "hotline", "figures")


@dataclass(frozen=True)
class Entry:
    """One item as this person sees it: `short` and `rest` make the label; phones show `short`."""

    name: str
    label: str
    short: str
    rest: str
    url: str
    count: int
    active: bool
    wide: bool


@cache
def items() -> tuple[Item, ...]:
    """All items of all apps, in order."""
    found = [item for app in APPS if find_spec(f"{app}.navigation") for item in _of(app)]
    return tuple(sorted(found, key=lambda item: item.order))


def _of(app: str) -> tuple[Item, ...]:
    return tuple(getattr(import_module(f"{app}.navigation"), "ITEMS", ()))


def entries(request: HttpRequest) -> list[Entry]:
    """The items that the request's actor may use; counting them asks the database."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_person:
        return []
    shown = [item for item in items() if not item.roles or actor.has(*item.roles)]
    made = (_entry(item, request) for item in shown)
    return [entry for entry in made if entry is not None]


def _entry(item: Item, request: HttpRequest) -> Entry | None:
    try:
        url = reverse(item.url)
    except NoReverseMatch:
        return None
    label, short = str(item.label), str(item.short or item.label)
    count = item.count(request.actor, request.now) if item.count else 0  # type: ignore[attr-defined]
    return Entry(
        name=item.url,
        label=label,
        short=short,
        rest=label.removeprefix(short).strip() if label.startswith(short) else "",
        url=url,
        count=count,
        active=request.path == url or (url != "/" and request.path.startswith(url)),
        wide=item.wide,
    )
