"""Another person has looked at what one did: the same of overrides, openings and deaths."""

from datetime import datetime

from casework import deadlines, policy
from casework.models.access import Reviewed
from network.actors import Actor
from safekeeping import events
from safekeeping.errors import RuleBroken, require


def reviewed(
    row: Reviewed, *, actor: Actor, verdict: str, clock: str, topic: str, now: datetime
) -> None:
    """Keep what the other person says, with the case in hand.

    Raises PermissionDenied (who did it, or no supervisor of the office that was asked),
    RuleBroken("already-reviewed").
    """
    require(policy.may_review(actor, row))
    if not row.waits:
        raise RuleBroken("already-reviewed")
    row.reviewed_by_id, row.reviewed_at, row.verdict = actor.user_id, now, verdict
    row.save(update_fields=["reviewed_by", "reviewed_at", "verdict"])
    deadlines.meet(row.case, clock, at=now, subject=row)
    events.record(topic, subject=row, actor=actor, at=now, code=verdict)
