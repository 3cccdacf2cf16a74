"""Hàng chờ: what waits for one's agency, what it has sent, what it works on."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from casework.models import Case
from network import registry
from network.actors import Actor
from referral import cards
from referral.models import Referral

PAGE = 25
TABS = {
    "in": (pgettext_lazy("tab", "In"), "referral:queue"),
    "out": (pgettext_lazy("tab", "Out"), "referral:outgoing"),
    "work": (pgettext_lazy("tab", "In work"), "referral:in_work"),
}


@require_safe
def incoming(request: HttpRequest) -> HttpResponse:
    """Requests that wait for an answer."""
    return _queue(request, "in")


@require_safe
def outgoing(request: HttpRequest) -> HttpResponse:
    """Requests that one's agency has sent."""
    return _queue(request, "out")


@require_safe
def in_work(request: HttpRequest) -> HttpResponse:
    """Requests that one's agency has taken on."""
    return _queue(request, "work")


def _queue(request: Any, tab: str) -> HttpResponse:
    actor, now = request.actor, request.now
    rows, following = _page(_of(tab, actor), tab, request.GET.get("after", ""))
    return render(
        request,
        "referral/queue.html",
        {
            "tab": tab,
            "tabs": _tabs(tab, actor),
            "stops": [cards.card_for(one, actor, now) for one in _stops(actor)],
            "cards": _cards(rows, tab, actor, now),
            "following": following,
            "reasons": registry.choices("decline_reason") if tab == "in" else (),
        },
    )


def _cards(rows: list[Referral], tab: str, actor: Actor, now: datetime) -> list[cards.Card]:
    """Cards; what one has sent names its case, as its owner speaks of it."""
    named: dict[int, str] = {}
    if tab == "out" and rows:
        own = Case.objects.visible_to(actor).filter(pk__in=[one.case_id for one in rows])
        named = {
            pk: f"{code} · {alias}" for pk, code, alias in own.values_list("pk", "code", "alias")
        }
    return [cards.card_for(one, actor, now, case=named.get(one.case_id, "")) for one in rows]


def _of(tab: str, actor: Actor) -> QuerySet[Referral]:
    rows = Referral.objects
    asked: dict[str, Any] = {"in": rows.incoming, "out": rows.outgoing, "work": rows.in_work}
    found: QuerySet[Referral] = asked[tab](actor)
    return found


def _stops(actor: Actor) -> QuerySet[Referral]:
    found = Referral.objects.stops(actor).select_related("to_agency", "from_agency")
    shown: QuerySet[Referral] = found.order_by("ended_at", "pk")[:PAGE]
    return shown


def _page(rows: QuerySet[Referral], tab: str, after: str) -> tuple[list[Referral], str]:
    """A page of rows, by what falls due first, and the reference to go on after; keyset."""
    key = "answered_at" if tab == "work" else "answer_due"
    if after:
        last = Referral.objects.filter(pk__in=rows.values("pk")).by_reference(after)
        moment = getattr(last, key)
        rows = rows.filter(**{f"{key}__gte": moment}).exclude(**{key: moment, "pk__lte": last.pk})
    found = list(rows.select_related("to_agency", "from_agency").order_by(key, "pk")[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].reference) if len(found) > PAGE else ""


def _tabs(current: str, actor: Actor) -> list[dict[str, Any]]:
    """The three tabs with their counts, in one statement."""
    counts = [
        _of(tab, actor).order_by().values(tab=Value(tab)).annotate(n=Count(F("pk"))) for tab in TABS
    ]
    found = {row["tab"]: row["n"] for row in counts[0].union(*counts[1:], all=True)}
    return [
        {"key": key, "label": label, "url": url, "count": found.get(key, 0), "here": key == current}
        for key, (label, url) in TABS.items()
    ]
