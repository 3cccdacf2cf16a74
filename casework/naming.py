"""How people speak of a case: a code drawn at random, and a plant's name.

Whether a name is free only the database knows: whoever reports sees none of the owner's cases.
So it is drawn, tried in a savepoint, and drawn again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from random import SystemRandom
from typing import TypeVar

from django.db import IntegrityError, transaction

from casework import rules
from casework.models import Case
from network import edition, registry
from network.models import Level
from network.rules import folded

T = TypeVar("T")

NAMES = ("alias_of_owner", "casework_case_code")  # the constraints that a draw may break
_draw = SystemRandom()


def born(*, now: datetime, **values: object) -> Case:
    """Insert a case under a free code and alias; its id is in hand already."""
    prefix, year = _prefix(now), registry.localdate(now).year

    def attempt(number: int) -> Case:
        code = rules.case_code(prefix, year, _choose)
        case: Case = Case.born(code=code, alias=_alias(number), **values)
        return case

    return _tried(attempt)


def save_with_alias(case: Case, *, fields: list[str]) -> None:
    """Save a case that comes among other live ones: it keeps its alias if that is free there."""

    def attempt(number: int) -> None:
        if number:
            case.alias = _alias(number)
        case.save(update_fields=[*fields, "alias"])

    _tried(attempt)


def _tried(attempt: Callable[[int], T]) -> T:
    for number in range(rules.TRIES - 1):
        try:
            with transaction.atomic():
                return attempt(number)
        except IntegrityError as fault:
            if not _is_taken(fault):
                raise
    return attempt(rules.TRIES - 1)


def _is_taken(fault: IntegrityError) -> bool:
    name = getattr(getattr(fault.__cause__, "diag", None), "constraint_name", "") or ""
    return name.startswith(NAMES)


def _alias(number: int) -> str:
    return rules.alias(registry.aliases(), number, _choose)


def _choose(names: Sequence[str]) -> str:
    return _draw.choice(names)


def _prefix(now: datetime) -> str:
    """The province's initials, from its own data."""
    day = registry.localdate(now)
    units = edition.current().units.by_id.values()
    names = [unit.name for unit in units if unit.level == Level.PROVINCE and unit.holds(day)]
    return rules.initials(folded(names[0])) if names else "X"
