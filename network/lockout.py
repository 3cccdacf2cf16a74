"""Wrong passwords and codes are counted by name and place; nothing of what was typed is kept.

In the box for the name people type passwords, and words that were meant for another page. So
whoever lets a name try again comes here: axes' own commands look for names and find marks.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Sum
from django.http import QueryDict
from django.utils.crypto import salted_hmac

TRACES = ("axes_user_agent", "axes_http_accept", "axes_path_info")
MARK = 32  # characters
OF_LATE, MANY = timedelta(minutes=5), 3  # our choice; places
NOWHERE = "0.0.0.0"  # noqa: S104 - no address that we listen at: all who have none share this one


class Wordless(AxesDatabaseHandler):
    """Axes' own, without the form, the address and the headers of the request."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        """Count it."""
        if request is None:
            return
        given, request.GET, request.POST = (request.GET, request.POST), QueryDict(), QueryDict()
        try:
            super().user_login_failed(sender, credentials, _traceless(request), **kwargs)
        finally:
            request.GET, request.POST = given

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Forget what was counted."""
        super().user_logged_in(sender, _traceless(request), user, **kwargs)


def mark_of(request: Any, credentials: dict[str, Any] | None) -> str:
    """A name as it is counted: in every spelling the same, and not to be read back."""
    name = (credentials or {}).get("username") or request.POST.get("login", "")
    return salted_hmac("lockout", str(name).casefold(), algorithm="sha256").hexdigest()[:MARK]


def place_of(request: Any) -> str:
    """The address that a request came from: as our own proxies say, where some stand before us.

    What a client itself wrote into that header stands to the left of what they wrote. A socket
    file knows no address; that must turn nobody away, for pages are served through one.
    """
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    behind = 0 < settings.PROXIES <= len(told)
    address = told[-settings.PROXIES] if behind else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(address.strip()))
    except ValueError:
        return NOWHERE


def is_closed(request: Any, username: str) -> bool:
    """Whether the door is closed to this name, here or everywhere."""
    here = AxesProxyHandler.is_allowed(request, {"username": username})
    return not here or is_tried_elsewhere(request, username, request.now)


def count_wrong_code(request: Any, username: str) -> None:
    """A wrong code of the second step weighs what a wrong password does: six digits are few."""
    AxesProxyHandler.user_login_failed(
        sender=__name__, credentials={"username": username}, request=request
    )


def forget(username: str) -> None:
    """Let this name try again at once, from wherever."""
    mark = mark_of(None, {"username": username})
    AccessAttempt.objects.filter(username=mark).delete()


def is_tried_elsewhere(request: Any, username: str, now: datetime) -> bool:
    """Whether this name was tried too often of late from many places; of this one axes tells.

    From a few it is somebody's own phone and desk, or one who would keep a person out: each of
    those places is closed by itself. allauth would count too, but each process by itself,
    and none could be told to forget.
    """
    mark = mark_of(None, {"username": username})
    tries = AccessAttempt.objects.filter(username=mark, attempt_time__gt=now - OF_LATE)
    others = tries.exclude(ip_address=place_of(request))
    found = others.aggregate(
        places=Count("ip_address", distinct=True), tries=Sum("failures_since_start")
    )
    return bool(found["places"] >= MANY and found["tries"] >= settings.AXES_FAILURE_LIMIT)


def _traceless(request: Any) -> Any:
    for trace in TRACES:
        setattr(request, trace, "")
    return request
