"""Save a referral that has taken an edge, and record it: the last steps of whatever moves one."""

from datetime import datetime

from referral.models import Referral
from safekeeping import events, rls


def moved(
    referral: Referral,
    topic: str,
    *,
    actor: rls.ActorLike,
    now: datetime,
    before: str,
    fields: tuple[str, ...] | None,
    code: str = "",
    groups: tuple[str, ...] = (),
    happened_at: datetime | None = None,
    out_of_order: bool = False,
) -> None:
    """fields: what the edge has set besides the state; None if it was saved already."""
    if fields is not None:
        referral.save(update_fields=["state", *fields])
    events.record(
        topic,
        subject=referral,
        actor=actor,
        at=now,
        happened_at=happened_at,
        from_state=before,
        to_state=referral.state,
        code=code,
        groups=groups,
        out_of_order=out_of_order,
    )
