"""The main pages on top of every page, gathered from the apps that have some.

Each app may have a `navigation.py` with `ITEMS`, a sequence of `network.navigation.Item`; the items
stand in the order of their `order`. An item whose address is not known yet is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from network.actors import Actor
from network.navigation import Item, Waiting
from safekeeping.questions import kept

Asked = tuple[tuple[str, Waiting], ...]  # each page's url with what waits there
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
    """The items that the request's actor may use; counting what waits takes one statement."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_person:
        return []
    shown = [item for item in items() if not item.roles or actor.has(*item.roles)]
    counts = _counts(shown, actor, request.now)  # type: ignore[attr-defined]
    made = (_entry(item, request, counts.get(item.url, 0)) for item in shown)
    return [entry for entry in made if entry is not None]


def _counts(shown: list[Item], actor: Actor, now: datetime) -> dict[str, int]:
    """How much waits on each page, by its url's name; a page on which nothing waits is left out."""
    asked = tuple((item.url, item.waiting) for item in shown if item.waiting)
    return {row["page"]: row["n"] for row in _counted(asked, actor, now)} if asked else {}


@kept
def _counted(asked: Asked, actor: Actor, now: datetime) -> QuerySet[Any, Any]:
    first, *others = [
        waiting(actor).order_by().values(page=Value(url)).annotate(n=Count("pk"))
        for url, waiting in asked
    ]
    every: QuerySet[Any, Any] = first.union(*others, all=True)
    return every


def _entry(item: Item, request: HttpRequest, count: int) -> Entry | None:
    try:
        url = reverse(item.url)
    except NoReverseMatch:
        return None
    label, short = str(item.label), str(item.short or item.label)
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
