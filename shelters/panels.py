"""Stays on the case page, for the owner's people."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.models import Case
from casework.panels import Line, panel
from network.actors import Actor
from safekeeping.questions import Id, kept
from shelters import words
from shelters.models import Shelter, Stay, StayState


@panel(
    "stays", _("A place to stay"), 40, start="shelters:request", start_label=_("Ask for a bed")
)  # fmt: skip
def stays_of(*, actor: Actor, case: Case, now: datetime) -> list[Line]:
    """Every stay of the case, the newest first; a hidden house is not named."""
    return [_line(stay) for stay in _of_case(actor, Id(case.pk), now)]


@kept
def _of_case(actor: Actor, case_id: int, now: datetime) -> QuerySet[Stay]:
    rows = Stay.objects.visible_to(actor).filter(case_id=case_id).defer("arrival_card")
    named = Shelter.objects.visible_to(actor).filter(pk=OuterRef("shelter_id"))
    house = Subquery(named.values(found=JSONObject(name_vi="name_vi", name_en="name_en")))
    newest: QuerySet[Stay] = rows.annotate(house=house).order_by("-requested_at")
    return newest


def _line(stay: Any) -> Line:
    hidden = gettext("a house kept secret") if stay.shelter_id else ""
    return Line(
        what=words.party(stay),
        where=Shelter(**stay.house).name if stay.house else hidden,
        state=str(stay.get_state_display()),
        at=stay.arrived_at or stay.requested_at,
        due=stay.until if stay.state == StayState.HELD else stay.next_check_at,
        url=reverse("shelters:stay", args=[stay.reference]),
    )
