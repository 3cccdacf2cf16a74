"""The people of an agency: inviting, roles, ending, ways back in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import formkit, policy, registry
from network.actions import people as actions
from network.forms import AddMember, Invite, Roles
from network.fresh import fresh
from network.messages import MESSAGES
from network.models import Agency, Membership
from safekeeping.errors import NotVisible, RuleBroken

CODE = "code_to_tell"


@require_safe
def own(request: Any) -> HttpResponse:
    """The people of the agency that one acts for."""
    if request.membership is None:
        raise NotVisible
    return redirect("network:people", request.membership.agency.reference)


@require_safe
def people(request: Any, reference: UUID) -> HttpResponse:
    """List who belongs to an agency, by given name."""
    agency = managed(request, reference)
    return render(
        request,
        "network/people.html",
        {"agency": agency, "members": registry.members(agency, request.now)},
    )


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Any, reference: UUID) -> HttpResponse:
    """Make a new person, and show once the code to be told."""
    agency = managed(request, reference)
    form = Invite(request.POST or None, offered=policy.givable(request.actor, agency))
    if form.is_valid():
        data = form.cleaned_data
        names = actions.Names(
            data["username"], data["family"], data["middle"], data["given"], data["language"]
        )
        try:
            made = actions.invite_person(
                actor=request.actor, agency=reference, names=names, roles=data["roles"],
                now=request.now,
            )  # fmt: skip
        except RuleBroken as broken:
            form.add_error("username", MESSAGES[broken.code])
        else:
            return _tell(request, made)
    return render(request, "network/invite.html", {"agency": agency, "form": form})


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def add_member(request: Any, reference: UUID) -> HttpResponse:
    """Let somebody who signs in already act for this agency too."""
    agency = managed(request, reference)
    form = AddMember(request.POST or None, offered=policy.givable(request.actor, agency))
    if form.is_valid():
        try:
            actions.begin_membership(
                actor=request.actor, agency=reference, username=form.cleaned_data["username"],
                roles=form.cleaned_data["roles"], now=request.now,
            )  # fmt: skip
        except RuleBroken as broken:
            form.add_error("username", MESSAGES[broken.code])
        else:
            return redirect("network:people", reference)
    return render(request, "network/add_member.html", {"agency": agency, "form": form})


@require_safe
def member(request: Any, reference: UUID) -> HttpResponse:
    """One person in one agency: what can be changed, and the code to tell if one was just made."""
    held = shown(request, reference)
    asked = actions.waiting(held.user_id, request.now).select_related("made_by").first()
    told = request.session.pop(CODE, None) or {}
    may_change = policy.may_change(request.actor, held)
    offered = policy.givable(request.actor, held.agency)
    offices = actions.offices_of(held.user_id, request.now)
    return render(
        request,
        "network/member.html",
        {
            "held": held,
            "asked": asked,
            "code": told.get("code") if told.get("for") == str(held.reference) else None,
            "may_change": may_change,
            "may_let_in": policy.may_let_in(request.actor, held, offices),
            "may_confirm": asked and policy.may_confirm(request.actor, asked, [held.agency_id]),
            "form": Roles(initial=_now(held), offered=offered) if may_change else None,
        },
    )


def _now(held: Membership) -> dict[str, Any]:
    """The form's answers as they stand."""
    return {"roles": held.roles, "version": held.version}


@fresh
@require_POST
def roles(request: Any, reference: UUID) -> HttpResponse:
    """Give other roles."""
    held = shown(request, reference)
    form = Roles(request.POST, offered=policy.givable(request.actor, held.agency))
    if not form.is_valid():
        may_change = policy.may_change(request.actor, held)
        page = {"held": held, "form": form, "may_change": may_change}
        return render(request, "network/member.html", page)
    formkit.keep(request, form, lambda: _now(shown(request, reference)))
    actions.change_roles(
        actor=request.actor, membership=reference, roles=form.cleaned_data["roles"],
        version=form.cleaned_data["version"], now=request.now,
    )  # fmt: skip
    messages.success(request, _("The roles are changed."))
    return redirect("network:member", reference)


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Any, reference: UUID) -> HttpResponse:
    """Say what ending will do, then end."""
    held = shown(request, reference)
    if request.method == "POST":
        actions.end_membership(actor=request.actor, membership=reference, now=request.now)
        messages.success(request, _("The membership has ended."))
        return redirect("network:people", held.agency.reference)
    if not policy.may_change(request.actor, held):
        raise PermissionDenied
    return render(request, "network/end.html", {"held": held})


@fresh
@require_POST
def password_code(request: Any, reference: UUID) -> HttpResponse:
    """Make a code for somebody who forgot the password."""
    made = actions.give_password_code(actor=request.actor, membership=reference, now=request.now)
    return _tell(request, made)


@fresh
@require_POST
def try_again(request: Any, reference: UUID) -> HttpResponse:
    """Open the door after too many wrong passwords."""
    actions.let_try_again(actor=request.actor, membership=reference, now=request.now)
    messages.success(request, _("The person can sign in again at once."))
    return redirect("network:member", reference)


@fresh
@require_POST
def ask_reset(request: Any, reference: UUID) -> HttpResponse:
    """Ask that a lost second factor be taken away."""
    actions.ask_second_factor_reset(actor=request.actor, membership=reference, now=request.now)
    messages.success(request, _("Now a second person confirms."))
    return redirect("network:member", reference)


@fresh
@require_POST
def confirm_reset(request: Any, reference: UUID) -> HttpResponse:
    """Confirm it as the second person."""
    actions.confirm_second_factor_reset(actor=request.actor, membership=reference, now=request.now)
    messages.success(request, _("The next sign-in sets up a new second step."))
    return redirect("network:member", reference)


def _tell(request: Any, made: actions.OneTime) -> HttpResponse:
    """Show the code on the next page, once."""
    request.session[CODE] = {"for": str(made.membership), "code": made.code}
    return redirect("network:member", made.membership)


def managed(request: Any, reference: UUID) -> Agency:
    """An agency whose people this person manages. Raises NotVisible, PermissionDenied."""
    agency = Agency.objects.visible_to(request.actor).by_reference(reference)
    if not policy.may_manage(request.actor, agency.pk):
        raise PermissionDenied
    return agency


def shown(request: Any, reference: UUID) -> Membership:
    """A membership that this person may look at. Raises NotVisible."""
    visible = Membership.objects.visible_to(request.actor).select_related("user", "agency")
    return visible.by_reference(reference)
