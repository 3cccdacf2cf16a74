"""What beds add to "my work": families that wait for one, and holds that run out."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.work import Line, source
from network.actors import Actor
from network.roles import Role
from safekeeping.questions import kept
from shelters import words
from shelters.models import Stay, StayState

WANTED = (StayState.REQUESTED, StayState.WAITING)
TITLES = {
    StayState.REQUESTED: lambda: _("Find a bed"),
    StayState.WAITING: lambda: _("Find a bed: none was free"),
    StayState.HELD: lambda: _("A bed is held: has the family come?"),
}


@source
def beds(*, actor: Actor, now: datetime, limit: int) -> list[Line]:
    """Requests for a bed and held beds, for those who place families."""
    if not actor.has(Role.KEEPER, Role.COORDINATOR):
        return []
    return [
        Line(
            what=TITLES[StayState(row.state)](),
            url=reverse("shelters:stay", args=[row.reference]),
            hint=words.party(row),
            due=row.until if row.state == StayState.HELD else None,
            started=row.requested_at,
            risk=row.level,
        )
        for row in _wanted_and_held(actor, now, limit)
    ]


@kept
def _wanted_and_held(actor: Actor, now: datetime, limit: int) -> QuerySet[Stay]:
    rows = Stay.objects.visible_to(actor).filter(state__in=[*WANTED, StayState.HELD])
    first: QuerySet[Stay] = rows.order_by(F("until").asc(nulls_last=True), "requested_at")[:limit]
    return first
