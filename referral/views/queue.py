"""Hàng chờ: what waits for one's agency, what it has sent, what it works on."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from casework.models import Case
from network import registry
from network.actors import Actor
from referral import cards
from referral.models import Referral
from safekeeping.questions import kept

PAGE = 25
TABS = {
    "in": (pgettext_lazy("tab", "In"), "referral:queue"),
    "out": (pgettext_lazy("tab", "Out"), "referral:outgoing"),
    "work": (pgettext_lazy("tab", "In work"), "referral:in_work"),
}
STOPS, STOPS_OPEN = "stops", 2  # the rest is folded: below them stands who waits for help
NUMBER = "NUMBER"  # stands for a card's
# What falls due first, or was taken on first, stands on top.
KEYS = {"in": "answer_due", "out": "answer_due", "work": "answered_at"}


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
    rows, following = _page(actor, tab, now, request.GET.get("after", ""))
    counted = counts(actor, now)
    stops = _stops(actor, now) if counted.get(STOPS) else []
    stopped = [cards.card_for(one, actor, now) for one in stops]
    return render(
        request,
        "referral/queue.html",
        {
            "tab": tab,
            "tabs": _tabs(tab, counted),
            "stops": stopped[:STOPS_OPEN],
            "more_stops": stopped[STOPS_OPEN:],
            "more_count": counted.get(STOPS, 0) - STOPS_OPEN,
            "cards": _numbered(_cards(rows, tab, actor, now), tab),
            "following": following,
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


def _numbered(shown: list[cards.Card], tab: str) -> Iterator[tuple[str, cards.Card, SafeString]]:
    """Each card with its number and its question why one declines, which has answers to choose of.

    The question is drawn once: for each card only the number in its ids is another.
    """
    why = ""
    if tab == "in":
        reasons = {"reasons": registry.choices("decline_reason"), "number": NUMBER}
        why = render_to_string("referral/parts/reasons.html", reasons)
    for number, card in zip(map(str, count(1)), shown, strict=False):
        yield number, card, SafeString(why.replace(NUMBER, number))


def _rows(tab: str, actor: Actor) -> QuerySet[Referral]:
    rows = Referral.objects
    asked: dict[str, Any] = {
        "in": rows.incoming, "out": rows.outgoing, "work": rows.in_work, STOPS: rows.stops,
    }  # fmt: skip
    found: QuerySet[Referral] = asked[tab](actor)
    return found


@kept
def _stops(actor: Actor, now: datetime) -> QuerySet[Referral]:
    """The newest first: there somebody may be about to call or on the way."""
    found = _rows(STOPS, actor).select_related("to_agency", "from_agency")
    shown: QuerySet[Referral] = found.order_by("-ended_at", "-pk")[:PAGE]
    return shown


def _page(actor: Actor, tab: str, now: datetime, after: str) -> tuple[list[Referral], str]:
    """A page of rows, by what falls due first, and the reference to go on after; keyset."""
    found = list(_after(actor, tab, after)) if after else _first(actor, tab, now)
    return found[:PAGE], str(found[PAGE - 1].reference) if len(found) > PAGE else ""


@kept
def _first(actor: Actor, tab: str, now: datetime) -> QuerySet[Referral]:
    return _in_order(_rows(tab, actor), tab)


def _after(actor: Actor, tab: str, after: str) -> QuerySet[Referral]:
    rows, key = _rows(tab, actor), KEYS[tab]
    last = Referral.objects.filter(pk__in=rows.values("pk")).by_reference(after)
    moment = getattr(last, key)
    rows = rows.filter(**{f"{key}__gte": moment}).exclude(**{key: moment, "pk__lte": last.pk})
    return _in_order(rows, tab)


def _in_order(rows: QuerySet[Referral], tab: str) -> QuerySet[Referral]:
    """One more than a page shows, so that it is known whether another follows."""
    named = rows.select_related("to_agency", "from_agency")
    return named.order_by(KEYS[tab], "pk")[: PAGE + 1]


def counts(actor: Actor, now: datetime) -> dict[str, int]:
    """How many rows each tab has, and how many stops there are."""
    return {row["name"]: row["n"] for row in _counted(actor, now)}


@kept
def _counted(actor: Actor, now: datetime) -> QuerySet[Referral, Any]:
    first, *others = [
        _rows(name, actor).order_by().values(name=Value(name)).annotate(n=Count("pk"))
        for name in (*TABS, STOPS)
    ]
    return first.union(*others, all=True)


def _tabs(current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "key": key, "label": label, "url": url, "count": counts.get(key, 0),
            "here": key == current,
        }
        for key, (label, url) in TABS.items()
    ]  # fmt: skip
