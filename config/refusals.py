"""The page that a refusal gets: what is so, who moved it, what can be done instead."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from config import errors
from safekeeping.errors import RuleBroken, Unreadable
from safekeeping.models import Event

APPS = ("safekeeping", "network", "casework", "referral", "shelters", "hotline", "figures")
CANNOT_BE_READ = (
    _("This cannot be read"),
    _("What is sealed here does not open. Nothing was saved. Ring the duty phone if it is urgent."),
)


@cache
def messages() -> dict[str, str | Promise]:
    """Rule code → sentence for a person, gathered from each app's `messages.py`."""
    found: dict[str, str | Promise] = {}
    for app in APPS:
        if find_spec(f"{app}.messages"):
            found |= import_module(f"{app}.messages").MESSAGES
    return found


def sentence(broken: RuleBroken) -> str:
    """The broken rule in words, in the reader's language; coded facts fill its gaps."""
    return str(messages().get(broken.code, "")) % broken.facts


def refuse(request: Any, refusal: Exception, status: int) -> HttpResponse:
    """Answer a refusal. No exception text is shown; missing and foreign look alike."""
    return errors.render(request, _page_of(refusal, status))


def _page_of(refusal: Exception, status: int) -> errors.Refusal:
    if isinstance(refusal, RuleBroken):
        return errors.Refusal(status, text=sentence(refusal))
    if isinstance(refusal, Unreadable):
        title, text = CANNOT_BE_READ
        return errors.Refusal(status, title=title, text=text)
    if isinstance(refusal, TransitionNotAllowed):
        return _moved_meanwhile(refusal, status)
    return errors.Refusal(status)


def _moved_meanwhile(refusal: TransitionNotAllowed, status: int) -> errors.Refusal:
    """The record's state now, and when it came to it."""
    row: Any = refusal.object
    field = "status" if hasattr(row, "status") else "state"
    shown = getattr(row, f"get_{field}_display", lambda: "")()
    last = (
        Event.objects.filter(subject=row.reference).exclude(to_state="").order_by("-id").first()
    )
    return errors.Refusal(status, state=shown, moved_at=last.recorded_at if last else None)
