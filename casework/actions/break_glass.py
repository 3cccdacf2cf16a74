"""Opening one case without access, for an hour: told at once, put into words, reviewed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casework import access, deadlines, policy, routing, rules, staff
from casework.actions import seeing
from casework.actions.override import require_or_override
from casework.actions.reviewing import reviewed
from casework.deadlines import Clock
from casework.groups import EVERY, INFORMANT, Words
from casework.models import Access, AccessWhy, BreakGlass, Case, EmergencyCard
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require
from safekeeping.sealed import is_empty

VERDICTS = ("right", "wrong")


def break_glass(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    now: datetime,
    fresh_mfa: bool,
    overriding: str = "",
) -> UUID:
    """Open a case for 60 minutes to one person; returns the BreakGlass's reference.

    reference: the case's, or that of an emergency card addressed to one's office. reason: of the
    list `break_glass_reason`. Soft guard: fresh_mfa. Whom a block names is refused as if nothing
    were there; the informant stays shut, and to a former owner where she is now and her numbers.
    Raises NotVisible, PermissionDenied, RuleBroken ("no-such-reason", "soft-guard",
    "glass-open"). Records glass.broken (and override.used).
    """
    with rls.on_case_of(seeing.case_or_card_ids(actor, reference)) as case_id:
        require(policy.may_break_glass(actor))
        if registry.code("break_glass_reason", reason) is None:
            raise RuleBroken("no-such-reason")
        case = Case.objects.select_related("owner").get(pk=case_id)
        groups = _breakable(actor, case, now)
        _require_shut(actor, case, groups, now)
        require_or_override(
            case, actor=actor, action="break_glass", failed=() if fresh_mfa else ("fresh_mfa",),
            overriding=overriding, now=now,
        )  # fmt: skip
        row = _broken(case, actor, reason, groups, now)
        events.record("glass.broken", subject=row, actor=actor, at=now, code=reason)
    return row.reference


def _breakable(actor: Actor, case: Case, now: datetime) -> frozenset[str]:
    """A former owner never sees the new place; but who has the card of tonight knows it already."""
    former = Access.objects.live_for(actor, now).filter(case=case, why=AccessWhy.FORMER_OWNER)
    if actor.agency_id == case.owner_id or not former.exists():
        return EVERY - {INFORMANT}
    if EmergencyCard.objects.visible_to(actor).filter(case=case).exists():
        return EVERY - {INFORMANT}
    return EVERY - {INFORMANT} - rules.NOT_FORMER


def _require_shut(actor: Actor, case: Case, groups: Collection[str], now: datetime) -> None:
    if set(groups) <= access.groups_for(actor, case, now):
        raise RuleBroken("glass-open")


def _broken(
    case: Case, actor: Actor, reason: str, groups: Collection[str], now: datetime
) -> BreakGlass:
    by = actor.user_id or 0
    reviewer = staff.reviewer_of(case, by=by, now=now, desk=routing.duty_desk(now))
    row = BreakGlass.born(
        case=case, user_id=by, agency_id=actor.agency_id, review_agency=reviewer, reason=reason,
        at=now, ends=now + rules.GLASS,
    )  # fmt: skip
    access.grant(
        case, agency_id=actor.agency_id or 0, user_id=by, groups=groups,
        why=AccessWhy.BREAK_GLASS, source=row.reference, starts=now, ends=row.ends,
    )  # fmt: skip
    deadlines.start(case, Clock("break_glass_words", actor.agency_id or 0, now, subject=row))
    deadlines.start(case, Clock("break_glass_review", reviewer.pk, now, subject=row))
    return row


def explain_break_glass(*, actor: Actor, reference: UUID, words: str, now: datetime) -> UUID:
    """Put into words why it had to be.

    Raises NotVisible, PermissionDenied (somebody else's), RuleBroken ("nothing-said",
    "already-explained"). Records glass.explained.
    """
    if not words.strip():
        raise RuleBroken("nothing-said")
    with rls.on_case_of(BreakGlass.objects.visible_to(actor).case_ids(reference)):
        row = BreakGlass.objects.select_related("case").get(reference=reference)
        require(row.user_id == actor.user_id)
        if not is_empty(row, "words"):
            raise RuleBroken("already-explained")
        deadlines.meet(row.case, "break_glass_words", at=now, subject=row)
        row.words = Words(words.strip())
        row.save(update_fields=["words"])
        events.record("glass.explained", subject=row, actor=actor, at=now)
    return reference


def review_break_glass(*, actor: Actor, reference: UUID, verdict: str, now: datetime) -> UUID:
    """Another person has looked at an emergency opening.

    Raises NotVisible, PermissionDenied (the one who opened, or no supervisor of the office asked),
    RuleBroken ("no-such-verdict", "already-reviewed"). Records glass.reviewed.
    """
    if verdict not in VERDICTS:
        raise RuleBroken("no-such-verdict")
    with rls.on_case_of(BreakGlass.objects.visible_to(actor).case_ids(reference)):
        row = BreakGlass.objects.select_related("case").get(reference=reference)
        reviewed(
            row, actor=actor, verdict=verdict, clock="break_glass_review",
            topic="glass.reviewed", now=now,
        )  # fmt: skip
    return reference
