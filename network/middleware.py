"""Who is asking, since when, in which language."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils import timezone, translation

from network.actors import STRANGER


class LanguageOfPerson:
    """The person's own language; a stranger's from the cookie or the browser, Vietnamese else."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        language = request.user.language if request.user.is_authenticated else None
        language = language or translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ActorOfRequest:
    """`request.now` and `request.actor`: one moment and one actor for the whole request."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.now = timezone.now()
        request.membership, request.actor = None, STRANGER
        return self.get_response(request)


class SignedIn(LoginRequiredMiddleware):
    """Sign-in is required by every view but those marked `login_not_required`."""
