"""What referrals add to "my work": requests that wait for an answer, and those taken on."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.work import Line, source
from network.actors import Actor
from referral import cards
from referral.models import ASKED, Referral
from safekeeping.questions import kept


@source
def requests(*, actor: Actor, now: datetime, limit: int) -> list[Line]:
    """Requests that this office has to answer, the nearest due first, and those it took on."""
    return [
        _answer(row, now) if row.state in ASKED else _go_on(row)
        for row in _waiting_and_taken(actor, now, limit)
    ]


@kept
def _waiting_and_taken(actor: Actor, now: datetime, limit: int) -> QuerySet[Referral]:
    """`limit` holds for each of the two; one statement."""
    waiting = Referral.objects.incoming(actor).order_by("answer_due", "pk")[:limit]
    taken = Referral.objects.in_work(actor).order_by("pk")[:limit]
    both: QuerySet[Referral] = waiting.union(taken, all=True)
    return both


def _answer(row: Referral, now: datetime) -> Line:
    return Line(
        what=_("Answer: %(what)s") % {"what": cards.title_of(row)},
        url=reverse("referral:detail", args=[row.reference]),
        hint=cards.area_of(row.area, now),
        due=row.answer_due,
        started=row.sent_at,
        risk=row.risk,
    )


def _go_on(row: Referral) -> Line:
    return Line(
        what=_("Go on: %(what)s") % {"what": cards.title_of(row)},
        url=reverse("referral:detail", args=[row.reference]),
        hint=str(row.get_state_display()),
        mine=True,
        risk=row.risk,
    )
