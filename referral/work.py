"""What referrals add to "my work": requests that wait for an answer, and those taken on."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.work import Line, source
from network.actors import Actor
from referral import cards
from referral.models import Referral


@source
def waiting(*, actor: Actor, now: datetime, limit: int) -> list[Line]:
    """Requests that this office has to answer, the nearest due first."""
    rows = Referral.objects.incoming(actor).order_by("answer_due", "pk")[:limit]
    return [
        Line(
            what=_("Answer: %(what)s") % {"what": cards.title_of(row)},
            url=reverse("referral:detail", args=[row.reference]),
            hint=cards.area_of(row.area, now),
            due=row.answer_due,
            started=row.sent_at,
        )
        for row in rows
    ]


@source
def taken(*, actor: Actor, now: datetime, limit: int) -> list[Line]:
    """Requests that this office has taken on and not finished."""
    rows = Referral.objects.in_work(actor).order_by("pk")[:limit]
    return [
        Line(
            what=_("Go on: %(what)s") % {"what": cards.title_of(row)},
            url=reverse("referral:detail", args=[row.reference]),
            hint=str(row.get_state_display()),
            mine=True,
        )
        for row in rows
    ]
