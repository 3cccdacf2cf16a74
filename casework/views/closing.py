"""Ending: a closure is proposed, another person decides, and what is closed can be opened again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from casework import holds, policy
from casework.actions import closure as closing
from casework.actions import oversight as looking
from casework.forms.after import BEFORE_CLOSING, ProposeForm, ReopenForm, ReturnForm
from casework.models import Case, Closure
from casework.views.frame import case_of, done, form_page
from network import law
from network.formkit import sent
from safekeeping.errors import Unreadable
from safekeeping.idempotency import once
from safekeeping.sealed import is_empty

both = require_http_methods(["GET", "HEAD", "POST"])


@both
@once
def close(request: Any, reference: UUID) -> HttpResponse:
    """Propose to close; another person decides."""
    case = case_of(request, reference)
    form = ProposeForm(sent(request), now=request.now)
    if not form.is_valid():
        ours = policy.is_of_owner(request.actor, case)
        return form_page(
            request, form, case=case,
            title=_("Propose to close"), submit=_("Propose"),
            lead=_("Another person looks through the case and decides. Help stays open: whoever"
                   " comes back is always heard."),
            above="casework/parts/holds.html", holds=holds.holds_on(case.pk) if ours else [],
            returned=_returned(request, case),
        )  # fmt: skip
    closing.propose_closure(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("Proposed. Another person decides."), "case", reference)


def _returned(request: Any, case: Case) -> Closure | None:
    """The last proposal, if it came back: whoever proposes again sees why first."""
    row = last_proposal(request, case)
    return row if row is not None and row.approved is False else None


@both
def decide(request: Any, reference: UUID) -> HttpResponse:
    """Show the last proposal, to be approved or returned; a POST opens what was written to it."""
    case = case_of(request, reference)
    row = last_proposal(request, case)
    context = {
        "case": case,
        "row": row,
        "is_open": row is not None and row.decided_at is None,
        "reason": law.label("closure_reason", row.reason) if row else "",
        "checked": [(label, row is not None and code in row.checklist)
                    for code, label in BEFORE_CLOSING],
        "is_own": row is not None and row.proposed_by_id == request.actor.user_id,
        "form": ReturnForm(now=request.now),
        **_written_to_it(request, case, row),
    }  # fmt: skip
    return render(request, "casework/decide.html", context)


def last_proposal(request: Any, case: Case) -> Closure | None:
    """The newest proposal to close, with who proposed it and who gave it back, if any."""
    seen = Closure.objects.visible_to(request.actor).filter(case=case)
    found: Closure | None = seen.select_related("proposed_by", "decided_by").order_by("-pk").first()
    return found


def _written_to_it(request: Any, case: Case, row: Closure | None) -> dict[str, Any]:
    """Whether there are words to the proposal that this person may open, and the words."""
    if row is None or is_empty(row, "words") or not policy.is_of_owner(request.actor, case):
        return {}
    if request.method != "POST":
        return {"has_words": True}
    try:
        words = looking.read_closing_words(
            actor=request.actor, reference=row.reference, now=request.now
        )
    except Unreadable:
        return {"is_unreadable": True}
    return {"words": words}


@require_POST
@once
def approve(request: Any, reference: UUID) -> HttpResponse:
    """Close the case."""
    case = case_of(request, reference)
    closing.approve_closure(actor=request.actor, reference=reference, now=request.now)
    return done(request, _("The case is closed."), "case", case.reference)


@require_POST
@once
def return_(request: Any, reference: UUID) -> HttpResponse:
    """Give the proposal back, with a reason."""
    case: Case = case_of(request, reference)
    form = ReturnForm(request.POST, now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="decide",
            title=_("Not closed yet"), submit=_("Give it back"),
        )  # fmt: skip
    closing.return_closure(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("Given back; the case goes on."), "case", reference)


@both
@once
def reopen(request: Any, reference: UUID) -> HttpResponse:
    """Open a closed case again."""
    case = case_of(request, reference)
    form = ReopenForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case,
            title=_("Open the case again"), submit=_("Open again"),
            lead=_("If something new happened, make a new report instead: its clocks run faster."),
        )  # fmt: skip
    closing.reopen_case(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("The case is open again."), "case", reference)
