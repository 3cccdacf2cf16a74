"""The report: from an officer's phone to "who is told"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from casework import actions, policy
from casework.forms.report import ReportForm, SealedForm
from casework.models import Report
from network import law, places, registry
from network.formkit import sent
from network.models import AdminUnit, Agency
from safekeeping.errors import require
from safekeeping.idempotency import ANSWERED_AT, once

APART = frozenset({"none", "could_not_ask"})  # answers that ask for nothing


@require_http_methods(["GET", "HEAD", "POST"])
@once
def report(request: Any) -> HttpResponse:
    """Ask, and tell whoever must be told."""
    require(policy.may_report(request.actor))
    form = ReportForm(
        sent(request),
        now=request.now,
        today=law.localdate(request.now),
        home=_home(request),
    )
    if not form.is_valid():
        return render(request, "casework/report.html", {"form": form})
    reference = actions.report_case(
        actor=request.actor, facts=form.facts(), sealed=form.sealed(), now=request.now
    )
    if Report.objects.filter(reference=reference, sealed_later=True).exists():
        return _with_words_kept(request, reference)
    return redirect("casework:report_done", reference)


def _with_words_kept(request: Any, reference: UUID) -> HttpResponse:
    """The keys are away: the case is there, and what was typed stays in the page, not in clear."""
    row = Report.objects.visible_to(request.actor).by_reference(reference)
    typed = {name: request.POST.get(name, "") for name in SealedForm.base_fields}
    form = SealedForm(None, now=request.now, initial=typed)
    context = {"report": row, "form": form, **told(request, row)}
    response = render(request, "casework/report_words.html", context)
    setattr(response, ANSWERED_AT, reverse("casework:report_words", args=[reference]))
    return response


def _home(request: Any) -> AdminUnit | None:
    unit_id = request.actor.unit_id
    unit = places.unit(unit_id) if unit_id else None
    return unit if unit and unit.level == "commune" else None


@require_safe
def report_done(request: Any, reference: UUID) -> HttpResponse:
    """Say the code, who is told and who is not, and whom to ring."""
    row = Report.objects.visible_to(request.actor).by_reference(reference)
    if row.sealed_later:
        return redirect("casework:report_words", reference)
    return render(request, "casework/report_done.html", {"report": row, **told(request, row)})


def told(request: Any, row: Report) -> dict[str, Any]:
    """Who is told, who is not, whom to ring; and who answers at the duty desk now."""
    ids = {*row.told, *row.not_told, *row.to_ring}
    by_id = {agency.pk: agency for agency in Agency.objects.filter(pk__in=ids)}
    desk = registry.duty_desk(law.localdate(request.now))
    duties = registry.on_duty_in([desk.pk], request.now) if desk else []
    return {
        "told": [by_id[pk] for pk in row.told if pk in by_id],
        "not_told": [by_id[pk] for pk in row.not_told if pk in by_id],
        "to_ring": [by_id[pk] for pk in row.to_ring if pk in by_id],
        "on_duty": duties[0] if duties else None,
        "needs": [law.label("need_now", code) for code in row.needs if code not in APART],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def report_words(request: Any, reference: UUID) -> HttpResponse:
    """Ask for the words of a report once more, because the keys were away."""
    row = Report.objects.visible_to(request.actor).by_reference(reference)
    form = SealedForm(sent(request), now=request.now)
    if not form.is_valid():
        context = {"report": row, "form": form, **told(request, row)}
        return render(request, "casework/report_words.html", context)
    actions.complete_report(
        actor=request.actor, reference=reference, sealed=form.sealed(), now=request.now
    )
    return redirect("casework:report_done", reference)
