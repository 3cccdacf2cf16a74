"""A clock that need not be met, with a reason."""

from datetime import datetime
from uuid import UUID

from casework import policy
from casework.groups import words_of
from casework.models import Deadline
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require


def waive_deadline(
    *, actor: Actor, reference: UUID, reason: str, now: datetime, words: str = ""
) -> UUID:
    """Let a running clock go: it is kept with its reason and counted as waived.

    reason: of the list `waiver_reason`. Raises NotVisible, PermissionDenied, RuleBroken
    ("no-such-reason", "clock-not-running"). Records deadline.waived.
    """
    if registry.code("waiver_reason", reason) is None:
        raise RuleBroken("no-such-reason")
    with rls.on_case_of(Deadline.objects.visible_to(actor).case_ids(reference)):
        row = Deadline.objects.select_related("case").get(reference=reference)
        require(policy.may_waive(actor, row.case, row.agency_id))
        if row.met_at is not None or row.waived_at is not None:
            raise RuleBroken("clock-not-running")
        row.waived_at, row.waived_by_id, row.waive_reason = now, actor.user_id, reason
        row.waive_words = words_of(words.strip())
        row.save(update_fields=["waived_at", "waived_by", "waive_reason", "waive_words"])
        events.record("deadline.waived", subject=row, actor=actor, at=now, code=row.clock)
    return reference
