"""One case: her wishes first, how it stands, what comes next, and what is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework import access, flow_steps, oversight, panels, policy, presenting, timeline
from casework.actions.assign import NOTICE
from casework.models import Case, Closure, Consent, Deadline, Incident, PlanItem, Survivor
from casework.next_step import Facts, next_step
from casework.presenting import Line
from casework.views.frame import case_of, looked, reads, seals, show
from network import law
from network.actors import Actor
from safekeeping.errors import NotGranted, Unreadable
from safekeeping.questions import Id, kept

EVENTS_SHOWN, EVENTS_READ = 12, 60
SEALED_HERE = ("person", "contact", "whereabouts", "needs")
BESIDE = frozenset({"find_bed", "agree_plan"})


def what_decides() -> dict[str, Any]:
    """What the advice and the drawing ask of a case, read in one statement with it."""
    of_case = {"case": OuterRef("pk")}
    proposed = Closure.objects.filter(decided_at=None, **of_case).order_by("-pk")
    return {
        "proposer_id": Subquery(proposed.values("proposed_by_id")[:1]),
        "consent_asked": Exists(Consent.objects.filter(**of_case)),
        "has_open_items": Exists(PlanItem.objects.filter(state="OPEN", **of_case)),
        "turns": flow_steps.TURNS,
    }


@dataclass(frozen=True)
class Drawn:
    """One step as the drawing takes it."""

    name: str
    label: str
    state: str
    note: str = ""
    together: str = ""


def way_of(steps: Sequence[flow_steps.Step], *, is_closed: bool) -> list[Drawn]:
    """The flow's steps for the drawing: what is not reached comes later, one place is "here".

    Bed and plan run side by side; a second open step is begun and waits for somebody else.
    """
    open_ = [step.name for step in steps if step.state == flow_steps.HERE]
    here = next((name for name in open_ if name != "find_bed"), open_[0] if open_ else "")
    return [
        Drawn(
            step.name,
            step.label,
            _drawn_state(step, here, is_closed=is_closed),
            gettext("waiting for an answer") if step.name in open_ and step.name != here else "",
            "plan" if step.name in BESIDE else "",
        )
        for step in steps
    ]


def _drawn_state(step: flow_steps.Step, here: str, *, is_closed: bool) -> str:
    if step.state == flow_steps.HERE:
        return "here" if step.name == here else "waiting"
    if step.state == flow_steps.WAITING:
        return "done" if is_closed else "later"
    return step.state


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: Any, reference: UUID) -> HttpResponse:
    """Show the overview; a POST opens one sealed group in place."""
    row = case_of(request, reference, what_decides)
    wishes, granted = _wishes(request, row)
    if granted is None:
        granted = access.groups_for(request.actor, row, request.now)
    ours, told = policy.is_of_owner(request.actor, row), reads(request, row, "wishes", granted)
    context = {
        "accused": law.label("accused_status", row.accused_status) if ours else "",
        "wishes": wishes,
        "reads_wishes": "wishes" in granted,
        "knows_wishes": told,
        "wishes_coded": [law.label("wish", code) for code in row.wishes_coded] if told else [],
        "deadlines": clocks(request, row),
        "next": next_step(_facts(request, row)) if ours else None,
        "steps": way_of(flow_steps.steps_of(row.turns), is_closed=not row.is_live),
        "seals": seals(request, row, "case", *SEALED_HERE, granted=granted),
        "panels": _panels(request, row),
        "timeline": _told(request, row),
        "may_assign": policy.may_assign(request.actor, row),
        "may_claim": policy.may_claim(request.actor, row),
    }
    return show(request, "casework/case.html", row, "case", context)


def _wishes(request: Any, row: Case) -> tuple[list[Line] | None, frozenset[str] | None]:
    """Her own words, opened with the case for its worker, and what else may be opened.

    None where they stay sealed, and where nobody asked.
    """
    asked = request.method == "POST" and request.POST.get("group") == "wishes"
    if not asked and not policy.works_on(request.actor, row):
        return None, None
    try:
        seen = looked(request, row, "wishes")
    except (NotGranted, Unreadable):
        return None, None
    return presenting.lines_of(seen.opened["wishes"]), seen.granted


def clocks(request: Any, row: Case) -> list[dict[str, Any]]:
    """Running clocks, the nearest first, in the reader's language.

    other: who must do it, where that is not the agency in charge. may_note: one word meets it.
    """
    return [
        {
            "name": law.clock(one.clock, one.variant).name,
            "other": one.agency.short if one.agency_id != row.owner_id else "",
            "due": one.due_at,
            "started": one.started_at,
            "reference": one.reference,
            "may_waive": policy.may_waive(request.actor, row, one.agency_id),
            "may_note": one.clock == NOTICE and policy.may_acknowledge(request.actor, row),
        }
        for one in _running(request.actor, Id(row.pk), request.now)
    ]


@kept
def _running(actor: Actor, case_id: int, now: datetime) -> QuerySet[Deadline]:
    seen = Deadline.objects.visible_to(actor)
    running = seen.filter(case_id=case_id, met_at=None, waived_at=None)
    nearest: QuerySet[Deadline] = running.select_related("agency").order_by("due_at")
    return nearest


def _facts(request: Any, row: Any) -> Facts:
    """What the advice is made from, read with the case."""
    return Facts(
        state=row.state,
        conflict=row.conflict,
        has_worker=row.worker_id is not None,
        clears=policy.may_clear(request.actor, row),
        consent_asked=row.consent_asked,
        open_items=int(row.has_open_items),
        died=row.died_at is not None,
        leads=policy.may_assign(request.actor, row),
        proposed_it=row.proposer_id == request.actor.user_id,
    )


def _told(request: Any, row: Case) -> list[dict[str, Any]]:
    """What happened, without what has no words for people; the same again is said once."""
    without_words = timeline.title_of("")
    shown: list[dict[str, Any]] = []
    for entry in timeline.timeline_of(row.pk, limit=EVENTS_READ, acts_of=_whose(request, row)):
        if entry.title == without_words:
            continue
        said = (entry.title, entry.detail, entry.who)
        if shown and shown[-1]["said"] == said:
            shown[-1]["times"] += 1
        else:
            shown.append({"entry": entry, "said": said, "times": 1})
    return shown[:EVENTS_SHOWN]


def _whose(request: Any, row: Case) -> int | None:
    """The one office of whose acts this person is told: the own one, in a case of others."""
    return None if policy.is_of_owner(request.actor, row) else request.actor.agency_id


def _panels(request: Any, row: Case) -> list[dict[str, Any]]:
    return [
        {
            "panel": panel,
            "lines": panels.lines_of(panel, actor=request.actor, case=row, now=request.now),
        }
        for panel in panels.panels()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Any, reference: UUID) -> HttpResponse:
    """The survivor, the children, the person accused, who told us: each sealed by itself."""
    row = case_of(request, reference)
    granted = access.groups_for(request.actor, row, request.now)
    names = ("person", "contact", "whereabouts", "children", "needs", "accused", "informant")
    context = {
        "coded": _coded_of(request, row, granted),
        "seals": seals(request, row, "people", *names, granted=granted),
    }
    return show(request, "casework/people.html", row, "people", context)


def _coded_of(request: Any, row: Case, granted: frozenset[str]) -> list[tuple[str, str]]:
    """Coded columns of the groups that this person may open, in words: (what it is, its label)."""
    found: list[tuple[str, str, str]] = []
    if reads(request, row, "person", granted):
        found += _about_her(Survivor.objects.get(case=row))
    if reads(request, row, "accused", granted):
        found.append((_("The person accused is"), "accused_status", row.accused_status))
    return [(name, law.label(code_list, code)) for name, code_list, code in found if code]


def _about_her(survivor: Survivor) -> list[tuple[str, str, str]]:
    return [
        (_("Sex"), "sex", survivor.sex),
        (_("Age group"), "age_band", survivor.age_band),
        (_("Language"), "spoken_language", survivor.language),
        (_("Disability"), "disability", survivor.disability),
        (_("Ethnicity"), "ethnicity_group", survivor.ethnicity_group),
        (_("Identity papers"), "identification", survivor.identification),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def incidents(request: Any, reference: UUID) -> HttpResponse:
    """What happened, coded; the account stays sealed."""
    row = case_of(request, reference)
    rows = Incident.objects.filter(case=row).select_related("unit").order_by("-recorded_at")
    if not reads(request, row, "account"):
        rows = rows.none()
    context = {
        "incidents": [
            {
                "row": one,
                "kind": law.label("gbvims_type", one.gbvims_type) if one.gbvims_type else "",
                "acts": [law.label("dv_act", act) for act in one.acts],
                "relation": law.label("relation", one.relation) if one.relation else "",
                "place_kind": law.label("place_kind", one.place_kind) if one.place_kind else "",
            }
            for one in rows
        ],
        "seals": seals(request, row, "incidents", "account", "accused"),
    }
    return show(request, "casework/incidents.html", row, "incidents", context)


@require_safe
def beside(request: Any, reference: UUID) -> HttpResponse:
    """What other agencies do for this case."""
    row = case_of(request, reference)
    return show(request, "casework/beside.html", row, "beside", {"panels": _panels(request, row)})


@require_safe
def seen(request: Any, reference: UUID) -> HttpResponse:
    """Who looked, when, at which parts: for the owner's people and for her who asks."""
    row = case_of(request, reference)
    looks = oversight.looks_at(row, office=_whose(request, row))
    return show(request, "casework/seen.html", row, "seen", {"looks": looks})
