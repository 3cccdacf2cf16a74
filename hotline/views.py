"""Pages of the alerts."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hotline import actions, pages, policy, sheet
from hotline.models import Alert
from safekeeping.errors import NotVisible, require


@require_safe
def alerts(request: Any) -> HttpResponse:
    """The alert that presses most, the others, and who is on duty."""
    require(policy.may_read_alerts(request.actor))
    ringing = pages.ringing(request.actor)
    return _page(request, ringing[0] if ringing else None, ringing[1:])


@require_safe
def alert(request: Any, reference: UUID) -> HttpResponse:
    """One alert, ringing or answered."""
    require(policy.may_read_alerts(request.actor))
    shown, *others = pages.ringing(request.actor, first=reference) or [None]
    if shown is None or shown.reference != reference:
        raise NotVisible
    return _page(request, shown, others)


@require_safe
def duty_sheet(request: Any) -> HttpResponse:
    """The week of one's own office on paper; the next week with `?tuan=sau`."""
    membership = request.membership
    if membership is None:
        raise NotVisible
    is_next = request.GET.get("tuan") == sheet.NEXT
    first = sheet.monday_of(request.now, ahead=is_next)
    page = sheet.sheet_of(membership.agency, actor=request.actor, first=first, now=request.now)
    context = {"sheet": page, "is_next": is_next, "now": request.now}
    return render(request, "hotline/sheet.html", context)


@require_POST
def acknowledge(request: Any, reference: UUID) -> HttpResponse:
    """I have it."""
    actions.acknowledge_alert(actor=request.actor, reference=reference, now=request.now)
    return redirect("hotline:alert", reference)


@require_POST
def pass_on(request: Any, reference: UUID) -> HttpResponse:
    """I cannot: ring the duty desk now."""
    actions.pass_to_desk(actor=request.actor, reference=reference, now=request.now)
    return redirect("hotline:alert", reference)


def _page(request: Any, shown: Alert | None, others: list[Alert]) -> HttpResponse:
    actor, now = request.actor, request.now
    cases = pages.cases_of([*others, shown] if shown else others, actor)
    context = {
        "shown": pages.show(shown, actor, now, cases) if shown else None,
        "others": pages.show_beside(others, cases),
        "more": pages.more_than(actor, len(others) + bool(shown)),
        "duty": pages.duty_lines(actor, now),
        "now": now,
    }
    return render(request, "hotline/alerts.html", context)
