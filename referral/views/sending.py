"""Asking another agency: what is needed, then whom; and the next one after a no."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.models import Case
from network import registry
from referral import actions, cards, policy, rules
from referral.forms.asking import SendForm, SendOnForm, ServiceForm, agreed_groups
from referral.models import Referral
from safekeeping.errors import require
from safekeeping.idempotency import once

ASKS = require_http_methods(["GET", "HEAD", "POST"])


@ASKS
@once
def send(request: Any, case: UUID) -> HttpResponse:
    """Two steps without a script: the service by GET, the request itself by POST."""
    service = request.GET.get("service", "")
    first = ServiceForm(request.GET or None, now=request.now)
    if not first.is_valid():
        return _choose_service(request, case, first)
    choices = actions.choices_for(
        actor=request.actor, reference=case, service=service, now=request.now
    )
    form = SendForm(
        request.POST or None,
        service=service,
        choices=choices,
        now=request.now,
        initial={"urgency": "urgent", "groups": agreed_groups(choices.offers)},
    )
    if request.method == "POST" and form.is_valid():
        return _sent(request, case, form)
    context = {
        "form": form,
        "service": registry.label("service", service),
        "choices": choices,
        "case": case,
        "has_ground": bool(form.fields["ground"].choices),
        "is_consented": any(one.consented is not None for one in choices.offers),
    }
    return render(request, "referral/send.html", context, status=_status(form))


def _choose_service(request: Any, case: UUID, form: ServiceForm) -> HttpResponse:
    row = Case.objects.visible_to(request.actor).by_reference(case)
    overtakes = any(policy.may_overtake(request.actor, row, service) for service in rules.OVERTAKES)
    require(policy.may_send(request.actor, row) or overtakes)
    context = {"form": form, "case": case, "row": row}
    return render(request, "referral/send_service.html", context, status=_status(form))


def _sent(request: Any, case: UUID, form: SendForm) -> HttpResponse:
    made = actions.send_referral(
        actor=request.actor,
        reference=case,
        order=form.order(),
        overriding=form.cleaned_data.get("overriding", ""),
        now=request.now,
    )
    messages.success(request, _("Sent. You see the answer here."))
    return redirect("referral:detail", made)


@ASKS
@once
def send_on(request: Any, reference: UUID) -> HttpResponse:
    """Ask the next agency."""
    rows = Referral.objects.visible_to(request.actor).select_related("to_agency", "from_agency")
    row = rows.by_reference(reference)
    offers = actions.next_choices(actor=request.actor, reference=reference, now=request.now)
    form = SendOnForm(request.POST or None, offers=offers, now=request.now)
    if request.method == "POST" and form.is_valid():
        made = actions.send_on(
            actor=request.actor,
            reference=reference,
            to_agency=UUID(form.cleaned_data["to_agency"]),
            now=request.now,
        )
        messages.success(request, _("Sent. You see the answer here."))
        return redirect("referral:detail", made)
    context = {
        "form": form,
        "row": row,
        "card": cards.card_for(row, request.actor, request.now),
        "offers": offers,
    }
    return render(request, "referral/send_on.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
