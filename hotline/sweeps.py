"""What the sweep does for alerts: rings the next rung, looks again, sends what is queued."""

from datetime import datetime

from hotline import actions, sending
from hotline.models import RINGING, Alert, AlertState
from safekeeping import rls
from safekeeping.sweeps import sweep


@sweep("hotline.alerts")
def ring_due(now: datetime) -> int:
    """Every alert that waits for its next rung or its second look."""
    with rls.acting(actor=None, now=now, system="sweep"):
        due = Alert.objects.filter(next_action_at__lte=now).order_by("next_action_at")
        found = list(due.values_list("pk", "case_id"))
    return sum(_one(alert_id, case_id, now) for alert_id, case_id in found)


@sweep("hotline.sending")
def send_due(now: datetime) -> int:
    """Every text that waits to be sent."""
    return sending.send_due(now)


def _one(alert_id: int, case_id: int, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        alert = Alert.objects.select_related("case").get(pk=alert_id)
        if alert.next_action_at is None or alert.next_action_at > now:
            return False
        if alert.state in RINGING:
            actions.ring_next(alert, now=now)
        elif alert.state == AlertState.ACKNOWLEDGED:
            actions.look_again(alert, now=now)
        return True
