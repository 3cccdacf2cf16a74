"""What the pages of alerts show: the one that presses most, who was rung for it, who is on duty."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from casework.models import Case, EmergencyCard
from hotline import policy, titles
from hotline.models import Alert, AlertState, Attempt, AttemptState
from network import registry
from network.actors import Actor
from network.models import Agency
from network.registry import Duty

OTHERS_MOST = 25


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


def ringing(actor: Actor) -> list[Alert]:
    """Alerts that nobody answered, emergencies first, then the oldest."""
    found = Alert.objects.visible_to(actor).ringing().select_related("agency", "answered_by")
    return list(found.order_by("-emergency", "opened_at")[:OTHERS_MOST])


def count(actor: Actor, now: datetime) -> int:
    """How many ring: the number in the navigation."""
    return int(Alert.objects.visible_to(actor).ringing().count())


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


def show(alert: Alert, actor: Actor, now: datetime) -> Shown:
    """One alert with its ladder. The case is named only to those for whom it exists."""
    case = Case.objects.visible_to(actor).filter(pk=alert.case_id).first()
    is_ringing = alert.state in (AlertState.OPEN, AlertState.NOTIFIED, AlertState.EXHAUSTED)
    return Shown(
        alert,
        titles.title_of(alert),
        titles.text_of(alert),
        case,
        _address(alert, case, actor),
        is_ringing and policy.may_acknowledge(actor, alert),
        tuple(_ladder(alert, actor, now)),
    )


def duty_lines(actor: Actor, now: datetime) -> list[tuple[str, list[Duty], str]]:
    """Who is on duty here and at the duty desk: office, people, number to ring."""
    desk = registry.duty_desk(registry.localdate(now))
    ids = [i for i in (actor.agency_id, desk.pk if desk else None) if i is not None]
    people = registry.on_duty_in(ids, now)
    offices = Agency.objects.filter(pk__in=ids)
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
    return {
        AttemptState.QUEUED: _("text is being sent"),
        AttemptState.SENT: _("text sent"),
        AttemptState.DELIVERED: _("text is on the phone"),
        AttemptState.FAILED: _("text could not be delivered"),
    }[AttemptState(attempt.state)]


def _address(alert: Alert, case: Case | None, actor: Actor) -> str:
    """Where the matter is worked on; empty where this person has no such page."""
    kind = alert.topic.split(".")[0]
    try:
        if kind in titles.PLACES:
            return reverse(titles.PLACES[kind])
        if case:
            return reverse("casework:case", args=[case.reference])
        cards = EmergencyCard.objects.visible_to(actor).filter(case_id=alert.case_id)
        card = cards.values_list("reference", flat=True).first()
        return reverse("casework:card", args=[card]) if card else ""
    except NoReverseMatch:
        return ""
