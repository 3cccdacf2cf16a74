"""Reading a date or a time of day as people write it: plain values in, plain values out."""

from __future__ import annotations

import re
from datetime import date, time

CLOCK = re.compile(r"^(\d{1,2})\s*(?:[:.h]|giờ|gio)?\s*(\d{2})?\s*(?:phút|phut|p)?$", re.IGNORECASE)
YEARS = range(1900, 2101)


def read_day(day: str, month: str, year: str) -> date | None:
    """Return the date, or None where no such day exists (31/02)."""
    parts = [part.strip() for part in (day, month, year)]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):  # noqa: PLR2004
        return None
    d, m, y = (int(part) for part in parts)
    try:
        return date(y, m, d) if y in YEARS else None
    except ValueError:
        return None


def read_clock(text: str) -> time | None:
    """Return the time of day of "21:30", "21h30", "9 giờ", "0930"; None for anything else."""
    match = CLOCK.match(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004
