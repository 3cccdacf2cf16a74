"""What she wishes, coded and in her own words: it stands first on her case."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casework import policy
from casework.actions import corrections
from casework.groups import words_of
from casework.guards import unchanged
from casework.models import Case
from casework.paths import moment
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import require
from safekeeping.sealed import is_empty


def record_wishes(
    *,
    actor: Actor,
    reference: UUID,
    coded: Collection[str],
    words: str = "",
    now: datetime,
    asked_at: datetime | None = None,
    seen: str = "",
) -> UUID:
    """Keep what she wants, coded and in her own words; returns the case's reference.

    What stood there before is kept. seen: from `guards.seen_of`, for the later of two tabs.
    Raises NotVisible, PermissionDenied, RuleBroken("in-the-future"), Stale.
    Records case.wishes_recorded.
    """
    when = moment(now, asked_at)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_ask_consent(actor, case))
        unchanged(case, ("wishes", "wishes_coded"), seen, wishes_coded=list(case.wishes_coded))
        _keep_old(case, actor=actor, now=now)
        case.wishes_coded, case.wishes_asked_at = sorted(coded), when.happened_at
        case.wishes = words_of(words)
        case.save(update_fields=["wishes_coded", "wishes_asked_at", "wishes"])
        events.record(
            "case.wishes_recorded",
            subject=case,
            actor=actor,
            at=when.at,
            happened_at=when.happened_at,
            groups=("wishes",),
        )
    return reference


def _keep_old(case: Case, *, actor: Actor, now: datetime) -> None:
    """What she wanted before was true then: it stays, coded and in her words, as it was."""
    was_there = {"wishes_coded": bool(case.wishes_coded), "wishes": not is_empty(case, "wishes")}
    for field in (name for name, there in was_there.items() if there):
        corrections.keep_old(
            case, case, "case", field, corrections.LEARNT, "", actor=actor, now=now
        )
