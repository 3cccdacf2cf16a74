"""Who is on duty, who will be, and when nobody is."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import policy, registry
from network.actions import roster as actions
from network.forms import AddShift
from network.messages import MESSAGES
from network.models import Agency, Shift
from network.views.account import as_uuid
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.idempotency import once

AHEAD = timedelta(days=14)


@require_safe
def own(request: Any) -> HttpResponse:
    """The roster of the agency that one acts for."""
    if request.membership is None:
        raise NotVisible
    return _page(request, request.membership.agency)


@require_safe
def roster(request: Any, reference: UUID) -> HttpResponse:
    """The roster of another agency, for those who may see it."""
    return _page(request, _agency(request, reference))


def _page(request: Any, agency: Agency) -> HttpResponse:
    now = request.now
    shifts = list(
        Shift.objects.visible_to(request.actor)
        .within(now, now + AHEAD)
        .filter(agency=agency)
        .select_related("membership__user")
        .defer("phone")
        .order_by("starts", "turn", "pk")
    )
    days = groupby(shifts, key=lambda shift: registry.localdate(shift.starts))
    return render(
        request,
        "network/roster.html",
        {
            "agency": agency,
            "days": [(day, list(held)) for day, held in days],
            "on_duty": [shift for shift in shifts if shift.starts <= now],
            "gaps": registry.gaps_ahead([agency.pk], now).get(agency.pk, []) if shifts else [],
            "may_write": policy.may_run_roster(request.actor, agency.pk),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_shift(request: Any, reference: UUID) -> HttpResponse:
    """Write somebody into the roster."""
    agency = _agency(request, reference)
    if not policy.may_run_roster(request.actor, agency.pk):
        raise PermissionDenied
    members = registry.members(agency, request.now)
    form = AddShift(request.POST or None, members=members, now=request.now)
    if form.is_valid():
        data = form.cleaned_data
        shift = actions.Turn(
            membership=as_uuid(data["membership"]) or agency.reference,
            starts=data["starts"], ends=form.ends(), turn=int(data["turn"]), phone=data["phone"],
        )  # fmt: skip
        try:
            actions.add_shift(actor=request.actor, agency=reference, shift=shift, now=request.now)
        except RuleBroken as broken:
            form.add_error("starts", MESSAGES[broken.code])
        else:
            messages.success(request, _("The shift is written down."))
            return redirect("network:roster_of", reference)
    return render(request, "network/add_shift.html", {"agency": agency, "form": form})


@require_POST
def end_shift(request: Any, reference: UUID) -> HttpResponse:
    """Take a shift back."""
    shift = Shift.objects.visible_to(request.actor).select_related("agency").defer("phone")
    agency = shift.by_reference(reference).agency
    actions.end_shift(actor=request.actor, shift=reference, now=request.now)
    messages.success(request, _("The shift is taken back."))
    return redirect("network:roster_of", agency.reference)


def _agency(request: Any, reference: UUID) -> Agency:
    agency = Agency.objects.visible_to(request.actor).by_reference(reference)
    if not policy.may_see_roster(request.actor, agency.pk):
        raise NotVisible
    return agency
