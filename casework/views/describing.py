"""Writing down what becomes known: of the person, of the one accused, of what happened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from casework import access, actions, policy
from casework.forms import describing as forms
from casework.forms.contact import ContactForm
from casework.groups import Words
from casework.guards import seen_of
from casework.models import Case, Incident, Survivor
from casework.views.frame import case_of, done, form_page, reads, row_of
from network.formkit import keep, sent
from safekeeping.errors import require
from safekeeping.idempotency import once

both = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Piece:
    """One sealed group that can be written: of which record and field, by which form."""

    group: str
    kind: str
    field: str
    form: type[forms.PieceForm]
    title: Promise


PIECES = {
    "danh-tinh": Piece("person", "survivor", "identity", forms.IdentityForm, _("Identity")),
    "lien-lac": Piece("contact", "survivor", "contact", ContactForm, _("Contact")),
    "noi-o": Piece(
        "whereabouts", "survivor", "whereabouts", forms.WhereaboutsForm, _("Where the person is")
    ),
    "con": Piece("children", "survivor", "children", forms.ChildrenForm, _("Children")),
    "nhu-cau": Piece("needs", "survivor", "support_needs", forms.NeedsForm, _("Support needs")),
    "nguoi-bi-to-giac": Piece(
        "accused", "incident", "perpetrator", forms.AccusedForm, _("The person accused")
    ),
}


@both
@once
def piece(request: Any, reference: UUID, part: str) -> HttpResponse:
    """Write one sealed group; opening it to be written is written down too."""
    if part not in PIECES:
        raise Http404
    one, case = PIECES[part], case_of(request, reference)
    row, old = _opened(request, case, one)
    form = one.form(sent(request), now=request.now, initial=_start(one, row, old))
    if "more" in request.POST:
        form = form.more()
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="people", title=one.title, submit=_("Save"),
            lead=_("Saved sealed; what stood there before is kept."),
        )  # fmt: skip
    keep(request, form, lambda: _start(one, *_opened(request, case, one)))
    actions.describe(
        actor=request.actor,
        reference=reference,
        kind=one.kind,
        record=row.reference,
        values={one.field: form.value(old)},
        now=request.now,
        seen=form.cleaned_data["seen"],
    )
    return done(request, _("Saved and sealed."), "people", reference)


def _opened(request: Any, case: Case, one: Piece) -> tuple[Any, Any]:
    """The record and its group as it stands; a form begun on an unreadable group is refused."""
    found = access.open_groups(
        actor=request.actor, reference=case.reference, groups=[one.group], now=request.now
    )
    model: Any = Survivor if one.kind == "survivor" else Incident
    row = model.objects.filter(case=case).order_by("pk").first()
    if row is None:
        raise Http404
    mine = (each for each in found[one.group] if each.reference == row.reference)
    return row, next((each.value for each in mine if each.field == one.field), None)


def _start(one: Piece, row: Any, old: Any) -> dict[str, Any]:
    return {**one.form.start(old or one.form.made), "seen": seen_of(row, [one.field])}


@both
@once
def person(request: Any, reference: UUID) -> HttpResponse:
    """Write the coded columns of the survivor."""
    case = case_of(request, reference)
    require(reads(request, case, "person"))  # the form begins with what is known
    begin = partial(_coded_now, forms.CodedPersonForm, Survivor.objects.filter(case=case))
    start = begin()
    form = forms.CodedPersonForm(sent(request), now=request.now, initial=start)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="people", title=_("About the person"), submit=_("Save"),
            lead=_("Ask only what the person wants to say. These answers are counted,"
                   " never named."),
        )  # fmt: skip
    keep(request, form, begin)
    actions.describe(
        actor=request.actor, reference=reference, kind="survivor", record=start["reference"],
        values=_values(form), now=request.now, seen=form.cleaned_data["seen"],
    )  # fmt: skip
    return done(request, _("Saved."), "people", reference)


@both
@once
def incident(request: Any, reference: UUID) -> HttpResponse:
    """Classify one incident."""
    row = row_of(request, Incident, reference)
    require(reads(request, row.case, "account"))
    begin = partial(_coded_now, forms.IncidentForm, Incident.objects.filter(pk=row.pk))
    form = forms.IncidentForm(sent(request), now=request.now, initial=begin())
    if not form.is_valid():
        return form_page(
            request, form, case=row.case, back="incidents",
            title=_("Classify the incident"), submit=_("Save"),
        )  # fmt: skip
    keep(request, form, begin)
    actions.describe(
        actor=request.actor, reference=row.case.reference, kind="incident", record=row.reference,
        values=_values(form), now=request.now, seen=form.cleaned_data["seen"],
    )  # fmt: skip
    return done(request, _("Saved."), "incidents", row.case.reference)


def _coded_now(form: type[forms.SeenForm], found: Any) -> dict[str, Any]:
    """The coded answers of one row as they stand; what is sealed is not among them."""
    row = found.get()
    values = {name: getattr(row, name) for name in form.columns()}
    return {**values, "reference": row.reference, "seen": seen_of(row, form.columns())}


@both
@once
def incident_add(request: Any, reference: UUID) -> HttpResponse:
    """Write down another event of violence in the same case."""
    case = case_of(request, reference)
    form = forms.NewIncidentForm(sent(request), now=request.now)
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="incidents",
            title=_("Another incident"), submit=_("Save"),
        )  # fmt: skip
    actions.add_incident(
        actor=request.actor, reference=reference, values=_values(form), now=request.now
    )
    return done(request, _("Saved."), "incidents", reference)


def _values(form: forms.SeenForm) -> dict[str, Any]:
    """What was answered; an empty account keeps the old one."""
    names = form.base_fields.keys() - {"seen"}
    given = {name: form.cleaned_data[name] for name in sorted(names)}
    given = {name: value for name, value in given.items() if value not in ("", None)}
    words = given.pop("account", "")
    return {**given, "account": Words(text=words)} if words else given


@both
@once
def accused(request: Any, reference: UUID) -> HttpResponse:
    """Write down where the person accused is."""
    case = case_of(request, reference)
    require(reads(request, case, "accused"))  # the form begins with what is known
    start = {"status": case.accused_status, "held_until": case.held_until}
    form = forms.AccusedNowForm(sent(request), now=request.now, initial=start)
    if not form.is_valid():
        return form_page(
            request, form, case=case, title=_("The person accused"), submit=_("Write down"),
            lead=_("The day on which that person is free is a moment of danger: the risk is then"
                   " judged again."),
        )  # fmt: skip
    actions.note_accused(
        actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
    )
    return done(request, _("It is written down."), "case", reference)


@both
@once
def untold(request: Any, reference: UUID) -> HttpResponse:
    """Say who of the family must not be told anything."""
    case = case_of(request, reference)
    require(policy.is_of_owner(request.actor, case))
    begin = partial(_coded_now, forms.UntoldForm, Case.objects.filter(pk=case.pk))
    form = forms.UntoldForm(sent(request), now=request.now, initial=begin())
    if not form.is_valid():
        return form_page(
            request, form, case=case, back="consent",
            title=_("Who must not be told"), submit=_("Save"),
            lead=_("It stands on every page of the case, also for who helps in it. Whoever is named"
                   " cannot speak for a child."),
        )  # fmt: skip
    keep(request, form, begin)
    actions.describe(
        actor=request.actor, reference=reference, kind="case", record=reference,
        values={"not_told": form.cleaned_data["not_told"]}, now=request.now,
        seen=form.cleaned_data["seen"],
    )  # fmt: skip
    return done(request, _("Saved."), "consent", reference)
