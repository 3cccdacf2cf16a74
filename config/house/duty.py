"""The number that is answered day and night: shown on every page, also when all else fails."""

from __future__ import annotations

from datetime import date

from network import registry

_known = [""]


def duty_phone(on: date) -> str:
    """Return the duty desk's number on that day; asks the database."""
    _known[0] = registry.duty_phone(on) or _known[0]
    return _known[0]


def last_known() -> str:
    """Return the number last seen by this process, without asking the database."""
    return _known[0]
