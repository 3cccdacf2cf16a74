"""What the pages of one case share: the case as this person sees it, its tabs, its sealed rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework import access, policy, presenting
from casework.models import Case, Death
from casework.presenting import Line
from network.actors import Actor
from safekeeping.errors import NotVisible, Unreadable
from safekeeping.questions import kept

TABS: tuple[tuple[str, Promise], ...] = (
    ("case", _("Overview")),
    ("people", _("People")),
    ("incidents", _("Incidents")),
    ("consent", _("Consent")),
    ("assessment", _("Assessment")),
    ("plan", _("Plan")),
    ("beside", _("Referrals and stays")),
    ("notes", _("Notes")),
    ("seen", _("Who looked")),
)

# group → the part of its form's address
WRITTEN = {
    "person": "danh-tinh",
    "contact": "lien-lac",
    "whereabouts": "noi-o",
    "children": "con",
    "needs": "nhu-cau",
    "accused": "nguoi-bi-to-giac",
}


@dataclass(frozen=True)
class Seal:
    """One sealed group as a row: closed with a button, or open with its values."""

    group: str
    name: str | Promise
    what: str | Promise
    url: str = ""
    open: bool = False
    unreadable: bool = False
    values: list[Line] = field(default_factory=list)
    note: str = ""
    write: str = ""


def nothing_more() -> dict[str, Any]:
    """What most pages read along with their case."""
    return {}


def case_of(
    request: Any, reference: UUID, more: Callable[[], Mapping[str, Any]] = nothing_more
) -> Any:
    """The case, if it exists for this person; `more` is read along with it. Raises NotVisible."""
    found = _cases(request.actor, reference, request.now, more)
    if not found:
        raise NotVisible
    return found[0]


@kept
def _cases(
    actor: Actor, reference: UUID, now: datetime, more: Callable[[], Mapping[str, Any]]
) -> QuerySet[Case]:
    deaths = Death.objects.standing().filter(case=OuterRef("pk"))
    seen: QuerySet[Case] = (
        Case.objects.visible_to(actor)
        .filter(reference=reference)
        .select_related("owner", "worker", "place")
        .annotate(
            died_at=Subquery(deaths.values("happened_at")[:1]),
            debriefed_at=Subquery(deaths.values("debriefed_at")[:1]),
            **more(),
        )
    )
    return seen


def row_of(request: Any, model: Any, reference: UUID) -> Any:
    """A row of a case with its case, if both exist for this person. Raises NotVisible."""
    seen = model.objects.visible_to(request.actor).select_related("case__owner")
    return seen.by_reference(reference)


def show(
    request: Any, template: str, case: Case, tab: str, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Draw a page of a case, with its tabs."""
    tabs = [
        {
            "label": label,
            "url": reverse(f"casework:{name}", args=[case.reference]),
            "on": name == tab,
        }
        for name, label in TABS
    ]
    ours = policy.is_of_owner(request.actor, case)
    given = {"case": case, "tabs": tabs, "is_ours": ours, **(context or {})}
    return render(request, template, given)


def opened(request: Any, case: Case, *groups: str) -> dict[str, list[Line]]:
    """Open groups and return their lines; records who looked. Raises NotGranted."""
    values = looked(request, case, *groups).opened
    return {group: presenting.lines_of(found) for group, found in values.items()}


def looked(request: Any, case: Case, *groups: str) -> access.Look:
    """The same as the values themselves. Raises NotGranted."""
    return access.look(
        actor=request.actor, reference=case.reference, groups=groups, now=request.now
    )


def seals(
    request: Any, case: Case, tab: str, *names: str, granted: frozenset[str] | None = None
) -> list[Seal]:
    """Rows for the groups that this person may open; the one asked for by POST stands open.

    granted: those groups, where this request asked for them already.
    """
    if granted is None:
        granted = access.groups_for(request.actor, case, request.now)
    asked = request.POST.get("group", "") if request.method == "POST" else ""
    url = reverse(f"casework:{tab}", args=[case.reference])
    rows = [each for each in presenting.GROUPS if each[0] in granted and each[0] in names]
    closed = (
        Seal(group, name, what, url, write=_write_url(case, group)) for group, name, what in rows
    )
    return [_opened_row(request, case, row) if row.group == asked else row for row in closed]


def reads(request: Any, case: Case, group: str, granted: frozenset[str] | None = None) -> bool:
    """Whether the coded columns of a group are shown: to the owner's people, and with the group.

    granted: the groups that this person may open, where this request asked for them already.
    """
    if policy.is_of_owner(request.actor, case):
        return True
    if granted is None:
        granted = access.groups_for(request.actor, case, request.now)
    return group in granted


def _opened_row(request: Any, case: Case, row: Seal) -> Seal:
    try:
        values = opened(request, case, row.group)[row.group]
    except Unreadable:
        return replace(row, unreadable=True, open=True, write="")
    return replace(row, open=True, values=values)


def _write_url(case: Case, group: str) -> str:
    """Where this group is written, if it has a form of its own."""
    part = WRITTEN.get(group)
    return reverse("casework:piece", args=[case.reference, part]) if part else ""


def form_page(
    request: Any,
    form: Any,
    *,
    title: str | Promise,
    submit: str | Promise,
    case: Case,
    back: str = "case",
    **more: Any,
) -> HttpResponse:
    """Draw one form of a case on a page of its own."""
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "case": case,
        "back": reverse(f"casework:{back}", args=[case.reference]),
        **more,
    }
    return render(request, more.get("template", "casework/form.html"), context)


def done(request: Any, said: str | Promise, to: str, reference: UUID) -> HttpResponseRedirect:
    """Go back to a page of the case with one sentence about what was done."""
    messages.success(request, str(said))
    return redirect(f"casework:{to}", reference)
