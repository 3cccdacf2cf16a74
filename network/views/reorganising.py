"""Ending an agency, and splitting or merging communes: what will pass is shown, then asked once."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from network import endings, policy, registry
from network.actions.ending import end_agency, keep_agency
from network.actions.reorganising import Reorganisation, check, reorganise_communes
from network.forms_of_change import EndAgency, Reorganise
from network.fresh import fresh
from network.messages import MESSAGES
from network.models import Agency, Membership, Shift
from network.roles import OF_A_COMMUNE
from safekeeping.errors import RuleBroken

SURE = "sure"
HELD: dict[str, Promise] = {
    "live_cases": _("Live cases"),
    "closed_cases": _("Closed cases"),
    "referrals": _("Requests waiting or in work"),
    "alerts": _("Alerts that ring"),
    "grants": _("Shared parts of other cases"),
    "duties": _("Deadlines, reviews and steps in other cases"),
    "blocks": _("Conflict blocks that go along"),
    "bed_requests": _("Requests for a bed that it may answer"),
    "houses": _("Houses with beds"),
    "people": _("People whose membership ends"),
    "shifts": _("Shifts ahead"),
}


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Any, reference: UUID) -> HttpResponse:
    """Ask for the day and the successor, show what will pass, then do it."""
    one = Agency.objects.visible_to(request.actor).by_reference(reference)
    _require(request)
    form = EndAgency(request.POST or None, heirs=_heirs(one, request))
    page = {"one": one, "form": form}
    if form.is_valid():
        given = form.cleaned_data
        heir = Agency.objects.by_reference(given["successor"]) if given["successor"] else None
        if SURE not in request.POST:
            page |= {"again": _again(request), "heir": heir, "passing": _passing(one, request)}
            return render(request, "network/end_agency.html", page)
        try:
            end_agency(
                actor=request.actor, agency=reference, ends=given["ends"],
                successor=heir.reference if heir else None, now=request.now,
            )  # fmt: skip
        except RuleBroken as broken:
            form.add_error(None, MESSAGES[broken.code])
        else:
            messages.success(request, _("The end is written down. On that day everything passes."))
            return redirect("network:agency", reference)
    return render(request, "network/end_agency.html", page)


@fresh
@require_POST
def keep(request: Any, reference: UUID) -> HttpResponse:
    """Take a planned end back."""
    keep_agency(actor=request.actor, agency=reference, now=request.now)
    messages.success(request, _("The agency stays."))
    return redirect("network:agency", reference)


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def reorganise(request: Any) -> HttpResponse:
    """Ask which communes become which from a day on, show what will pass, then do it."""
    _require(request)
    form = Reorganise(request.POST or None)
    page: dict[str, Any] = {"form": form}
    if form.is_valid():
        plan = form.plan()
        try:
            check(plan)
            if SURE not in request.POST:
                page |= {"again": _again(request), **_preview(plan, request)}
                return render(request, "network/reorganise.html", page)
            reorganise_communes(actor=request.actor, plan=plan, now=request.now)
        except RuleBroken as broken:
            form.add_error(None, MESSAGES[broken.code])
        else:
            messages.success(request, _("It is written down. On that day everything passes."))
            return redirect("network:changes")
    return render(request, "network/reorganise.html", page)


def _require(request: Any) -> None:
    if not policy.may_reorganise(request.actor):
        raise PermissionDenied


def _again(request: Any) -> list[tuple[str, str]]:
    """What was answered, to be sent once more with the last word."""
    return [(name, text) for name, text in request.POST.items() if name != "csrfmiddlewaretoken"]


def _heirs(one: Agency, request: Any) -> list[tuple[str, str]]:
    """Agencies of today and of days to come, those of the same kind first."""
    today = registry.localdate(request.now)
    seen = Agency.objects.visible_to(request.actor).exclude(pk=one.pk).exclude(valid_to__lte=today)
    rows = sorted(seen.order_by("name_vi"), key=lambda row: row.kind != one.kind)
    return [(str(row.reference), row.name) for row in rows]


def _passing(one: Agency, request: Any) -> list[tuple[Promise, int]]:
    """What the agency holds now, in words with counts."""
    held = endings.held_by(one.pk, request.now)
    held["people"] = Membership.objects.live(request.now).filter(agency=one).count()
    ahead = Shift.objects.standing().filter(agency=one, ends__gt=request.now)
    held["shifts"] = ahead.count()
    return [(words, held[code]) for code, words in HELD.items() if held.get(code)]


def _preview(plan: Reorganisation, request: Any) -> dict[str, Any]:
    """Former communes with their authorities and what these hold; the new ones by name."""
    before = date.fromordinal(plan.day.toordinal() - 1)
    found = []
    for code in dict.fromkeys(one.old for one in plan.becomes):
        unit = registry.unit_on(code, before)
        if unit is None:
            raise RuleBroken("no-such-unit", unit=code)
        offices = Agency.objects.on(before).filter(unit=unit, kind__in=OF_A_COMMUNE).order_by("pk")
        found.append((unit, [(office, _passing(office, request)) for office in offices]))
    return {"plan": plan, "former": found, "is_split": len(plan.units) > 1}
