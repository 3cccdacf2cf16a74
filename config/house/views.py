"""Pages that belong to no app: leaving fast, the neutral page, the language, refusals."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.i18n import set_language

from config.house.errors import Refusal, page
from config.house.machines import machines
from config.logs import note_fault
from network.actions import account

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
CLEAR = '"cache", "cookies", "storage"'


@login_not_required
@never_cache
@require_GET
def exit_now(request: HttpRequest) -> HttpResponse:
    """Sign out, tell the browser to forget us, and go where nothing speaks of us.

    A GET on purpose: one touch, without a script, from any page. The worst that a planted link
    can do is to sign somebody out.
    """
    logout(request)
    return _gone()


def _gone() -> HttpResponse:
    response = HttpResponseRedirect(reverse("neutral"))
    response["Clear-Site-Data"] = CLEAR
    return response


@login_not_required
@require_safe
def neutral(request: HttpRequest) -> HttpResponse:
    """Show a calendar of this month: what anybody may have open."""
    return render(request, "neutral.html", _month(getattr(request, "now", None) or timezone.now()))


def _month(now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    return {"today": today, "weeks": weeks_of(today)}


def still_leaving(path: str) -> HttpResponse | None:
    """The two pages of leaving where all else is broken, the database too; None for any other.

    The session stays as a row; the browser that had it forgets it.
    """
    if path == reverse("exit"):
        response = _gone()
        response.delete_cookie(settings.SESSION_COOKIE_NAME)
        return response
    if path == reverse("neutral"):
        return HttpResponse(render_to_string("neutral.html", _month(timezone.now())))
    return None


def weeks_of(day: date) -> list[list[int]]:
    """Return the month's weeks, Monday first; 0 stands for a day of another month."""
    return Calendar().monthdayscalendar(day.year, day.month)


@login_not_required
@require_POST
def language(request: Any) -> HttpResponseBase:
    """Change the language of this browser, and of the person signed in; go back to the page."""
    if request.actor.is_person:
        account.choose_language(
            actor=request.actor, language=request.POST.get("language", ""), now=request.now
        )
    return set_language(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400, or 413 where the body was too large."""
    return page(request, Refusal(413 if isinstance(exception, TOO_LARGE) else 400))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return page(request, Refusal(403))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, alike for what is missing and what is hidden."""
    return page(request, Refusal(404))


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 429 where somebody tries passwords too often."""
    return page(request, Refusal(429))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a page that asks nothing of the database, and write it down as that says."""
    return page(request, Refusal(500, incident=note_fault(request)))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form whose page was too old."""
    return page(request, Refusal(403, code="csrf"))


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain how to use the pages, whom to ring, who sees what."""
    return render(request, "help/index.html")


@login_not_required
@require_safe
def help_drawings(request: HttpRequest) -> HttpResponse:
    """Draw every state machine from the code."""
    return render(request, "help/drawings.html", {"machines": list(machines())})
