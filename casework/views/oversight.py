"""Oversight: what waits for another person's eye, who opened what, and the auditor's view."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from casework import actions, oversight, policy, timeline
from casework.actions import oversight as looking
from casework.actions.break_glass import VERDICTS as OF_GLASS
from casework.actions.death import VERDICTS as OF_DEATH
from casework.actions.override import VERDICTS as OF_OVERRIDE
from casework.forms.oversight import Choices, ExplainForm, ReviewForm
from casework.models import BreakGlass, Death, EmergencyCard, Override
from network.formkit import sent
from network.roles import Role
from safekeeping.errors import NotVisible, Unreadable, require
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])

TOPICS: dict[str, Promise] = {
    "case.seen": _("Opened"),
    "card.seen": _("Opened the emergency card"),
    "block.seen": _("Read who is kept out"),
    "search.made": _("Searched for a person"),
    "glass.broken": _("Opened in an emergency"),
}
WORDS: dict[str, Promise] = {
    "right": pgettext_lazy("review", "It was right"),
    "talk": pgettext_lazy("review", "Let us talk it over"),
    "wrong": pgettext_lazy("review", "It was not right"),
    "nothing_missed": pgettext_lazy("review", "Nothing was missed"),
    "to_learn": pgettext_lazy("review", "There is something to learn; we talk it over"),
}
KINDS: dict[str, tuple[Any, tuple[str, ...], Promise]] = {
    "vuot-buoc": (Override, OF_OVERRIDE, _("Steps overtaken in an emergency")),
    "mo-khan-cap": (BreakGlass, OF_GLASS, _("Emergency opening")),
    "nguoi-mat": (Death, OF_DEATH, _("Looking back after a death")),
}
ACTS: dict[Any, Any] = {
    Override: actions.review_override,
    BreakGlass: actions.review_break_glass,
    Death: actions.review_death,
}
VERIFY = "manage.py chain verify"
PARTS = {"override": "vuot-buoc", "breakglass": "mo-khan-cap", "death": "nguoi-mat"}


@require_safe
def overview(request: Any) -> HttpResponse:
    """What a supervisor looks over; an auditor sees the chain and no case."""
    actor = request.actor
    require(policy.may_oversee(actor))
    if actor.has(Role.AUDITOR):
        found = looking.audit(actor=actor, now=request.now)
        context = {"audit": found, "counts": _in_words(found.counts), "command": VERIFY}
        return render(request, "casework/audit.html", context)
    context = {
        "is_coordinator": policy.is_coordinator(actor),
        "waiting": [
            (PARTS[one.kind], KINDS[PARTS[one.kind]][2], one) for one in oversight.to_review(actor)
        ],
        "mine": oversight.to_explain(actor, request.now),
        "looks": [(TOPICS[one.topic], one) for one in oversight.looks(actor)],
    }
    return render(request, "casework/oversight.html", context)


def _in_words(counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """How often each thing happened, the most often first; topics that read alike are one line."""
    found: dict[str, int] = {}
    for topic, n in counts:
        title = timeline.title_of(topic)
        found[title] = found.get(title, 0) + n
    return sorted(found.items(), key=lambda row: -row[1])


@both
@once
def review(request: Any, kind: str, reference: UUID) -> HttpResponse:
    """Read the sentence of an override, an emergency opening or a death, and answer it."""
    model, verdicts, title = KINDS.get(kind, (None, (), ""))
    if model is None:
        raise NotVisible
    row, line = oversight.one_to_review(model, reference, request.actor)
    require(line.may)
    answers: Choices = [(code, WORDS[code]) for code in verdicts]
    form = ReviewForm(sent(request), now=request.now, answers=answers)
    if not form.is_valid():
        context = {
            "form": form, "title": title, "row": row, "line": line, **_told(request, row),
        }  # fmt: skip
        return render(request, "casework/review.html", context)
    ACTS[model](
        actor=request.actor,
        reference=reference,
        verdict=form.cleaned_data["verdict"],
        now=request.now,
    )
    messages.success(request, str(_("Your review is kept.")))
    return redirect("casework:oversight")


def _told(request: Any, row: Any) -> dict[str, Any]:
    """The sentence, and the emergency card for who sees nothing else of the case."""
    try:
        words = looking.read_reason(
            actor=request.actor, kind=row._meta.model_name, reference=row.reference, now=request.now
        )
    except Unreadable:
        words = None
    cards = EmergencyCard.objects.visible_to(request.actor).filter(case_id=row.case_id)
    return {"words": words, "card": cards.first()}


@both
@once
def explain(request: Any, reference: UUID) -> HttpResponse:
    """Put into words why one opened a case in an emergency."""
    row = BreakGlass.objects.visible_to(request.actor).by_reference(reference)
    require(row.user_id == request.actor.user_id)
    form = ExplainForm(sent(request), now=request.now)
    if not form.is_valid():
        return render(request, "casework/explain.html", {"form": form, "row": row})
    actions.explain_break_glass(
        actor=request.actor,
        reference=reference,
        words=form.cleaned_data["words"],
        now=request.now,
    )
    messages.success(request, str(_("Your reason is kept.")))
    return redirect("casework:my_work")
