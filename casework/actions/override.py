"""Procedure may be overtaken for danger to life, with one sentence; another person looks after.

An override passes soft guards, never an edge and never a hard guard, and is no fault of anybody.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casework import deadlines, routing, rules, staff
from casework.actions.reviewing import reviewed
from casework.deadlines import Clock
from casework.groups import Words
from casework.models import Case, Override
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken

VERDICTS = ("right", "talk")  # it was right; let us talk it over


def require_or_override(
    case: Case,
    *,
    actor: Actor,
    action: str,
    failed: Collection[str],
    overriding: str,
    now: datetime,
) -> Override | None:
    """Pass failed soft guards by an override, if a sentence was given; with the case in hand.

    failed: names from `rules.GUARDS`. overriding: the sentence that came with "danger to life now".
    Raises RuleBroken ("soft-guard" without a sentence, "hard-guard").
    """
    if not rules.require_soft(failed, overriding, case=case.reference):
        return None
    return use_override(case, actor=actor, action=action, guards=failed, why=overriding, now=now)


def use_override(
    case: Case, *, actor: Actor, action: str, guards: Collection[str], why: str, now: datetime
) -> Override:
    """Write down which guards were passed, by whom and why; with the case in hand.

    Opens `override_review` for a supervisor who is not the actor. Records override.used.
    """
    by = actor.user_id or 0
    desk = routing.duty_desk(now)
    reviewer = staff.reviewer_of(case, by=by, now=now, desk=desk)
    row = Override.born(
        case=case, by_id=by, agency_id=actor.agency_id, review_agency=reviewer, action=action,
        guards=sorted(guards), at=now, why=Words(why.strip()),
    )  # fmt: skip
    deadlines.start(case, Clock("override_review", reviewer.pk, now, subject=row))
    events.record("override.used", subject=row, actor=actor, at=now, code=action, override=guards)
    return row


def review_override(*, actor: Actor, reference: UUID, verdict: str, now: datetime) -> UUID:
    """Another person has looked at an override.

    Raises NotVisible, PermissionDenied (the one who acted, or no supervisor of the office asked),
    RuleBroken ("no-such-verdict", "already-reviewed"). Records override.reviewed.
    """
    if verdict not in VERDICTS:
        raise RuleBroken("no-such-verdict")
    with rls.on_case_of(Override.objects.visible_to(actor).case_ids(reference)):
        row = Override.objects.select_related("case").get(reference=reference)
        reviewed(
            row, actor=actor, verdict=verdict, clock="override_review",
            topic="override.reviewed", now=now,
        )  # fmt: skip
    return reference
