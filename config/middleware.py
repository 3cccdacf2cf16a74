"""One request, one transaction, one context; the one place where a refusal becomes a status; and
leaving, which nothing may stop.
"""

from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django_fsm import ConcurrentTransition, TransitionNotAllowed

from config.house.errors import Refusal, page
from config.house.typed import ACTING
from config.house.views import TOO_LARGE, still_leaving
from config.refusals import refuse
from safekeeping import rls
from safekeeping.errors import KeyReused, NotGranted, NotVisible, RuleBroken, Unreadable

BROKEN = 500
DETOURS = (ImmediateHttpResponse, ReauthenticationRequired)
REFUSALS: dict[type[Exception], int] = {
    NotVisible: 404,
    NotGranted: 404,
    Http404: 404,
    PermissionDenied: 403,
    SuspiciousOperation: 400,
    **dict.fromkeys(TOO_LARGE, 413),
    TransitionNotAllowed: 409,
    ConcurrentTransition: 409,
    KeyReused: 422,
    RuleBroken: 409,
    Unreadable: 503,
}


class Leaving:
    """Whoever leaves fast gets away, whatever is broken here."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        return (response.status_code >= BROKEN and still_leaving(request.path)) or response


class Unit:
    """The unit of work: last of all middleware, so that sign-in and CSRF have run.

    A view's exception leaves the block and rolls everything back; a refusal is then answered from
    a transaction of its own, so that it is recorded although its effect is not.
    """

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        try:
            with rls.acting(actor=request.actor, now=request.now):
                return self._answer(request)
        except tuple(REFUSALS) as refusal:
            with rls.acting(actor=request.actor, now=request.now):
                return refuse(request, refusal, status_of(refusal))

    def _answer(self, request: Any) -> Any:
        _require_same_office(request)
        response = self.get_response(request)
        if broken := getattr(request, "broken", None):
            raise broken
        if rls.context().case or rls.context().system:
            raise RuntimeError("a view may not answer with a case in hand")
        if response.streaming and not getattr(response, "reads_no_rows", False):
            raise RuntimeError("a streamed body would see no rows")
        return _with_words(request, response)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """Django would answer 500 here and the block would commit half: hold it for __call__.

        allauth's own detours, raised before its views do anything, are its middleware's to answer.
        """
        if isinstance(exception, DETOURS):
            return None
        request.broken = exception
        return HttpResponse(status=500)


def _require_same_office(request: Any) -> None:
    """Nothing is done in the name of another office than the one whose form it was.

    A person with several chooses between them in any window, while forms stand open in others.
    """
    drawn_for = request.POST.get(ACTING) if request.method == "POST" else None
    if drawn_for and request.membership and drawn_for != str(request.membership.reference):
        raise RuleBroken("other-office")


def _with_words(request: Any, response: Any) -> Any:
    """Django's own answer to a wrong verb is an empty page."""
    if not isinstance(response, HttpResponseNotAllowed) or response.content:
        return response
    shown = page(request, Refusal(405))
    shown.headers["Allow"] = response.headers["Allow"]
    return shown


def status_of(refusal: Exception) -> int:
    """The status a refusal is answered with; the nearest kind decides."""
    for kind in type(refusal).__mro__:
        if kind in REFUSALS:
            return REFUSALS[kind]
    return 500
