"""Who may answer an alert."""

from casework.models import Block
from hotline.models import ANSWERS, Alert
from network.actors import Actor


def may_read_alerts(actor: Actor) -> bool:
    """Those who are rung."""
    return actor.has(*ANSWERS)


def may_acknowledge(actor: Actor, alert: Alert) -> bool:
    """A person of the agency that is rung, or of one it was passed on to, whom no block names."""
    here = actor.agency_id == alert.agency_id or actor.agency_id in alert.also
    blocked = Block.objects.against(actor).filter(case_id=alert.case_id).exists()
    return here and actor.has(*ANSWERS) and not blocked
