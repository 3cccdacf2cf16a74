"""Asking, judging, agreeing: consent, wishes, assessment and plans of one case."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST
from django_fsm import can_proceed

from casework import access, policy, rules
from casework.actions import assess as assessing
from casework.actions import consent as consenting
from casework.actions import plan as planning
from casework.actions import wishes as wishing
from casework.forms.care import (
    VOICE,
    AssessForm,
    ConsentForm,
    DropForm,
    ItemForm,
    OfChild,
    PlanForm,
    RenewForm,
    WishesForm,
    WithdrawForm,
)
from casework.forms.coded import as_bool
from casework.groups import CONSENTED
from casework.guards import seen_of
from casework.instruments import INSTRUMENTS
from casework.minors import age_of
from casework.models import Assessment, Case, CaseState, Consent, FollowUp, Plan, PlanItem
from casework.models.survivor import of_age
from casework.views.frame import case_of, done, form_page, opened, reads, row_of, seals, show
from network import law
from network.formkit import keep, sent
from network.models import Agency
from network.roles import AgencyKind
from safekeeping.errors import RuleBroken, require
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])
TONES = {"GIVEN": "", "WITHDRAWN": "red", "REFUSED": "grey", "NOT_POSSIBLE": "grey"}


@both
def consent(request: Any, reference: UUID) -> HttpResponse:
    """Every asking and its answer; to another office what was opened to it."""
    case = case_of(request, reference)
    rows = Consent.objects.visible_to(request.actor).filter(case=case)
    consents = [
        {
            "row": row,
            "service": _of_what(row),
            "kind": dict(AgencyKind.choices).get(row.recipient_kind, ""),
            "voice": [law.label(name, code) for name in VOICE if (code := getattr(row, name))],
            "groups": [law.label("consent_group", group) for group in row.groups],
            "tone": TONES.get(row.state, ""),
        }
        for row in rows.select_related("asked_by").order_by("-asked_at", "-pk")
    ]
    context = {"consents": consents, "granted": _granted(request, case)}
    return show(request, "casework/consent.html", case, "consent", context)


def _of_what(row: Consent) -> str:
    """The service, or being counted, being contacted; nothing where she could not be asked."""
    if row.service:
        return law.label("service", row.service)
    return law.label("withdrawal_scope", row.scope) if row.scope else ""


def _granted(request: Any, case: Case) -> list[str]:
    """What another office may open of this case, in words."""
    if policy.is_of_owner(request.actor, case):
        return []
    granted = access.groups_for(request.actor, case, request.now)
    return [law.label("consent_group", group) for group in sorted(granted & CONSENTED)]


@both
@once
def ask(request: Any, reference: UUID) -> HttpResponse:
    """Write down what the person agrees to, or that one could not ask."""
    case = case_of(request, reference, of_age)
    form = ConsentForm(sent(request), now=request.now, of_child=_of_child(case, request.now))
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="consent",
            title=_("Ask for consent"), submit=_("Write down the answers"),
            above="casework/parts/asking.html",
        )  # fmt: skip
    given = form.cleaned_data
    consenting.record_consent(
        actor=request.actor,
        reference=reference,
        now=request.now,
        answers=given["answers"],
        asking=consenting.Asking(
            alone=as_bool(given["alone"]),
            voice=form.voice(),
            told_beforehand=given["told_beforehand"],
            evidence_kind=given["evidence_kind"] or "spoken_phone",
            evidence=given["evidence"],
        ),
        why_not=given["why_not"],
        happened_at=given["happened_at"],
    )
    return done(request, _("The answers are written down."), "consent", reference)


def _of_child(case: Any, now: datetime) -> OfChild | None:
    """What is asked by, if the survivor is or may be a child. case: annotated `of_age`."""
    age, year = age_of(case), law.localdate(now).year
    return OfChild(age, year, case.not_told) if age.may_be_child(year) else None


@both
@once
def withdraw(request: Any, reference: UUID) -> HttpResponse:
    """End what the person no longer wants."""
    case = case_of(request, reference)
    form = WithdrawForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="consent",
            title=_("The person takes something back"), submit=_("End it now"),
            lead=_("Sharing ends at once and the other office is told to stop. A bed or a duty by"
                   " law goes on."),
            warning=True,
        )  # fmt: skip
    given = form.cleaned_data
    consenting.withdraw_consent(actor=request.actor, reference=reference, now=request.now, **given)
    return done(request, _("It has ended; the others are told to stop."), "consent", reference)


@both
@once
def renew(request: Any, reference: UUID) -> HttpResponse:
    """Write down that the person wants again to be counted, or contacted."""
    case = case_of(request, reference)
    scopes = [scope for scope, column in rules.WANTED.items() if not getattr(case, column)]
    if not scopes:
        raise RuleBroken("nothing-taken-back")
    form = RenewForm(sent(request), now=request.now, scopes=scopes)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="consent",
            title=_("The person wants something again"), submit=_("Write it down"),
            lead=_("Requests that were stopped do not come back by themselves: send them anew."),
        )  # fmt: skip
    given = form.cleaned_data
    consenting.renew_consent(actor=request.actor, reference=reference, now=request.now, **given)
    return done(request, _("It is written down."), "consent", reference)


@both
@once
def wishes(request: Any, reference: UUID) -> HttpResponse:
    """Write down what the person wishes."""
    case = case_of(request, reference)
    require(reads(request, case, "wishes"))  # the form begins with what is known
    begin = partial(_wishes_now, request, reference)
    form = WishesForm(sent(request), now=request.now, initial=begin())
    if not form.is_valid():
        return form_page(
            request, form, case=case,
            title=_("What the person wishes"), submit=_("Write down the wishes"),
            lead=_("In the person’s own words. They stand first on the case."),
        )  # fmt: skip
    keep(request, form, begin)
    given = form.cleaned_data
    wishing.record_wishes(
        actor=request.actor,
        reference=reference,
        coded=given["coded_wishes"],
        words=given["words"],
        now=request.now,
        seen=given["seen"],
    )
    return done(request, _("The wishes are written down."), "case", reference)


def _wishes_now(request: Any, reference: UUID) -> dict[str, Any]:
    """What stands there, to be written on; opening the words is written down."""
    case = case_of(request, reference)
    words = opened(request, case, "wishes")["wishes"]
    return {
        "coded_wishes": case.wishes_coded,
        "words": "\n".join(text for _label, text in words),
        "seen": seen_of(case, ("wishes", "wishes_coded")),
    }


@both
def assessment(request: Any, reference: UUID) -> HttpResponse:
    """Every assessment, the newest first."""
    case = case_of(request, reference)
    rows = Assessment.objects.visible_to(request.actor).filter(case=case)
    newest = rows.select_related("by").order_by("-at", "-pk")
    context = {
        "assessments": [{"row": row, "answers": _answers(row)} for row in newest],
        "seals": seals(request, case, "assessment", "risk"),
    }
    return show(request, "casework/assessment.html", case, "assessment", context)


def _answers(row: Assessment) -> list[tuple[str, str]]:
    """The answered questions in words."""
    instrument = INSTRUMENTS.get(row.instrument)
    if instrument is None:
        return []
    said = {"yes": _("Yes"), "no": _("No"), "unknown": _("Not known")}
    return [
        (str(question.label), str(said[row.answers[question.code]]))
        for question in instrument.questions
        if row.answers.get(question.code) in said
    ]


@both
@once
def assess(request: Any, reference: UUID) -> HttpResponse:
    """Judge the danger by questions."""
    case = case_of(request, reference)
    chosen = request.GET.get("bo", "report_danger")
    instrument = INSTRUMENTS.get(chosen) or INSTRUMENTS["report_danger"]
    form = AssessForm(sent(request), now=request.now, instrument=instrument)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="assessment",
            title=_("Assess the danger"), submit=_("Write down the assessment"),
            above="casework/parts/first.html",
            lead=_("Ask when you are alone together. What is not answered is not a no."),
        )  # fmt: skip
    given = form.cleaned_data
    assessing.assess_case(
        actor=request.actor,
        reference=reference,
        instrument=instrument.code,
        answers=form.answers(),
        judged=given["judged"],
        reasoning=given["reasoning"],
        now=request.now,
        happened_at=given["happened_at"],
        overriding=given["overriding"],
    )
    return done(request, _("The assessment is written down."), "assessment", reference)


@both
def plan(request: Any, reference: UUID) -> HttpResponse:
    """What was agreed, what is done, and the meetings after."""
    case = case_of(request, reference)
    items = PlanItem.objects.visible_to(request.actor).filter(case=case)
    of_plan: dict[int, list[dict[str, Any]]] = {}
    for item in items.select_related("responsible").order_by("pk"):
        of_plan.setdefault(item.plan_id, []).append(_item(item))
    plans = Plan.objects.visible_to(request.actor).filter(case=case).select_related("by")
    meetings = FollowUp.objects.visible_to(request.actor).filter(case=case)
    context = {
        "plans": [
            {"row": row, "items": of_plan.get(row.pk, [])}
            for row in plans.order_by("-agreed_at", "-pk")
        ],
        "meetings": [
            {"row": row, "mode": law.label("follow_up_mode", row.mode)}
            for row in meetings.order_by("due_at")
        ],
        "may_meet": case.state == CaseState.FOLLOW_UP or can_proceed(case.follow_up),
        "seals": seals(request, case, "plan", "needs", "risk"),
    }
    return show(request, "casework/plan.html", case, "plan", context)


def _item(row: PlanItem) -> dict[str, Any]:
    return {
        "row": row,
        "need": law.label("plan_need", row.need),
        "service": law.label("service", row.service) if row.service else "",
        "companion": law.label("accompaniment", row.companion) if row.companion else "",
        "reason": law.label("drop_reason", row.reason) if row.reason else "",
    }


@both
@once
def agree(request: Any, reference: UUID) -> HttpResponse:
    """Agree a plan with its first item; more are added on the next page."""
    case = case_of(request, reference)
    form = PlanForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="plan",
            title=_("Make a plan"), submit=_("Write down the plan"),
            above="casework/parts/first.html",
            lead=_("Together with the person, in the person’s own order."),
        )  # fmt: skip
    given = dict(form.cleaned_data)
    need, due_on = given.pop("need"), given.pop("due_on")
    planning.agree_plan(
        actor=request.actor,
        reference=reference,
        items=[planning.Item(need=need, due_on=due_on)] if need else [],
        now=request.now,
        **{**given, "alone": as_bool(given["alone"])},
    )
    return done(request, _("The plan is written down. Add what is to be done."), "plan", reference)


@both
@once
def item_add(request: Any, reference: UUID) -> HttpResponse:
    """Add one thing to a plan."""
    row = row_of(request, Plan, reference)
    agencies = Agency.objects.filter(pk__in={row.case.owner_id, request.actor.agency_id})
    form = ItemForm(sent(request), now=request.now, agencies=list(agencies))
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="plan",
            title=_("Add something to do"), submit=_("Add"),
        )  # fmt: skip
    given = dict(form.cleaned_data)
    responsible = given.pop("responsible")
    given["responsible"] = UUID(responsible) if responsible else None
    planning.add_item(
        actor=request.actor, reference=reference, item=planning.Item(**given), now=request.now
    )
    return done(request, _("It is added to the plan."), "plan", row.case.reference)


@require_POST
@once
def item_done(request: Any, reference: UUID) -> HttpResponse:
    """Tick one thing off."""
    row = row_of(request, PlanItem, reference)
    planning.finish_item(actor=request.actor, reference=reference, now=request.now)
    return done(request, _("Ticked off."), "plan", row.case.reference)


@both
@once
def item_drop(request: Any, reference: UUID) -> HttpResponse:
    """Let one thing go, with a reason."""
    row = row_of(request, PlanItem, reference)
    form = DropForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="plan",
            title=_("Drop something from the plan"), submit=_("Drop"),
            lead=law.label("plan_need", row.need),
        )  # fmt: skip
    planning.drop_item(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("Dropped from the plan."), "plan", row.case.reference)
