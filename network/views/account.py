"""One's own account: who I am, for whom I act, how I sign in."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import sittings
from safekeeping.errors import NotVisible


@login_not_required
@require_safe
def forgotten(request: Any) -> HttpResponse:
    """Say whom to ask when one cannot sign in."""
    return render(request, "network/forgotten.html")


@require_safe
def account(request: Any) -> HttpResponse:
    """Show who one is and how one signs in."""
    return render(request, "network/account.html", {"second_step_needed": settings.MFA_REQUIRED})


@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: Any) -> HttpResponse:
    """Choose for which agency one acts from now on."""
    if request.method == "POST":
        request.session[sittings.MEMBERSHIP] = _chosen(request).pk
        return redirect("/")
    return render(request, "network/switch.html")


def _chosen(request: Any) -> Any:
    wanted = request.POST.get("membership", "")
    for membership in request.memberships:
        if membership.reference == _uuid(wanted):
            return membership
    raise NotVisible


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
