"""Steps that concern other people's access ask once more who is there."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from network import sittings

View = Callable[..., HttpResponse]
PASSWORD = "reauthenticate"  # noqa: S105 - allauth's name of a way, and no password


def fresh(view: View) -> View:
    """Ask for the password or second factor again if that is more than five minutes ago.

    The demonstration, which has no second step, does not ask.
    """
    asking = reauthentication_required(view)

    @wraps(view)
    def run(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = asking if settings.MFA_REQUIRED else view
        response: HttpResponse = answer(request, *args, **kwargs)
        return response

    return run


def second_factor(view: View) -> View:
    """Ask for the second factor itself, and lead back to the page; a password is not enough."""

    @wraps(view)
    def run(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_fresh(request):
            return HttpResponseRedirect(confirm_url(request))
        return view(request, *args, **kwargs)

    return run


def is_fresh(request: Any) -> bool:
    """Whether the second factor was shown within five minutes; the demonstration has none."""
    if not settings.MFA_REQUIRED:
        return True
    within = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    return sittings.has_second_factor(request.session, request.now, within)


def confirm_url(request: Any) -> str:
    """Where the second factor is shown once more; it leads back to this address.

    The password's page stands in for whoever has no second factor yet.
    """
    ways = get_adapter().get_reauthentication_methods(request.user)
    found = [way["url"] for way in ways if way["id"] != PASSWORD] or [way["url"] for way in ways]
    return f"{found[0]}?{urlencode({REDIRECT_FIELD_NAME: request.path})}"
