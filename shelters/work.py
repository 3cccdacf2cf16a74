"""What beds add to "my work": families that wait for one, and holds that run out."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.work import Line, source
from network.actors import Actor
from network.roles import Role
from safekeeping.questions import kept
from shelters import words
from shelters.models import Bed, Stay, StayState
from shelters.rules import WITHIN_THE_HOUR

WANTED = (StayState.REQUESTED, StayState.WAITING)
TITLES = {
    StayState.REQUESTED: lambda: _("Find a bed"),
    StayState.WAITING: lambda: _("Find a bed: none was free"),
    StayState.HELD: lambda: _("A bed is held: has the family come?"),
    StayState.AWAY: lambda: _("Out for a while: back yet?"),
}


@source
def beds(*, actor: Actor, now: datetime, limit: int) -> list[Line]:
    """Requests for a bed, held beds, and who is out, for those who place families."""
    if not actor.has(Role.KEEPER, Role.COORDINATOR):
        return []
    return [
        Line(
            what=TITLES[StayState(row.state)](),
            url=reverse("shelters:stay", args=[row.reference]),
            hint=" · ".join([words.party(row), *row.kept_beds]),
            due=_due(row),
            started=row.requested_at,
            risk=row.level,
        )
        for row in _wanted_and_held(actor, now, limit)
    ]


@kept
def _wanted_and_held(actor: Actor, now: datetime, limit: int) -> QuerySet[Stay]:
    rows = Stay.objects.visible_to(actor).filter(state__in=list(TITLES))
    beds_of = (
        Bed.objects.visible_to(actor)
        .filter(uses__stay=OuterRef("pk"), uses__live=True)
        .order_by("name")
    )
    named = rows.annotate(kept_beds=ArraySubquery(beds_of.values("name")))
    urgent, ends = F("emergency").desc(), Coalesce("until", "back_due").asc(nulls_last=True)
    first: QuerySet[Stay] = named.order_by(urgent, ends, "requested_at")[:limit]
    return first


def _due(row: Stay) -> datetime | None:
    """When a hold ends, or who is out will be back; by when an urgent bed is to be found."""
    if row.state == StayState.HELD:
        return row.until
    if row.state == StayState.AWAY:
        return row.back_due
    return row.requested_at + WITHIN_THE_HOUR if row.emergency else None
