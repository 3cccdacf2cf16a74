"""What an app may put among the main pages, and what the network puts there."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from network.actors import Actor

Waiting = Callable[[Actor], QuerySet[Any]]


@dataclass(frozen=True)
class Item:
    """A main page. `short` is what phones show; `wide` stands in the bar on wide screens only.

    url: the name of its route. roles: who is shown it; empty for everybody. waiting: the rows that
    wait there for this actor; the bar counts those of all pages in one statement (`kept`: it may
    hang on the actor alone).
    """

    label: Any
    url: str
    order: int
    short: Any = ""
    roles: Collection[str] = ()
    wide: bool = False
    waiting: Waiting | None = None


ITEMS = (
    Item(label=_("Roster"), url="network:roster", order=60, wide=True),
    Item(label=_("Network"), url="network:index", order=80, wide=True),
)
