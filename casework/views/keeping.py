"""Keeping a file from being erased, letting it go again, and erasing it for ever."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from casework import actions, policy
from casework.forms.keeping import EraseForm, HoldForm, LiftForm
from casework.models import Case, CaseState, HoldReason, LegalHold
from casework.models.review import last_day_of
from casework.views.frame import case_of, done, form_page, row_of, seals
from network.formkit import sent
from network.fresh import second_factor
from safekeeping import erasure
from safekeeping.errors import require
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])


@both
@once
def holds(request: Any, reference: UUID) -> HttpResponse:
    """What keeps this file, and one hold more; who asked for each opens apart."""
    case = case_of(request, reference)
    require(policy.may_hold(request.actor, case))
    is_opening = "group" in request.POST
    form = HoldForm(None if is_opening else sent(request), now=request.now)
    if is_opening or not form.is_valid():
        context = {
            "case": case,
            "form": form,
            "holds": _live(case),
            "seals": seals(request, case, "holds", "holds"),
        }
        return render(request, "casework/holds.html", context)
    given = form.cleaned_data
    actions.place_hold(
        actor=request.actor, reference=reference, reason=given["reason"], holder=given["holder"],
        paper=given["paper"], ends=form.ends(), now=request.now,
    )  # fmt: skip
    return done(request, _("The file is kept."), "holds", reference)


def _live(case: Case) -> list[LegalHold]:
    rows = LegalHold.objects.filter(case=case, lifted_at=None).select_related("placed_by")
    return list(rows.order_by("-pk"))


@second_factor
@both
@once
def lift_hold(request: Any, reference: UUID) -> HttpResponse:
    """Let a file go: from then on it may be erased."""
    row = row_of(request, LegalHold, reference)
    require(policy.may_hold(request.actor, row.case))
    form = LiftForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="holds", title=_("Lift the hold"),
            submit=_("Lift it"), lead=row.get_reason_display(),
        )  # fmt: skip
    actions.lift_hold(
        actor=request.actor, reference=reference, why=form.cleaned_data["why"], now=request.now
    )
    return done(request, _("The hold is lifted."), "holds", row.case.reference)


@second_factor
@both
@once
def erase(request: Any, reference: UUID) -> HttpResponse:
    """Say what erasing will do; then, once, do it. A hold is named with its end instead."""
    case = case_of(request, reference)
    require(policy.may_erase(request.actor, case))
    held = erasure.held_by(case.subject_reference, request.now)
    may = held is None and case.state == CaseState.CLOSED
    form = EraseForm(sent(request) if may else None, now=request.now)
    if not form.is_valid():
        context = {
            "case": case, "form": form, "may": may, "held": held,
            "last_day": last_day_of(held.ends) if held else None,
            "why": dict(HoldReason.choices).get(held.reason, held.reason) if held else "",
            "is_closed": case.state == CaseState.CLOSED,
        }  # fmt: skip
        return render(request, "casework/erase.html", context)
    actions.erase_survivor(
        actor=request.actor, reference=reference, reason=form.cleaned_data["reason"],
        now=request.now,
    )  # fmt: skip
    return done(request, _("Erased. What is counted stays, without a name."), "case", reference)
