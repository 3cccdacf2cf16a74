"""Times and numbers in words, the way people say them: "còn 2 giờ 10 phút", "quá hạn 35 phút"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WORDS_UP_TO = 3 * DAY  # beyond it a weekday says more than a count of hours
MOBILE, LANDLINE = 10, 11  # digits of a Vietnamese number, the leading zero counted

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


@dataclass(frozen=True)
class Left:
    """What a clock says: `tone` is one of "", soon, over; `span` is signed, as in ISO 8601."""

    text: str
    tone: str
    span: str


def left(due: datetime, *, now: datetime, started: datetime | None = None) -> Left:
    """Say how long until `due` (exclusive), or how long it is past.

    Soon: an hour or less, unless the clock has only just started (three quarters of it are left).
    """
    ahead = due - now
    if ahead <= timedelta(0):
        over = gettext("%(span)s overdue") % {"span": in_words(-ahead)}
        return Left(over, "over", iso(ahead))
    tone = "soon" if ahead <= HOUR and not _fresh(ahead, due, started) else ""
    if ahead >= WORDS_UP_TO:
        return Left(weekday(due), tone, iso(ahead))
    return Left(gettext("%(span)s left") % {"span": in_words(ahead)}, tone, iso(ahead))


def _fresh(ahead: timedelta, due: datetime, started: datetime | None) -> bool:
    return started is not None and ahead > 0.75 * (due - started)


def in_words(span: timedelta) -> str:
    """Say a span in its two largest units; under a minute counts as one."""
    minutes = max(1, int(span.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _join(_days(days), _hours(hours))
    return _join(_hours(hours), _minutes(minutes))


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _days(number: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number} if number else ""


def _hours(number: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", number) % {"n": number} if number else ""


def _minutes(number: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", number) % {"n": number} if number else ""


def iso(span: timedelta) -> str:
    """Write a span as an ISO 8601 duration of hours and minutes, for machines."""
    minutes = int(abs(span).total_seconds() // 60)
    sign = "-" if span < timedelta(0) else ""
    return f"{sign}PT{minutes // 60}H{minutes % 60}M"


def weekday(moment: datetime) -> str:
    """Say "thứ Năm 26/11"."""
    day = timezone.localtime(moment)
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m}"


def full_day(moment: datetime) -> str:
    """Say "thứ Ba 24/11/2026"."""
    day = timezone.localtime(moment)
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def moment(at: datetime, *, now: datetime) -> str:
    """Say "hôm nay 08:45", "hôm qua 21:10", else the date and the time."""
    at, now = timezone.localtime(at), timezone.localtime(now)
    clock = at.strftime("%H:%M")
    if at.date() == now.date():
        return gettext("today %(clock)s") % {"clock": clock}
    if at.date() == (now - DAY).date():
        return gettext("yesterday %(clock)s") % {"clock": clock}
    return at.strftime("%d/%m/%Y %H:%M")


def phone(number: str) -> str:
    """Group the digits of a Vietnamese number as it is read aloud; leave others alone."""
    digits = re.sub(r"\D", "", number)
    if number.strip().startswith("+") or len(digits) not in {MOBILE, LANDLINE}:
        return number
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}"


def dial(number: str) -> str:
    """Return what a tel: link needs: digits, and a plus if there was one."""
    return re.sub(r"[^\d+]", "", number)
