"""Pages that belong to no app: leaving fast, the neutral page, help."""

from __future__ import annotations

from calendar import Calendar
from datetime import date

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

CLEAR = '"cache", "cookies", "storage"'


@never_cache
@require_GET
def exit_now(request: HttpRequest) -> HttpResponse:
    """Sign out, tell the browser to forget us, and go where nothing speaks of us.

    A GET on purpose: one touch, without a script, from any page. The worst that a planted link
    can do is to sign somebody out.
    """
    logout(request)
    response = HttpResponseRedirect(reverse("neutral"))
    response["Clear-Site-Data"] = CLEAR
    return response


@require_safe
def neutral(request: HttpRequest) -> HttpResponse:
    """Show a calendar of this month: what anybody may have open."""
    today = timezone.localdate(getattr(request, "now", None) or timezone.now())
    return render(request, "neutral.html", {"today": today, "weeks": weeks_of(today)})


def weeks_of(day: date) -> list[list[int]]:
    """Return the month's weeks, Monday first; 0 stands for a day of another month."""
    return Calendar().monthdayscalendar(day.year, day.month)
