"""A form sent twice takes effect once.

The key is kept in the transaction of the effect: a refused form consumes nothing, and of two that
race, the second waits at the unique key and is given the first one's answer.
"""

import functools
import hmac
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, ParamSpec
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from safekeeping.errors import KeyReused
from safekeeping.models import Submission

P = ParamSpec("P")

FIELD = "once"


def once(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Make a POST view that creates something safe against a second press of its button.

    The view's redirect is the effect's answer; any other response is a refusal and keeps nothing.
    A POST without a key is let through: the key protects, it does not permit.
    """

    @functools.wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request: Any = args[0]
        key = _key(request)
        if request.method != "POST" or key is None:
            return view(*args, **kwargs)
        made, kept = _claim(request, key, request.now)
        if not made:
            return _again(kept, request)
        response = view(*args, **kwargs)
        _keep_or_forget(kept, response)
        return response

    return run


def _claim(request: Any, key: UUID, now: datetime) -> tuple[bool, Submission]:
    with transaction.atomic():
        kept, made = Submission.objects.get_or_create(
            user_id=request.user.pk, key=key, defaults={"body": _digest(request), "made_at": now}
        )
    return made, kept


def _again(kept: Submission, request: HttpRequest) -> HttpResponse:
    if not hmac.compare_digest(bytes(kept.body), _digest(request)):
        raise KeyReused
    return HttpResponseRedirect(kept.answer)


def _keep_or_forget(kept: Submission, response: HttpResponse) -> None:
    if isinstance(response, HttpResponseRedirect):
        kept.answer = response.url
        kept.save(update_fields=["answer"])
    else:
        kept.delete()


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _digest(request: HttpRequest) -> bytes:
    """Keyed, for a form may hold few enough words to be guessed from a plain hash."""
    left_out = {FIELD, "csrfmiddlewaretoken"}
    fields = sorted((k, v) for k, vs in request.POST.lists() if k not in left_out for v in vs)
    text = repr([request.path, *fields]).encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, sha256).digest()
