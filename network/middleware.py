"""Who is asking, for which agency, in which language; and nobody unknown behind the door."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from network import sittings
from network.actors import STRANGER
from network.roles import SEES_SEALED

# Pages that a signed-in person reaches whatever is still to be set up.
ALWAYS_OPEN = ("account_", "mfa_")


class LanguageOfPerson:
    """The person's own language; a stranger's from the cookie, else Vietnamese."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        language = request.user.language if request.user.is_authenticated else _of_cookie(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _of_cookie(request: Any) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    known = dict(settings.LANGUAGES)
    return chosen if chosen in known else settings.LANGUAGE_CODE


class ActorOfRequest:
    """`request.now`, `request.actor`, `request.membership(s)`: one moment and one actor a request.

    A session that has lasted or stood still too long is ended here, before anything is read.
    """

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.now = timezone.now()
        request.actor, request.memberships = STRANGER, []
        if request.user.is_authenticated:
            self._recognise(request)
        request.membership = request.memberships[0] if request.memberships else None
        return self.get_response(request)

    def _recognise(self, request: Any) -> None:
        actor, memberships = sittings.actor_in(request.user, request.session, request.now)
        if not actor.is_person:
            language = request.user.language
            logout(request)
            translation.activate(language)
            return
        request.actor, request.memberships = actor, memberships
        if "X-Live" not in request.headers:  # a page that reads itself again is nobody's touch
            sittings.touch(request.session, request.now)


class SignedIn(LoginRequiredMiddleware):
    """Sign-in is required by every view but those marked `login_not_required`.

    Signed in, one first sets what is missing: a password of one's own, a second factor.
    """

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused is not None or not getattr(view_func, "login_required", True):
            return refused
        name = request.resolver_match.url_name or ""
        if name.startswith("mfa_"):  # it may be taken away here: the next page asks anew
            request.session.pop(sittings.SECOND_FACTOR, None)
        if name.startswith(ALWAYS_OPEN) or not request.user.is_authenticated:
            return None
        missing = what_is_missing(request)
        return HttpResponseRedirect(reverse(missing)) if missing else None


def what_is_missing(request: Any) -> str:
    """The page where a person must set something up before anything else; empty if nothing."""
    if request.user.must_change_password:
        return "account_change_password"
    if settings.MFA_REQUIRED and not request.actor.roles.isdisjoint(SEES_SEALED):
        return "" if _has_second_factor(request) else "mfa_index"
    return ""


def _has_second_factor(request: Any) -> bool:
    """Asked of the database until it is so, then remembered for the session."""
    if not request.session.get(sittings.SECOND_FACTOR) and is_mfa_enabled(request.user):
        request.session[sittings.SECOND_FACTOR] = True
    return bool(request.session.get(sittings.SECOND_FACTOR))
