"""Pages for what went wrong: each says what happened, what to do, and whom to ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.house import duty
from config.house.addresses import address

Words = str | Promise
BROKEN = 500


@dataclass(frozen=True)
class Refusal:
    """What a page about a refusal shows; every part but the status may be missing.

    `state`: the record's state now, in words; `moved_by`, `moved_at`: who moved it last and when;
    `instead`: links (label, url) to what can be done; `typed`: what the person had typed, beside it
    `current`: what stands there now. `guards`: soft guards that hold it up; `again`: what was sent,
    to be sent once more, past the guards with one sentence. `pairs`, `form`: both versions of one
    form, and the form as it was typed, to be sent once more upon what stands now.
    """

    status: int
    code: str = ""
    title: Words = ""
    text: Words = ""
    state: Words = ""
    moved_by: str = ""
    moved_at: Any = None
    instead: tuple[tuple[Words, str], ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    current: Mapping[str, str] = field(default_factory=dict)
    guards: tuple[Words, ...] = ()
    again: tuple[tuple[str, str], ...] = ()
    incident: str = ""
    pairs: tuple[Any, ...] = ()
    form: Any = None


WORDS: dict[int, tuple[Words, Words]] = {
    400: (
        _("This could not be read"),
        _("The browser sent something incomplete. Go back, reload the page and try again."),
    ),
    403: (
        _("This is not yours to do"),
        _("Your role does not include this step. Somebody else in your office may take it."),
    ),
    404: (
        _("This page cannot be opened"),
        _(
            "The address may be wrong, the page may have moved, or it is not meant for this"
            " account."
        ),
    ),
    405: (
        _("This cannot be done by opening a link"),
        _("Go back to the page before and use its button."),
    ),
    409: (
        _("This has changed since you opened the page"),
        _("Nothing was saved. See how it stands now, then decide."),
    ),
    413: (
        _("This is too much at once"),
        _("The text or the file is too large. Shorten it, or send it in parts."),
    ),
    422: (
        _("This form was already sent with other answers"),
        _(
            "What was sent first is kept; these answers are not saved yet. Correct it there, or, if"
            " they tell something new, send them as well."
        ),
    ),
    429: (
        _("Too many tries"),
        _("Wait a few minutes, then try again. If it is urgent, ring now."),
    ),
    503: (
        _("The sealed part cannot be read now"),
        _(
            "The keys are away for the moment. Reports are still taken, and their alerts go out."
            " Nothing was changed."
        ),
    ),
    500: (
        _("Something broke on our side"),
        _("It has been written down and will be looked at. Nothing was half saved."),
    ),
}


# Refusals that have no app of their own.
CODES: dict[str, tuple[Words, Words]] = {
    "csrf": (
        _("The page was open too long"),
        _("For safety a form is valid for one sign-in. Go back, reload and send again."),
    ),
    "stale": (
        _("Somebody saved before you"),
        _("Nothing of yours was saved, so that nothing of theirs is lost. Compare, then decide."),
    ),
    "stale-own": (
        _("You have saved this already, in another window"),
        _("What you typed here was not saved over it. Compare, then decide."),
    ),
}


def page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page of a refusal, in the reader's language."""
    title, text = CODES.get(refusal.code) or WORDS.get(refusal.status, WORDS[400])
    context = {
        "refusal": refusal,
        "title": refusal.title or title,
        "text": refusal.text or text,
        "kept": request.method == "POST" and not refusal.typed,
    }
    if refusal.status != BROKEN:
        drawn = render_to_string(_template(refusal), context, request)
    else:  # the database may be away: no request, so no context processor asks it
        drawn = render_to_string("errors/broken.html", context | apart())
    return HttpResponse(drawn, status=refusal.status)


def _template(refusal: Refusal) -> str:
    if refusal.guards:
        return "errors/soft.html"
    return "errors/later.html" if refusal.form else "errors/page.html"


def apart() -> dict[str, Any]:
    """Return what a page of a broken server needs, without asking the database."""
    return {
        "duty_phone": duty.last_known(),
        "report_url": address("casework:report"),
        "home_url": address("casework:my_work"),
    }
