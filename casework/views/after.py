"""Keeping in touch: meetings, safety checks, notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from casework import access, deadlines
from casework.actions import follow_up as following
from casework.actions import notes as noting
from casework.forms.after import (
    FollowUpForm,
    HeldForm,
    MissedForm,
    NoteForm,
    PlanFollowUpForm,
    SafeCheckForm,
)
from casework.models import Case, CaseState, Conference, FollowUp, Note
from casework.views.frame import case_of, done, form_page, opened, row_of, show
from network import law
from network.formkit import sent
from network.models import Agency
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])


@both
@once
def follow(request: Any, reference: UUID) -> HttpResponse:
    """Begin to follow up."""
    case = case_of(request, reference)
    form = FollowUpForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="plan",
            title=_("Begin to follow up"), submit=_("Begin"), above="casework/parts/first.html",
        )  # fmt: skip
    following.start_follow_up(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    is_over = case.state in (CaseState.CLOSING, CaseState.CLOSED)
    said = _("It is written down.") if is_over else _("The meetings are planned.")
    return done(request, said, "plan", reference)


@both
@once
def meeting_add(request: Any, reference: UUID) -> HttpResponse:
    """Plan one more meeting."""
    case = case_of(request, reference)
    form = PlanFollowUpForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="plan",
            title=_("One more meeting"), submit=_("Plan it"),
        )  # fmt: skip
    following.plan_follow_up(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("The meeting is planned."), "plan", reference)


@both
@once
def meeting_held(request: Any, reference: UUID) -> HttpResponse:
    """Write down that one met."""
    row = row_of(request, FollowUp, reference)
    form = HeldForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="plan", title=_("We met"), submit=_("Write down")
        )
    following.hold_follow_up(
        actor=request.actor, reference=reference, now=request.now, **form.given()
    )
    return done(request, _("The meeting is written down."), "plan", row.case.reference)


@both
@once
def meeting_missed(request: Any, reference: UUID) -> HttpResponse:
    """Write down that one did not meet; silence is a sign of danger first."""
    row = row_of(request, FollowUp, reference)
    form = MissedForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="plan",
            title=_("We did not meet"), submit=_("Write down"),
            lead=_("At high risk this asks at once: is the person safe?"),
        )  # fmt: skip
    following.miss_follow_up(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("It is written down."), "plan", row.case.reference)


@require_POST
@once
def resume(request: Any, reference: UUID) -> HttpResponse:
    """Support is needed again."""
    case = case_of(request, reference)
    following.resume_support(actor=request.actor, reference=reference, now=request.now)
    return done(request, _("The case is being supported again."), "plan", case.reference)


@both
@once
def safe_check(request: Any, reference: UUID) -> HttpResponse:
    """Say how one knows that the person is safe."""
    case = case_of(request, reference)
    form = SafeCheckForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case,
            title=_("Is the person safe?"), submit=_("Write down"),
            lead=_("Only two answers count: spoken to alone, or seen safe by somebody."),
        )  # fmt: skip
    noting.record_safe_check(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    if deadlines.waits_since(case.pk, "safe_check"):
        said = _("Written down. It was asked again since: find out how the person is now.")
    else:
        said = _("It is written down that the person is safe.")
    return done(request, said, "case", reference)


@both
def notes(request: Any, reference: UUID) -> HttpResponse:
    """Notes by kind and time; their words open by kind."""
    case = case_of(request, reference)
    granted = access.groups_for(request.actor, case, request.now)
    openable = [(code, name) for code, name in NOTE_GROUPS if code in granted]
    asked = request.POST.get("group", "") if request.method == "POST" else ""
    shown = [(name, opened(request, case, code)[code]) for code, name in openable if code == asked]
    rows = Note.objects.visible_to(request.actor).filter(case=case).select_related("by")
    context = {
        "notes": [
            {
                "row": row,
                "kind": law.label("note_kind", row.kind),
                "way": law.label("contact_channel", row.way) if row.way else "",
            }
            for row in rows.order_by("-at", "-pk")
        ],
        "openable": openable,
        "opened": shown,
        "conferences": conferences_of(request, case),
    }
    return show(request, "casework/notes.html", case, "notes", context)


NOTE_GROUPS = (
    ("notes", _("General notes")),
    ("health", _("Health notes")),
    ("legal", _("Legal notes")),
    ("minutes", _("Minutes of conferences")),
)


def conferences_of(request: Any, case: Case) -> list[dict[str, Any]]:
    """Conferences with the offices that sat there, the latest first."""
    seen = Conference.objects.visible_to(request.actor).filter(case=case)
    rows = list(seen.order_by("-held_at"))
    ids = {pk for row in rows for pk in row.agencies}
    names = {one.pk: one.short for one in Agency.objects.filter(pk__in=ids)} if ids else {}
    return [{"row": row, "offices": [names.get(pk, "") for pk in row.agencies]} for row in rows]


@both
@once
def note(request: Any, reference: UUID) -> HttpResponse:
    """Write a note."""
    case = case_of(request, reference)
    form = NoteForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="notes", title=_("Write a note"), submit=_("Save")
        )
    noting.add_note(actor=request.actor, reference=reference, now=request.now, **form.given())
    return done(request, _("The note is saved and sealed."), "notes", reference)
