"""One referral: its card, who did what, and the answers and moves that are open to this person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.models import Case
from network import registry
from network.formkit import Form
from referral import actions, cards, seals
from referral.forms.answering import (
    CompleteForm,
    DeclineForm,
    OutsideForm,
    PartsForm,
    ReturnForm,
    VoidForm,
)
from referral.models import Referral
from safekeeping.idempotency import once

FORMS: dict[str, Callable[..., Form]] = {
    "partly": PartsForm,
    "decline": DeclineForm,
    "complete": CompleteForm,
    "give_back": ReturnForm,
    "void": VoidForm,
    "record": OutsideForm,
}


@require_safe
def detail(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The page of one referral."""
    return _page(request, _seen(request, reference))


@require_POST
@once
def accept(request: Any, reference: UUID) -> HttpResponse:
    """Take it on as a whole."""
    actions.accept_referral(actor=request.actor, reference=reference, now=request.now)
    return _done(request, reference, _("Accepted."))


@require_POST
@once
def accept_partly(request: Any, reference: UUID) -> HttpResponse:
    """Take some parts on."""
    row = _seen(request, reference)
    form = PartsForm(request.POST, needs=row.needs, now=request.now)
    if not form.is_valid():
        return _page(request, row, partly=form)
    actions.accept_referral(
        actor=request.actor,
        reference=reference,
        parts=_parts_of(row, form.cleaned_data["parts"]),
        now=request.now,
    )
    return _done(
        request, reference, _("Accepted in part. The sender looks for somebody for the rest.")
    )


def _parts_of(row: Referral, chosen: list[str]) -> list[str] | None:
    """Every part ticked is a whole acceptance, whatever the button said."""
    return None if set(chosen) == set(row.needs) else chosen


@require_POST
@once
def decline(request: Any, reference: UUID) -> HttpResponse:
    """Say no, with a reason."""
    row = _seen(request, reference)
    form = DeclineForm(request.POST, now=request.now)
    if not form.is_valid():
        return _page(request, row, decline=form)
    actions.decline_referral(
        actor=request.actor, reference=reference, reason=form.cleaned_data["reason"],
        now=request.now,
    )  # fmt: skip
    messages.success(request, _("Declined. The sender knows and is offered another agency."))
    return redirect("referral:queue")


@require_POST
@once
def acknowledge(request: Any, reference: UUID) -> HttpResponse:
    """Confirm a notice."""
    actions.acknowledge_referral(actor=request.actor, reference=reference, now=request.now)
    return _done(
        request, reference, _("Confirmed. What you need to reach the person is open to you.")
    )


@require_POST
@once
def start(request: Any, reference: UUID) -> HttpResponse:
    """The work has begun."""
    actions.start_referral(actor=request.actor, reference=reference, now=request.now)
    return _done(request, reference, _("Begun."))


@require_POST
@once
def complete(request: Any, reference: UUID) -> HttpResponse:
    """The work has ended."""
    row = _seen(request, reference)
    form = CompleteForm(request.POST, now=request.now)
    if not form.is_valid():
        return _page(request, row, complete=form)
    actions.complete_referral(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return _done(request, reference, _("Completed. What was opened to you closes in 14 days."))


@require_POST
@once
def give_back(request: Any, reference: UUID) -> HttpResponse:
    """Return it to the sender."""
    row = _seen(request, reference)
    form = ReturnForm(request.POST, now=request.now)
    if not form.is_valid():
        return _page(request, row, give_back=form)
    actions.return_referral(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return _done(request, reference, _("Returned to the sender."))


@require_POST
@once
def void(request: Any, reference: UUID) -> HttpResponse:
    """Undo an acceptance made by mistake."""
    row = _seen(request, reference)
    form = VoidForm(request.POST, now=request.now)
    if not form.is_valid():
        return _page(request, row, void=form)
    actions.void_referral(
        actor=request.actor, reference=reference, reason=form.cleaned_data["reason"],
        now=request.now,
    )  # fmt: skip
    return _done(request, reference, _("Voided. What was opened is closed again."))


@require_POST
@once
def withdraw(request: Any, reference: UUID) -> HttpResponse:
    """Take it back."""
    actions.withdraw_referral(actor=request.actor, reference=reference, now=request.now)
    return _done(request, reference, _("Taken back."))


@require_POST
@once
def stop(request: Any, reference: UUID) -> HttpResponse:
    """Confirm that nobody contacts her any more."""
    actions.acknowledge_stop(actor=request.actor, reference=reference, now=request.now)
    messages.success(request, _("Confirmed: nobody contacts this person any more."))
    return redirect("referral:queue")


@require_POST
@once
def record(request: Any, reference: UUID) -> HttpResponse:
    """Write down what an office outside the network answered."""
    row = _seen(request, reference)
    form = OutsideForm(request.POST, needs=row.needs, is_notice=row.is_notice, now=request.now)
    if not form.is_valid():
        return _page(request, row, record=form)
    actions.record_answer(
        actor=request.actor, reference=reference, said=form.said(), now=request.now
    )
    return _done(request, reference, _("The answer is written down."))


@require_POST
def open_sealed(request: Any, reference: UUID) -> HttpResponse:
    """Show one sealed thing; who looked is recorded first."""
    row = _seen(request, reference)
    opened = seals.open_one(
        actor=request.actor, row=row, group=request.POST.get("group", ""), now=request.now
    )
    return _page(request, _seen(request, reference), opened=opened)


def _seen(request: Any, reference: UUID) -> Referral:
    """The referral with its two agencies, if it exists for this person."""
    rows = Referral.objects.visible_to(request.actor)
    row: Referral = rows.select_related("to_agency", "from_agency").by_reference(reference)
    return row


def _done(request: Any, reference: UUID, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("referral:detail", reference)


def _page(
    request: Any,
    row: Referral,
    *,
    opened: seals.Shown | None = None,
    **bound: Form,
) -> HttpResponse:
    actor, now = request.actor, request.now
    case = Case.objects.visible_to(actor).filter(pk=row.case_id).first()
    ours = case if case is not None and case.owner_id == actor.agency_id else None
    card = cards.card_for(row, actor, now, is_open=ours is not None and ours.is_live)
    sealed = cards.still_there(card, actor) | cards.words_of(row, case, actor, now)
    context = {
        "card": card,
        "row": row,
        "case": ours,
        "about": case,
        "ground": cards.ground_of(row),
        "reason": cards.reason_of(row, actor),
        "outcome": registry.label("referral_outcome", row.outcome) if row.outcome else "",
        "how": registry.label("contact_channel", row.answered_how) if row.answered_how else "",
        "steps": cards.steps_of(row),
        "seals": seals.seals_of(row, sealed, opened),
        "forms": {name: bound.get(name) or _empty(name, row, now) for name in _wanted(card)},
        "form": next(iter(bound.values()), None),
        "asked": next(iter(bound), ""),
    }
    status = 422 if bound else 200
    return render(request, "referral/detail.html", context, status=status)


def _wanted(card: cards.Card) -> list[str]:
    return [name for name in FORMS if name in card.doors]


def _empty(name: str, row: Referral, now: Any) -> Form:
    """An unbound form; ids differ, for several stand on one page."""
    more: dict[str, Any] = {}
    if name in {"partly", "record"}:
        more["needs"] = row.needs
    if name == "record":
        more["is_notice"] = row.is_notice
    return FORMS[name](now=now, auto_id=f"id_{name}_%s", **more)
