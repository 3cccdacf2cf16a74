"""What the sweep does for alerts: rings the next rung, looks again, sends what is queued."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from casework import heirs
from hotline import actions, rules, sending
from hotline.models import RINGING, Alert, AlertState
from network import endings
from network.models import Agency
from safekeeping import rls
from safekeeping.sweeps import each, sweep


@sweep("hotline.alerts", moments=lambda: Alert.objects.values("next_action_at"))
def ring_due(now: datetime) -> int:
    """Every alert that waits for its next rung or its second look."""
    with rls.acting(actor=None, now=now, system="sweep"):
        due = Alert.objects.filter(_is_due_at(now)).order_by("next_action_at", "pk")
        found = list(due.values_list("pk", "case_id"))
    return each(_one, found, now)


def ring_now(reference: UUID, case_id: int, now: datetime) -> None:
    """One alert that is due, and its texts at once; the rest is left to the sweep."""
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        alert = Alert.objects.select_related("case").by_reference(reference)
        tries = actions.ring_next(alert, now=now) if _rings(alert, now) else []
    for one in tries:
        sending.send_one(one.pk, case_id, now=now)


@sweep("hotline.sending", moments=lambda: sending.queued().values("next_try_at"), outside=True)
def send_due(now: datetime) -> int:
    """Every text that waits to be sent."""
    return sending.send_due(now)


@sweep("hotline.succession")
def pass_on(now: datetime) -> int:
    """What rings at an office that has ended rings at its successor, else at the duty desk."""
    with rls.acting(actor=None, now=now, system="sweep"):
        offices = endings.leaving(now)
    held = ((*found, office) for office in offices for found in _held(office.pk, now))
    return each(_pass_on, held, now)


def _held(office_id: int, now: datetime) -> list[tuple[int, int]]:
    with rls.acting(actor=rls.Ids(agency_id=office_id), now=now, system="sweep"):
        rows = _of(office_id).order_by("pk")
        return list(rows.values_list("pk", "case_id"))


def _of(office_id: int) -> "QuerySet[Alert]":
    """Alerts that ring there, or may ring there again."""
    there = Q(agency=office_id) | Q(also__contains=[office_id])
    live: QuerySet[Alert] = Alert.objects.filter(there).unsettled()
    return live


@endings.holding
def held(agency_id: int, now: datetime) -> dict[str, int]:
    """Alerts that nobody has answered, or that are looked at again."""
    return {"alerts": len(_held(agency_id, now))}


def _pass_on(alert_id: int, case_id: int, office: Agency, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        alert = Alert.objects.select_related("case__place").get(pk=alert_id)
        heir = heirs.keeper_of(alert.case, office, now, heirs.WORKS)
        actions.hand_on(alert, office.pk, heir.pk, now=now)
    return True


def _rings(alert: Alert, now: datetime) -> bool:
    """Whether its next rung is due."""
    return alert.state in RINGING and rules.is_due(alert.next_action_at, now=now)


def _is_due_at(now: datetime) -> Q:
    """`rules.is_due`, asked of the rows."""
    return Q(next_action_at__lte=now) | Q(next_action_at__gt=now + rules.LONGEST)


def _one(alert_id: int, case_id: int, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        alert = Alert.objects.select_related("case").get(pk=alert_id)
        if _rings(alert, now):
            if not actions.cancel_in_vain(alert, now=now):
                actions.ring_next(alert, now=now)
        elif alert.state == AlertState.ACKNOWLEDGED and rules.is_due(alert.next_action_at, now=now):
            actions.look_again(alert, now=now)
        else:
            return False
        return True
