"""Whose hands a case is in: assigning, taking note, clearing, linking, waiving, searching."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from casework import actions, policy
from casework.actions import links
from casework.forms.hands import BreakGlassForm, LinkForm, SearchForm, WaiveForm, WorkerForm
from casework.models import Case, Deadline
from casework.next_step import CLAIM
from casework.views.frame import case_of, done, form_page, row_of
from network import law
from network.formkit import sent
from network.fresh import confirm_url, is_fresh
from safekeeping.errors import require
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])


@both
@once
def assign(request: Any, reference: UUID) -> HttpResponse:
    """Give the case to a worker, or to another one."""
    case = case_of(request, reference)
    may_assign = policy.may_assign(request.actor, case)
    require(may_assign or policy.may_claim(request.actor, case))
    staff = actions.workers_for(actor=request.actor, reference=reference, now=request.now)
    form = WorkerForm(sent(request), now=request.now, staff=list(staff))
    if not form.is_valid():
        return form_page(
            request, form, case=case,
            title=_("Assign a worker") if may_assign else _("Who takes it on?"),
            lead="" if may_assign else CLAIM.text,
            submit=_("Assign"), above="casework/parts/claim.html", above_only=not may_assign,
            may_claim=policy.may_claim(request.actor, case),
        )  # fmt: skip
    act = actions.reassign_worker if case.worker_id else actions.assign_worker
    act(
        actor=request.actor,
        reference=reference,
        worker=UUID(form.cleaned_data["worker"]),
        now=request.now,
        happened_at=form.cleaned_data["happened_at"],
    )
    return done(request, _("The case has a worker."), "case", reference)


@require_POST
@once
def claim(request: Any, reference: UUID) -> HttpResponse:
    """Take a case on oneself."""
    actions.claim_case(
        actor=request.actor,
        reference=reference,
        now=request.now,
        overriding=request.POST.get("overriding", "")[:300],
    )
    return done(request, _("You have taken the case on."), "case", reference)


@require_POST
@once
def acknowledge(request: Any, reference: UUID) -> HttpResponse:
    """Say that one has taken note."""
    actions.acknowledge_notice(
        actor=request.actor,
        reference=reference,
        now=request.now,
        by_phone=request.POST.get("by_phone") == "1",
    )
    return done(request, _("Noted that you know."), "case", reference)


@both
@once
def clear(request: Any, reference: UUID) -> HttpResponse:
    """Clear who may be told, after ringing back; blocks that stay are ticked."""
    case = case_of(request, reference)
    require(policy.may_clear(request.actor, case))
    blocks = actions.list_blocks(actor=request.actor, reference=reference, now=request.now)
    if request.method != "POST":
        context = {"case": case, "blocks": blocks}
        return render(request, "casework/clear.html", context)
    asked = {*request.POST.getlist("shown")} - {*request.POST.getlist("keep")}
    # Whoever was named since the page was drawn was not asked about, and stays out.
    keep = [block.reference for block in blocks if str(block.reference) not in asked]
    actions.clear_conflict(actor=request.actor, reference=reference, now=request.now, keep=keep)
    return done_or_home(request, reference)


def done_or_home(request: Any, reference: UUID) -> HttpResponse:
    """The case may have moved on to its office, out of our sight."""
    if Case.objects.visible_to(request.actor).filter(reference=reference).exists():
        return done(request, _("Cleared."), "case", reference)
    return redirect("casework:my_work")


@both
@once
def link(request: Any, reference: UUID) -> HttpResponse:
    """Say that another case tells of the same event."""
    case = case_of(request, reference)
    form = LinkForm(sent(request), now=request.now)
    other = None
    if form.is_valid():
        mine = Case.objects.visible_to(request.actor).exclude(pk=case.pk)
        other = mine.filter(code=form.cleaned_data["code"]).first()
        if other is None:
            form.add_error("code", _("You see no other case with this code"))
    if other is None:
        return form_page(
            request, form, case=case,
            title=_("Same event as another case"), submit=_("Link the two"),
            lead=_("The later one is closed as linked, once another person agrees. Nothing of it"
                   " is lost: incident and clocks carry over."),
            warning=True,
        )  # fmt: skip
    kept, duplicate = sorted((case, other), key=lambda each: each.opened_at)
    links.link_duplicate(
        actor=request.actor, reference=kept.reference, other=duplicate.reference, now=request.now
    )
    return done(request, _("The two cases are linked."), "case", kept.reference)


@both
@once
def waive(request: Any, reference: UUID) -> HttpResponse:
    """Waive a clock, with a reason."""
    row = row_of(request, Deadline, reference)
    form = WaiveForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=row.case,
            title=_("Waive a clock"), submit=_("Waive"),
            lead=law.clock(row.clock, row.variant).name,
        )  # fmt: skip
    actions.waive_deadline(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("The clock is waived."), "case", row.case.reference)


@both
def search(request: Any) -> HttpResponse:
    """Look whether a person is known; by POST, so that nothing stands in an address."""
    require(policy.may_search(request.actor))
    form = SearchForm(sent(request), now=request.now)
    hits = None
    if form.is_valid():
        hits = actions.search_people(actor=request.actor, now=request.now, **form.cleaned_data)
    return render(request, "casework/search.html", {"form": form, "hits": hits})


@both
@once
def break_glass(request: Any, reference: UUID) -> HttpResponse:
    """Look without access, for 60 minutes; told to the owner and reviewed."""
    case, fresh = case_of(request, reference), is_fresh(request)
    form = BreakGlassForm(sent(request), now=request.now, is_fresh=fresh)
    if not form.is_valid():
        return form_page(
            request, form, case=case,
            title=_("Emergency opening"), submit=_("Open for 60 minutes"), warning=True,
            lead=_("The owner and your supervisor are told at once. Within 24 hours you write why,"
                   " and another person reads it."),
            above="casework/parts/confirm.html", confirm="" if fresh else confirm_url(request),
        )  # fmt: skip
    actions.break_glass(
        actor=request.actor,
        reference=reference,
        reason=form.cleaned_data["reason"],
        now=request.now,
        fresh_mfa=fresh,
        overriding=form.cleaned_data.get("overriding", ""),
    )
    return done(request, _("Open for 60 minutes."), "case", reference)
