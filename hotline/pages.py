"""What the pages of alerts show: the one that presses most, who was rung for it, who is on duty."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.models import Case, EmergencyCard
from hotline import outcomes, policy, titles
from hotline.models import RINGING, Alert, AlertState, Attempt, AttemptState
from network import registry
from network.actors import Actor
from network.models import Agency
from network.registry import Duty
from network.roles import AgencyKind
from shelters.models import Stay

OTHERS_MOST = 25
IS_SO = BooleanField()


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder: who, and what became of each try."""

    number: int
    names: str
    role: str
    lines: tuple[str, ...]
    tone: str  # is-past, is-now or empty
    until: datetime | None


@dataclass(frozen=True)
class Shown:
    """One alert as a page shows it."""

    alert: Alert
    title: str
    text: str
    case: Case | None
    address: str
    may_answer: bool
    rungs: tuple[Rung, ...] = ()


def ringing(actor: Actor, *, first: UUID | None = None) -> list[Any]:
    """Alerts that nobody answered, emergencies first, then the oldest; each with its `card`
    and its `stay`, where this person sees them.

    first: one more, ringing or not, that stands before all others if it exists for this person.
    """
    seen = Alert.objects.visible_to(actor).select_related("agency", "answered_by")
    cards = EmergencyCard.objects.visible_to(actor).filter(case_id=OuterRef("case_id"))
    stays = Stay.objects.visible_to(actor).filter(reference=OuterRef("subject"))
    named = Q(reference=first) if first else Q(pk=None)
    found = seen.filter(named | Q(state__in=RINGING)).annotate(
        card=Subquery(cards.values("reference")[:1]),
        stay=Subquery(stays.values("reference")[:1]),
        is_first=ExpressionWrapper(named, IS_SO),
    )
    return list(found.order_by("-is_first", "-emergency", "opened_at")[: OTHERS_MOST + 1])


def unanswered(actor: Actor) -> QuerySet[Alert]:
    """What rings: the number in the navigation."""
    rows: QuerySet[Alert] = Alert.objects.visible_to(actor).ringing()
    return rows


def more_than(actor: Actor, shown: int) -> int:
    """How many ring beyond so many that are shown; asks nothing while all of them fit."""
    return max(unanswered(actor).count() - shown, 0) if shown > OTHERS_MOST else 0


def cases_of(alerts: list[Alert], actor: Actor) -> dict[int, Case]:
    """The cases behind these alerts that exist for this person; one query for all."""
    ids = {alert.case_id for alert in alerts}
    return {case.pk: case for case in Case.objects.visible_to(actor).filter(pk__in=ids)}


def show_beside(alerts: list[Alert], cases: dict[int, Case]) -> list[Shown]:
    """Alerts in the list of others: what they are about, and the case where one may know it."""
    return [
        Shown(alert, titles.title_of(alert), "", cases.get(alert.case_id), "", may_answer=False)
        for alert in alerts
    ]


def show(alert: Any, actor: Actor, now: datetime, cases: dict[int, Case]) -> Shown:
    """One alert with its ladder. The case is named only to those for whom it exists."""
    case = cases.get(alert.case_id)
    return Shown(
        alert,
        titles.title_of(alert),
        titles.text_of(alert, is_ours=case is not None and case.owner_id == alert.agency_id),
        case,
        _address(alert, case),
        alert.state in RINGING and policy.may_acknowledge(actor, alert),
        tuple(_ladder(alert, actor, now)),
    )


def duty_lines(actor: Actor, now: datetime) -> list[tuple[str, list[Duty], str]]:
    """Who is on duty here and at the duty desk: office, people, number to ring."""
    desks = Agency.objects.on(registry.localdate(now)).filter(kind=AgencyKind.DUTY_DESK)
    desk = Q(pk__in=desks.order_by("pk").values("pk")[:1])
    offices = list(Agency.objects.filter(desk | Q(pk=actor.agency_id)))
    people = registry.on_duty_in([office.pk for office in offices], now)
    return [
        (office.name, [p for p in people if p.agency_id == office.pk], office.duty_phone)
        for office in offices
    ]


def _ladder(alert: Alert, actor: Actor, now: datetime) -> list[Rung]:
    attempts = list(
        Attempt.objects.filter(alert=alert)
        .select_related("shift__membership__user")
        .order_by("queued_at", "pk")
    )
    roles = (_("on duty"), _("backup"), _("supervisor"), _("duty desk of the province"))
    rungs = []
    for step, role in enumerate(roles):
        tried = [a for a in attempts if a.step == step]
        names = list(dict.fromkeys(_name(a, actor) for a in tried))
        rungs.append(
            Rung(
                number=step + 1,
                names=", ".join(names),
                role=role,
                lines=tuple(_line(a) for a in tried[-4:]),
                tone=_tone(alert, step),
                until=alert.next_action_at if _tone(alert, step) == "is-now" else None,
            )
        )
    return rungs


def _tone(alert: Alert, step: int) -> str:
    if step < alert.step:
        return "is-past"
    ringing_here = step == alert.step and alert.state in (
        AlertState.NOTIFIED,
        AlertState.EXHAUSTED,
    )
    return "is-now" if ringing_here else ""


def _name(attempt: Attempt, actor: Actor) -> str:
    person = attempt.shift.membership.user
    if person.pk == actor.user_id:
        return _("You (%(name)s)") % {"name": person.given_name}
    return str(person.name)


def _line(attempt: Attempt) -> str:
    at = (attempt.sent_at or attempt.queued_at).astimezone(registry.zone())
    return f"{at:%H:%M} {_word(attempt)}"


def _word(attempt: Attempt) -> str:
    if attempt.fault == outcomes.ANSWERED:
        return _("no text needed any more")
    if attempt.fault == outcomes.NOT_THERE:
        return _("no text: somebody else is rung")
    return {
        AttemptState.QUEUED: _("text is being sent"),
        AttemptState.SENT: _("text sent"),
        AttemptState.DELIVERED: _("text is on the phone"),
        AttemptState.FAILED: _("text could not be delivered"),
    }[AttemptState(attempt.state)]


def _address(alert: Any, case: Case | None) -> str:
    """Where the matter is worked on; empty where this person has no such page."""
    if alert.stay:
        return reverse("shelters:stay", args=[alert.stay])
    kind = alert.topic.split(".")[0]
    place = titles.PLACES.get(alert.topic) or titles.PLACES.get(kind)
    if place:
        return reverse(place)
    if case:
        return reverse("casework:case", args=[case.reference])
    return reverse("casework:card", args=[alert.card]) if alert.card else ""
