"""My work: what falls due first, and what became of one's reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from casework import turns, work
from casework.actions import turns as turning
from casework.models import Case, Report
from casework.models.base import WORKS_CASES
from casework.work import Line
from network import law
from network.actors import Actor
from network.roles import Role
from safekeeping.idempotency import once
from safekeeping.questions import kept

REPORTS_SHOWN = 10
CASES_SHOWN = 25


@require_safe
def my_work(request: Any) -> HttpResponse:
    """Everything that waits for this person's office, by due time."""
    waiting = work.work_for(request.actor, now=request.now)
    lines = waiting.lines
    shown = request.GET.get("loc", "")
    picked = [line for line in lines if _is_shown(line, shown)]
    filters = _filters(waiting, shown)
    context = {
        "groups": grouped(picked, request.now),
        "filters": filters,
        "cut": any(each["on"] and each["cut"] for each in filters),
        "overdue": sum(1 for line in lines if line.due and line.due <= request.now),
        "today": sum(1 for line in lines if is_today(line, request.now)),
        "reports": _reports(request.actor, request.now),
        "cases": _cases(request.actor, request.now) if request.actor.has(*WORKS_CASES) else [],
    }
    return render(request, "casework/my_work.html", context)


def _is_shown(line: Line, shown: str) -> bool:
    if shown == "cua-toi":
        return line.mine
    if shown == "chua-nhan":
        return _is_nobodys(line)
    return True


def _is_nobodys(line: Line) -> bool:
    return not line.mine and not line.taken


def _filters(waiting: work.Work, shown: str) -> list[dict[str, Any]]:
    """The ways to look at it; one's own work is read whole, as far as there is not too much."""
    lines, cut = waiting.lines, waiting.cut
    mine = sum(1 for line in lines if line.mine)
    nobodys = sum(1 for line in lines if _is_nobodys(line))
    return [
        {
            "label": label, "count": count, "url": f"?loc={key}" if key else "?",
            "on": shown == key, "cut": is_cut,
        }
        for key, label, count, is_cut in (
            ("", _("All"), len(lines), cut),
            ("cua-toi", _("Mine"), mine, cut and mine >= work.PAGE),
            ("chua-nhan", _("Nobody's yet"), nobodys, cut),
        )
    ]  # fmt: skip


def is_today(line: Line, now: datetime) -> bool:
    """Due later today, local time."""
    return bool(line.due and line.due > now and law.localdate(line.due) == law.localdate(now))


def grouped(lines: Sequence[Line], now: datetime) -> list[dict[str, Any]]:
    """Overdue, today, the days to come, without a clock; empty groups are left out."""
    groups: dict[str, list[Line]] = {"over": [], "today": [], "later": [], "open": []}
    for line in lines:
        if line.due is None:
            groups["open"].append(line)
        elif line.due <= now:
            groups["over"].append(line)
        else:
            groups["today" if is_today(line, now) else "later"].append(line)
    names = {
        "over": _("Overdue"),
        "today": pgettext_lazy("work", "Today"),
        "later": _("The days to come"),
        "open": _("Without a clock"),
    }
    return [{"name": names[key], "lines": found} for key, found in groups.items() if found]


@kept
def _reports(actor: Actor, now: datetime) -> QuerySet[Report]:
    """What became of one's own reports: received, being handled, closed, and no more."""
    mine = Report.objects.visible_to(actor).filter(reporter_id=actor.user_id)
    shown: QuerySet[Report] = mine.order_by("-recorded_at")[:REPORTS_SHOWN]
    return shown


@kept
def _cases(actor: Actor, now: datetime) -> QuerySet[Case]:
    """Live cases of this worker, or of the office for who leads."""
    live = Case.objects.visible_to(actor).exclude(state="CLOSED")
    if not actor.has(Role.SUPERVISOR, Role.COORDINATOR):
        live = live.filter(worker_id=actor.user_id)
    shown: QuerySet[Case] = live.select_related("worker").order_by("-opened_at")[:CASES_SHOWN]
    return shown


@require_POST
@once
def claim_turn(request: Any, reference: UUID) -> HttpResponse:
    """Take one turn of the flow on oneself."""
    turning.claim_task(
        actor=request.actor, reference=reference, step=request.POST.get("step", ""), now=request.now
    )
    return redirect("casework:my_work")


@require_POST
@once
def release_turn(request: Any, reference: UUID) -> HttpResponse:
    """Give one turn of the flow back to the office."""
    turning.release_task(
        actor=request.actor, reference=reference, step=request.POST.get("step", ""), now=request.now
    )
    return redirect("casework:my_work")


@work.source
def turns_of_flow(*, actor: Any, now: datetime, limit: int) -> list[Line]:
    """The flow's own turns as lines."""
    return [
        Line(
            what=turn.title,
            url=reverse("casework:case", args=[turn.reference]),
            hint=f"{turn.alias} · {turn.code}",
            due=turn.due,
            started=turn.opened,
            claim_url=_url("claim_turn", turn) if turn.is_claimable else "",
            release_url=_url("release_turn", turn) if turn.is_claimed else "",
            claim=(("step", turn.step),),
            mine=turn.is_mine,
            taken=turn.is_taken,
            risk=turn.level,
        )
        for turn in turns.turns_for(actor, limit=limit)
    ]


def _url(name: str, turn: turns.Turn) -> str:
    return reverse(f"casework:{name}", args=[turn.reference])
