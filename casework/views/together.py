"""Pages of several offices around one case, and of mending what stands there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from casework import policy, work
from casework.actions import conference as conferring
from casework.actions import corrections, links
from casework.actions import follow_up as following
from casework.forms.hands import LinkForm
from casework.forms.together import CancelForm, ConferenceForm, MendNoteForm
from casework.groups import Words
from casework.models import Access, AccessWhy, Case, CaseState, FollowUp, Note
from casework.views.frame import case_of, done, form_page, row_of
from casework.work import Line
from network.formkit import sent
from network.roles import Role
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])


@both
@once
def conference(request: Any, reference: UUID) -> HttpResponse:
    """Write down a case conference; its decisions become items of the plan."""
    case = case_of(request, reference)
    seats = conferring.seats_for(actor=request.actor, reference=reference, now=request.now)
    form = ConferenceForm(sent(request), now=request.now, seats=seats)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="notes",
            title=_("Case conference"), submit=_("Write down"),
            lead=_("Only offices that help in this case sit there. Nobody mediates between the"
                   " two sides."),
        )  # fmt: skip
    conferring.record_conference(
        actor=request.actor, reference=reference, now=request.now, **form.given(request.now)
    )
    return done(request, _("The conference is written down."), "notes", reference)


@both
@once
def note_mend(request: Any, reference: UUID) -> HttpResponse:
    """Put other words in the place of a note's; the old ones are kept."""
    row = row_of(request, Note, reference)
    form = MendNoteForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="notes",
            title=_("Correct a note"), submit=_("Correct"),
            lead=_("The old words are kept, sealed, with the reason for the change."),
        )  # fmt: skip
    said = form.cleaned_data
    corrections.correct_value(
        actor=request.actor, reference=row.case.reference, kind="note", record=reference,
        field="text", value=Words(said["words"]), reason=said["reason"], why=said["why"],
        now=request.now,
    )  # fmt: skip
    return done(request, _("The note is corrected."), "notes", row.case.reference)


@both
@once
def meeting_cancel(request: Any, reference: UUID) -> HttpResponse:
    """A planned meeting will not be held."""
    row = row_of(request, FollowUp, reference)
    form = CancelForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="plan",
            title=_("Cancel a meeting"), submit=_("Cancel the meeting"),
        )  # fmt: skip
    following.cancel_follow_up(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("The meeting is cancelled."), "plan", row.case.reference)


@both
@once
def same_person(request: Any, reference: UUID) -> HttpResponse:
    """Say that another case is about the same person; figures then count one person."""
    case = case_of(request, reference)
    form = LinkForm(sent(request), now=request.now)
    other = _other(request, case, form) if form.is_valid() else None
    if other is None:
        return form_page(
            request, form, case=case,
            title=_("Same person as in another case"), submit=_("Link the two"),
            lead=_("Both cases stay as they are and nothing passes between them; the figures count"
                   " one person."),
        )  # fmt: skip
    links.link_person(
        actor=request.actor, reference=reference, other=other.reference, now=request.now
    )
    return done(request, _("The two cases are linked."), "case", reference)


def _other(request: Any, case: Case, form: LinkForm) -> Case | None:
    """Another case with the code that was typed, if it exists for this person."""
    seen = Case.objects.visible_to(request.actor).exclude(pk=case.pk)
    found: Case | None = seen.filter(code=form.cleaned_data["code"]).first()
    if found is None:
        form.add_error("code", _("You see no other case with this code"))
    return found


@work.source
def closures_asked(*, actor: Any, now: datetime, limit: int) -> list[Line]:
    """Closures that wait for who leads here, for the owner's office has nobody else."""
    if not (actor.has(Role.SUPERVISOR) or policy.is_coordinator(actor)):
        return []
    # The same access lets an office look back after a death, which no closure is.
    asked = Access.objects.live_for(actor, now).filter(
        why=AccessWhy.SECOND_PERSON, case__state=CaseState.CLOSING
    )
    return [
        Line(
            what=str(_("Closure proposed: be the other person")),
            url=reverse("casework:decide", args=[row.case.reference]),
            hint=f"{row.case.alias} · {row.case.code}",
            started=row.starts,
            risk=row.case.risk_level,
        )
        for row in asked.select_related("case").order_by("starts")[:limit]
    ]
