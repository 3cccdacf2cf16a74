"""Steps that concern other people's access ask once more who is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.http import HttpResponse

View = Callable[..., HttpResponse]


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
