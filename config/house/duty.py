"""The number that is answered day and night: shown on every page, also when all else fails."""

from __future__ import annotations

from django.conf import settings

_known = [""]


def duty_phone() -> str:
    """Return the duty desk's number; asks the database."""
    return last_known()


def last_known() -> str:
    """Return the number last seen, without asking the database."""
    return _known[0] or str(getattr(settings, "DUTY_PHONE", ""))
