"""The emergency card: what those who go to her tonight need, and nothing else of the case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework import access, actions, policy, presenting
from casework.access import Opened
from casework.forms.hands import BreakGlassForm, WorkerForm
from casework.models import BreakGlass, EmergencyCard
from casework.models.base import WORKS_CASES
from network import law
from network.formkit import sent
from network.fresh import confirm_url, is_fresh
from safekeeping.errors import Unreadable, require
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 25


@require_safe
def cards(request: Any) -> HttpResponse:
    """Cards addressed to one's office, the newest first; those of closed cases are gone."""
    require(request.actor.has(*WORKS_CASES))
    rows = EmergencyCard.objects.visible_to(request.actor).select_related("unit")
    found = [_coded(row) for row in rows.order_by("-pk")[:SHOWN]]
    context = {"cards": found, "is_coordinator": policy.is_coordinator(request.actor)}
    return render(request, "casework/cards.html", context)


@both
def card(request: Any, reference: UUID) -> HttpResponse:
    """The coded part; a POST opens place and number, and writes down who looked."""
    row = EmergencyCard.objects.visible_to(request.actor).select_related("unit")
    found = row.by_reference(reference)
    lines, is_unreadable = None, False
    if request.method == "POST":
        try:
            value = access.open_card(actor=request.actor, reference=reference, now=request.now)
            lines = presenting.lines_of([Opened("card", reference, "card", value)])
        except Unreadable:
            is_unreadable = True
    at_desk = policy.is_coordinator(request.actor)
    context = {
        "card": _coded(found),
        "lines": lines,
        "is_unreadable": is_unreadable,
        "is_coordinator": at_desk,
        "standing": _standing(request, reference) if at_desk else None,
    }
    return render(request, "casework/card.html", context)


def _standing(request: Any, reference: UUID) -> actions.Standing:
    return actions.standing_of(actor=request.actor, reference=reference, now=request.now)


def _coded(row: EmergencyCard) -> dict[str, Any]:
    return {
        "row": row,
        "danger": [law.label("report_danger", code) for code in row.danger],
        "needs": [law.label("need_now", code) for code in row.needs],
        "interpreter": law.label("spoken_language", row.interpreter) if row.interpreter else "",
    }


@require_POST
@once
def acknowledge(request: Any, reference: UUID) -> HttpResponse:
    """The coordinator has rung the owner, or acts for one who is silent."""
    actions.acknowledge_notice(
        actor=request.actor, reference=reference, now=request.now, by_phone=True
    )
    messages.success(request, str(_("Noted that the owner knows.")))
    return redirect("casework:card", reference)


@both
@once
def assign(request: Any, reference: UUID) -> HttpResponse:
    """The coordinator names a worker for an owner who is silent."""
    staff = actions.workers_for(actor=request.actor, reference=reference, now=request.now)
    form = WorkerForm(sent(request), now=request.now, staff=list(staff))
    if not form.is_valid():
        context = {"form": form, "reference": reference}
        return render(request, "casework/card_assign.html", context)
    actions.assign_worker(
        actor=request.actor,
        reference=reference,
        worker=UUID(form.cleaned_data["worker"]),
        now=request.now,
    )
    messages.success(request, str(_("The case has a worker.")))
    return redirect("casework:card", reference)


@both
@once
def break_glass(request: Any, reference: UUID) -> HttpResponse:
    """Open the case behind the card for 60 minutes."""
    EmergencyCard.objects.visible_to(request.actor).by_reference(reference)
    fresh = is_fresh(request)
    form = BreakGlassForm(sent(request), now=request.now, is_fresh=fresh)
    if not form.is_valid():
        confirm = "" if fresh else confirm_url(request)
        context = {"form": form, "reference": reference, "confirm": confirm}
        return render(request, "casework/card_glass.html", context)
    made = actions.break_glass(
        actor=request.actor,
        reference=reference,
        reason=form.cleaned_data["reason"],
        now=request.now,
        fresh_mfa=fresh,
        overriding=form.cleaned_data.get("overriding", ""),
    )
    glass = BreakGlass.objects.select_related("case").get(reference=made)
    return redirect("casework:case", glass.case.reference)
