"""The page that a refusal gets: what is so, who moved it, whom to ring, how to go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from config.house.errors import Refusal, Words, page
from config.house.typed import typed_of
from network import law
from safekeeping import events
from safekeeping.errors import KeyReused, NotGranted, NotVisible, RuleBroken, Stale, Unreadable
from safekeeping.idempotency import FIELD
from safekeeping.models import Event

RECORDED = (403, 404)
CODE_MOST = 64
APPS = ("safekeeping", "network", "casework", "referral", "shelters", "hotline", "figures")

SOFT, OWN = "soft-guard", "stale-own"
OWN_FIELDS = frozenset({"csrfmiddlewaretoken", FIELD})
# Where the step is done that comes first; each takes the case's reference.
STEPS = {
    "assignment": "casework:assign",
    "assessment": "casework:assess",
    "consent": "casework:ask",
    "agreement": "casework:plan",
}


def refuse(request: Any, refusal: Exception, status: int) -> HttpResponse:
    """Answer a refusal; missing and foreign look alike, and no exception text is ever shown."""
    if status in RECORDED and request.actor.is_person:
        _record(request, status)
    if isinstance(refusal, RuleBroken):
        return page(request, _of_rule(request, refusal, status))
    if isinstance(refusal, TransitionNotAllowed):
        return page(request, _of_edge(request, refusal, status))
    if isinstance(refusal, KeyReused):
        return page(request, _of_reused(request, refusal, status))
    return page(request, Refusal(status))


def _record(request: Any, status: int) -> None:
    """Who asked for what is not theirs; the address's name, never the address."""
    match = request.resolver_match
    events.record(
        "access.refused",
        subject=request.user,
        actor=request.actor,
        at=request.now,
        code=f"{status} {match.view_name if match else ''}"[:CODE_MOST],
    )


def _of_rule(request: Any, refusal: RuleBroken, status: int) -> Refusal:
    if refusal.code == SOFT:
        return _of_guards(request, refusal, status)
    if isinstance(refusal, Stale) and (both := _of_later(request, refusal, status)):
        return both
    said = messages().get(refusal.code, "")
    text = str(said) % refusal.facts if said else ""
    typed = typed_of(request) if isinstance(refusal, Stale) else {}
    current = refusal.facts.get("current") if isinstance(refusal, Stale) else None
    return Refusal(
        status,
        code=refusal.code,
        title=_("This cannot be done now") if text else "",
        text=text,
        typed=typed,
        current=_now_there(current),
        instead=_back(request),
    )


def _of_later(request: Any, refusal: Stale, status: int) -> Refusal | None:
    """Both versions, question by question, and the form as typed; None where no form was kept.

    Reading what stands now opens it anew, and writes down who looked.
    """
    later = getattr(request, "later", None)
    if later is None:
        return None
    try:
        there = later.begin()
    except (Unreadable, NotGranted, NotVisible):
        return None
    last = _last_saved(refusal)
    is_own = last is not None and last.actor_id == request.actor.user_id
    return Refusal(
        status, code=OWN if is_own else refusal.code, moved_by=_name_of(last),
        moved_at=last.recorded_at if last else None, instead=_back(request),
        pairs=tuple(later.pairs(there)), form=later.again(there),
    )  # fmt: skip


def _last_saved(refusal: Stale) -> Event | None:
    """What was written last; looking is no writing."""
    row: Any = refusal.facts.get("reference")
    written = Event.objects.filter(subject=row).exclude(topic__endswith=".seen")
    return written.order_by("pk").last()


def _name_of(event: Event | None) -> str:
    who = get_user_model().objects.filter(pk=event.actor_id).first() if event else None
    return (who.get_full_name() or who.get_username()) if who else ""


def _now_there(current: object) -> dict[str, str]:
    """Coded values as they stand now, for the person who saved second."""
    if not isinstance(current, dict):
        return {}
    return {str(name).replace("_", " "): _plain(value) for name, value in current.items()}


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _of_reused(request: Any, refusal: KeyReused, status: int) -> Refusal:
    """Other answers by the same form: what was sent first, and a way to send these as well.

    Somebody who went back to say that it has become worse must not be left with a refusal. Files
    do not come along: with them the form is begun anew.
    """
    first = ((_("Open what was sent first"), refusal.answer),) if refusal.answer else ()
    again = ((FIELD, str(uuid4())), *_sent(request, but=OWN_FIELDS)) if not request.FILES else ()
    return Refusal(status, instead=first, again=again, typed=typed_of(request))


def _sent(request: Any, *, but: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What was sent, but for what a form sent once more has of its own."""
    return tuple((k, v) for k, values in request.POST.lists() if k not in but for v in values)


def _of_guards(request: Any, refusal: RuleBroken, status: int) -> Refusal:
    """A soft guard: do the step first, or pass it with one sentence for danger to life."""
    names = str(refusal.facts.get("guards", "")).split(",")
    return Refusal(
        status,
        code=refusal.code,
        guards=tuple(law.label("override_guard", name) for name in names if name),
        again=_sent(request, but=OWN_FIELDS | {"overriding"}),
        instead=_first(refusal.facts.get("case"), names) or _back(request),
    )


def _first(case: object, guards: Sequence[str]) -> tuple[tuple[Words, str], ...]:
    """The page of each step that comes first, as far as it has one."""
    return tuple(
        (_step(name), reverse(STEPS[name], args=[case]))
        for name in guards
        if case and name in STEPS
    )


def _step(guard: str) -> str:
    return gettext("Do it first: %(step)s") % {"step": law.label("override_guard", guard)}


def _of_edge(request: Any, refusal: TransitionNotAllowed, status: int) -> Refusal:
    """Say where it stands now, and who moved it there, as far as this person may read that."""
    moved = getattr(refusal, "object", None)
    if moved is None:
        return Refusal(status, instead=_back(request))
    field = "status" if hasattr(moved, "status") else "state"
    state = str(getattr(moved, f"get_{field}_display", str)())
    last = Event.objects.filter(subject=moved.reference).exclude(to_state="").last()
    return Refusal(
        status,
        title=_("This step does not fit as things stand"),
        text=_(
            "Nothing was saved. Perhaps somebody was there before you: see how it stands now, then"
            " decide."
        ),
        state=state,
        moved_by=_name_of(last),
        moved_at=last.recorded_at if last else None,
        instead=_back(request),
    )


def _back(request: Any) -> tuple[tuple[Words, str], ...]:
    """Link to the page that the person came from, if it is one of ours."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host() or not came.path:
        return ()
    return ((_("See how it stands now"), came.path),)


@cache
def messages() -> dict[str, Words]:
    """Every sentence for a broken rule, by its code; each app keeps its own in `messages.py`."""
    found: dict[str, Words] = {}
    for app in APPS:
        if find_spec(f"{app}.messages"):
            found |= getattr(import_module(f"{app}.messages"), "MESSAGES", {})
    return found
