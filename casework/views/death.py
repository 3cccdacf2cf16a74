"""Somebody has died: writing it down, sitting together after it, and taking a mistake back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from casework import actions, policy
from casework.forms.death import DeathForm, DebriefForm
from casework.models import Case, Death
from casework.views.frame import case_of, done, form_page
from network import law
from network.formkit import Form, sent
from safekeeping.errors import require
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])


@both
@once
def death(request: Any, reference: UUID) -> HttpResponse:
    """Write down that the person has died; or show what is written down already."""
    case = case_of(request, reference)
    form = DeathForm(sent(request), now=request.now)
    if not form.is_valid():
        if case.died_at is not None:
            return _written(request, case)
        return form_page(
            request, form, case=case, title=_("The person has died"), submit=_("Write it down"),
            lead=_(
                "From then on nobody calls, writes or visits the person. What is planned for the"
                " children goes on. Another office looks back, to learn and not to blame."
            ),
        )  # fmt: skip
    actions.record_death(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    said = _("It is written down. Nobody contacts the person any more.")
    if Case.objects.visible_to(request.actor).filter(reference=reference).exists():
        return done(request, said, "case", reference)
    return redirect("casework:my_work")


def _written(request: Any, case: Case) -> HttpResponse:
    seen = Death.objects.standing().filter(case=case)
    row = seen.select_related("by", "agency", "review_agency").get()
    context = {
        "case": case,
        "death": row,
        "cause": law.label("death_cause", row.cause),
        "may_take_back": policy.may_take_back_death(request.actor, case),
    }
    return render(request, "casework/death_written.html", context)


@both
@once
def debrief(request: Any, reference: UUID) -> HttpResponse:
    """The staff sat together."""
    case = case_of(request, reference)
    require(policy.may_debrief(request.actor, case))
    form = DebriefForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, title=_("Sit together with the staff"),
            submit=_("We sat together"),
            lead=_(
                "Those who worked with the person meet, for themselves. What is said stays in the"
                " room; only that you met is written down."
            ),
        )  # fmt: skip
    actions.hold_debrief(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("It is written down that you sat together."), "case", reference)


@both
@once
def take_back(request: Any, reference: UUID) -> HttpResponse:
    """It was a mistake: the person lives."""
    case = case_of(request, reference)
    require(policy.may_take_back_death(request.actor, case))
    form = Form(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, title=_("It was a mistake: the person lives"),
            submit=_("The person lives"), warning=True,
            lead=_(
                "Nothing starts again by itself. Look at the numbers, the meetings and the requests"
                " one by one; somebody has to find out whether the person is safe."
            ),
        )  # fmt: skip
    actions.take_back_death(actor=request.actor, reference=reference, now=request.now)
    return done(request, _("The mistake is taken back. Find out whether the person is safe."),
                "case", reference)  # fmt: skip
