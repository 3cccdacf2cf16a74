"""One's own account: who I am, for whom I act, how I sign in."""

from typing import Any
from uuid import UUID

from allauth.account.views import password_change
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from network import registry, sittings
from network.actions import account as actions
from network.actions import people
from network.forms import NewPassword
from network.models import Agency, Membership, Publicity
from safekeeping.errors import NotVisible


@login_not_required
@require_safe
def forgotten(request: Any) -> HttpResponse:
    """Say whom to ask when one cannot sign in."""
    return render(request, "network/forgotten.html")


@login_not_required
@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: Any) -> HttpResponse:
    """Set a password by the code that one was told: the first one, or a new one."""
    form = NewPassword(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        if people.set_password(
            username=data["username"], code=data["code"], password=data["password"],
            now=request.now,
        ):  # fmt: skip
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("account_login")
        form.refuse_code()
    return render(request, "network/new_password.html", {"form": form})


@sensitive_post_parameters("oldpassword", "password1", "password2")
def change_password(request: Any) -> HttpResponse:
    """Set another password of one's own; who is signed in by the old one is out at once."""
    before = request.session.session_key
    answer: HttpResponse = password_change(request)
    if request.session.session_key != before:  # it was changed, and the session with it
        sittings.keep_only(request.session, request.user.pk, before=before)
        actions.note_own_password(actor=request.actor, now=request.now)
    return answer


@require_safe
def account(request: Any) -> HttpResponse:
    """Show who one is and how one signs in."""
    page = {
        "second_step_needed": settings.MFA_REQUIRED,
        "heirs": [] if request.membership else _heirs(request),
    }
    return render(request, "network/account.html", page)


def _heirs(request: Any) -> list[Agency]:
    """Who took over from the agency that a person belonged to last: whom to ask for a place."""
    held = Membership.objects.filter(user=request.user, ends__lte=request.now)
    last = held.select_related("agency__successor").order_by("-ends", "-pk").first()
    today = registry.localdate(request.now)
    if last is None or last.agency.holds(today):
        return []
    found = registry.successors_of(last.agency, today)
    return [one for one in found if one.publicity != Publicity.SECRET]


@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: Any) -> HttpResponse:
    """Choose for which agency one acts from now on."""
    if request.method == "POST":
        request.session[sittings.MEMBERSHIP] = _chosen(request).pk
        return redirect("/")
    return render(request, "network/switch.html")


def _chosen(request: Any) -> Membership:
    wanted = as_uuid(request.POST.get("membership", ""))
    for membership in request.memberships:
        if membership.reference == wanted:
            found: Membership = membership
            return found
    raise NotVisible


def as_uuid(text: str) -> UUID | None:
    """A reference, or None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
