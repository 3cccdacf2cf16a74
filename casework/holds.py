"""Why a case may not close yet: higher apps say so here, casework knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

Asked = Callable[[int], "list[Reason]"]

_holds: list[Asked] = []


@dataclass(frozen=True)
class Reason:
    """One thing still open: a coded word, what a person reads, and how many of it."""

    code: str
    said: str | Promise
    count: int = 1


def hold(ask: Asked) -> Asked:
    """Register a function that names what of this case (its id, in hand) is still open."""
    if ask not in _holds:
        _holds.append(ask)
    return ask


def holds_on(case_id: int) -> list[Reason]:
    """Everything that keeps the case from closing; empty if nothing does."""
    return [reason for ask in _holds for reason in ask(case_id)]
