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
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from safekeeping.errors import KeyReused
from safekeeping.models import Submission

P = ParamSpec("P")

FIELD = "once"
HEADER = "Idempotency-Key"
ANSWERED_AT = "answered_at"
# One statement: `get_or_create` would take five round trips from every report.
CLAIM = """
    INSERT INTO safekeeping_submission (user_id, key, body, answer, made_at)
    VALUES (%s, %s, %s, '', %s) ON CONFLICT DO NOTHING RETURNING id
"""


def once(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Make a POST view that creates something safe against a second press of its button.

    The view's redirect is the effect's answer; any other response is a refusal and keeps nothing,
    unless the view names with `answered_at` the address where its effect stands.
    A POST without a key is let through: the key protects, it does not permit.
    """

    @functools.wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request: Any = args[0]
        key = _key(request)
        if request.method != "POST" or key is None:
            return view(*args, **kwargs)
        claim = _claim(request, key, request.now)
        if claim is None:
            return _again(Submission.objects.get(user_id=request.user.pk, key=key), request)
        response = view(*args, **kwargs)
        _keep_or_forget(claim, response)
        return response

    return run


def _claim(request: Any, key: UUID, now: datetime) -> int | None:
    """The id of our row, or None if the key was used; waits for another who is just using it."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [request.user.pk, key, _digest(request), now])
        claimed = cursor.fetchone()
    return claimed[0] if claimed else None


def _again(kept: Submission, request: HttpRequest) -> HttpResponse:
    if not hmac.compare_digest(bytes(kept.body), _digest(request)):
        raise KeyReused(kept.answer)
    return HttpResponseRedirect(kept.answer)


def _keep_or_forget(claim: int, response: HttpResponse) -> None:
    ours = Submission.objects.filter(pk=claim)
    if answer := _answer_of(response):
        ours.update(answer=answer)
    else:
        ours.delete()


def _answer_of(response: HttpResponse) -> str:
    """Where the effect stands; empty for a refusal."""
    if isinstance(response, HttpResponseRedirect):
        return response.url
    return str(getattr(response, ANSWERED_AT, ""))


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get(FIELD) or request.headers.get(HEADER, ""))
    except ValueError:
        return None


def _digest(request: HttpRequest) -> bytes:
    """Keyed, for a form may hold few enough words to be guessed from a plain hash."""
    left_out = {FIELD, "csrfmiddlewaretoken"}
    fields = sorted((k, v) for k, vs in request.POST.lists() if k not in left_out for v in vs)
    files = sorted((k, f.name, f.size) for k, fs in request.FILES.lists() for f in fs)
    text = repr([request.path, fields, files, _json_of(request)]).encode("utf-8", "surrogatepass")
    return hmac.new(settings.SECRET_KEY.encode(), text, sha256).digest()


def _json_of(request: HttpRequest) -> bytes:
    """The body itself where it is no form."""
    return request.body if request.content_type == "application/json" else b""
