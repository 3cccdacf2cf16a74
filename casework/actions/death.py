"""She has died: nobody calls her any more, the children's help goes on, and somebody looks back.

A fact is never refused: it may be entered late, and on a closed case, where it moves nothing.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework import access, deadlines, policy, staff
from casework.actions.follow_up import cancel_planned
from casework.actions.plan import drop_for_death
from casework.actions.reviewing import reviewed
from casework.deadlines import Clock
from casework.groups import words_of
from casework.models import (
    AccessWhy,
    Case,
    Death,
    EmergencyCard,
    HoldReason,
    LegalHold,
    Survivor,
)
from casework.paths import Moment, moment
from network import registry
from network.actors import Actor
from safekeeping import erasure, events, rls
from safekeeping.errors import KeysUnavailable, RuleBroken, Unreadable, require
from safekeeping.sealed import open_fields

CAUSES = "death_cause"
VERDICTS = ("nothing_missed", "to_learn")
REVIEW, DEBRIEF = "death_review", "debrief"


def record_death(
    *,
    actor: Actor,
    reference: UUID,
    cause: str,
    words: str = "",
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """Write down that the survivor has died; returns the Death's reference.

    reference: the case's. cause: a code of death_cause. Her numbers are never used again, visits
    and clocks that would ask something of her stop, beds and requests end but for the children's,
    the file is kept from erasure; an office outside the owner's reviews, the staff sit together.
    The case's state stays: its closure (reason "died") is proposed and approved as any other.
    Raises NotVisible, PermissionDenied, RuleBroken ("in-the-future", "no-such-reason",
    "death-recorded"). Records death.recorded, hold.placed, follow_up.cancelled and
    item.dropped.
    """
    when = moment(now, happened_at)
    if registry.code(CAUSES, cause) is None:
        raise RuleBroken("no-such-reason")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.select_related("owner").get(pk=case_id)
        require(policy.may_record_death(actor))
        if Death.objects.standing().filter(case=case).exists():
            raise RuleBroken("death-recorded")
        row = _write(case, cause, words, actor=actor, when=when)
        _never_call(case)
        _stop(case, actor=actor, when=when)
        _look_back(case, row, when=when)
        events.record(
            "death.recorded", subject=row, actor=actor, at=now, happened_at=when.happened_at,
            code=cause, out_of_order=when.is_late,
        )  # fmt: skip
    return row.reference


def _write(case: Case, cause: str, words: str, *, actor: Actor, when: Moment) -> Death:
    told: dict[str, Any] = {
        "case": case,
        "happened_at": when.happened_at,
        "recorded_at": when.at,
        "cause": cause,
        "by_id": actor.user_id,
        "agency_id": actor.agency_id,
        "review_agency": staff.reviewer_outside(case, when.at, but=actor.user_id or 0),
    }
    told["hold"] = _hold(case, actor=actor, when=when)
    try:
        with transaction.atomic():
            return Death.born(**told, words=words_of(words.strip()))
    except KeysUnavailable:  # the fact counts; its words are lost to a note
        return Death.born(**told)


def _hold(case: Case, *, actor: Actor, when: Moment) -> LegalHold:
    """The file is kept from erasure until somebody who leads the case lifts it."""
    row: LegalHold = LegalHold.born(
        case=case, reason=HoldReason.DEATH, placed_by_id=actor.user_id, placed_at=when.at
    )
    erasure.hold(case.subject_reference, source=row.reference, reason=row.reason)
    events.record("hold.placed", subject=row, actor=actor, at=when.at, code=row.reason)
    return row


def _never_call(case: Case) -> None:
    """Who answers her phone now is not her. What cannot be read now nobody can dial either."""
    survivor = Survivor.objects.get(case=case)
    survivor.case = case
    try:
        open_fields([survivor], ["contact"])
    except Unreadable:
        return
    held = survivor.contact
    if held is None:
        return
    silent = tuple(replace(one, safe_to_call=False, safe_to_text=False) for one in held.numbers)
    never = dict.fromkeys([*held.never, *(one.number for one in held.numbers)])
    survivor.contact = replace(held, numbers=silent, never=tuple(never))
    survivor.save(update_fields=["contact"])


def _stop(case: Case, *, actor: Actor, when: Moment) -> None:
    """Nothing is asked of her any more; nobody is on the way to her."""
    cancel_planned(case, actor=actor, when=when, code="died")
    drop_for_death(case, actor=actor, when=when)
    deadlines.stop(case, *deadlines.OF_HER, at=when.at, reason="died")
    EmergencyCard.objects.filter(case=case).update(readers=[])


def _look_back(case: Case, row: Death, *, when: Moment) -> None:
    """An office from outside sees what is coded of the case until it has answered."""
    if row.review_agency_id != case.owner_id:
        access.grant(
            case, agency_id=row.review_agency_id, groups=(), why=AccessWhy.SECOND_PERSON,
            source=row.reference, starts=when.at,
        )  # fmt: skip
    deadlines.start(case, Clock(REVIEW, row.review_agency_id, when.at, subject=row))
    deadlines.start(case, Clock(DEBRIEF, case.owner_id, when.at, subject=row))
    if row.cause == "violence" and case.is_live:
        clock = Clock("crime_report", case.owner_id, when.happened_at)
        deadlines.start(case, clock, now=when.at)


def review_death(*, actor: Actor, reference: UUID, verdict: str, now: datetime) -> UUID:
    """An office from outside has looked back; nobody's fault, but something to learn or not.

    reference: the Death's. verdict: one of VERDICTS.
    Raises NotVisible, PermissionDenied (who wrote it down, or no supervisor of the office asked),
    RuleBroken ("no-such-verdict", "already-reviewed"). Records death.reviewed.
    """
    if verdict not in VERDICTS:
        raise RuleBroken("no-such-verdict")
    with rls.on_case_of(Death.objects.visible_to(actor).case_ids(reference)):
        row = Death.objects.select_related("case").get(reference=reference)
        reviewed(row, actor=actor, verdict=verdict, clock=REVIEW, topic="death.reviewed", now=now)
        access.end(source=row.reference, at=now)
    return reference


def hold_debrief(
    *, actor: Actor, reference: UUID, now: datetime, happened_at: datetime | None = None
) -> UUID:
    """The people who worked on the case sat together, for themselves.

    reference: the case's. Raises NotVisible, PermissionDenied, RuleBroken ("in-the-future",
    "no-death-recorded", "already-debriefed"). Records debrief.held.
    """
    when = moment(now, happened_at)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_debrief(actor, case))
        row = _standing(case)
        if row.debriefed_at is not None:
            raise RuleBroken("already-debriefed")
        row.debriefed_at = when.happened_at
        row.save(update_fields=["debriefed_at"])
        deadlines.meet(case, DEBRIEF, at=when.happened_at, subject=row)
        events.record(
            "debrief.held", subject=row, actor=actor, at=now, happened_at=when.happened_at
        )
    return reference


def take_back_death(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """It was written down by mistake: she lives. Returns the case's reference.

    Nothing is rung or opened again by itself: her numbers, visits and requests are looked at one
    by one, and "is she safe?" is asked. The case is kept from erasure no longer.
    Raises NotVisible, PermissionDenied (who does not lead the case),
    RuleBroken("no-death-recorded"). Records death.taken_back, safe_check.raised.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_take_back_death(actor, case))
        row = _standing(case)
        row.taken_back_at, row.taken_back_by_id = now, actor.user_id
        row.save(update_fields=["taken_back_at", "taken_back_by"])
        deadlines.stop(case, REVIEW, DEBRIEF, at=now, reason="not_applicable", subject=row)
        access.end(source=row.reference, at=now)
        _lift_hold(case, row, actor=actor, now=now)
        events.record("death.taken_back", subject=row, actor=actor, at=now)
        if case.is_live:
            deadlines.safe_check(case, at=now)
    return reference


def _lift_hold(case: Case, row: Death, *, actor: Actor, now: datetime) -> None:
    hold = row.hold
    if hold is None or hold.lifted_at is not None:
        return
    hold.lifted_by_id, hold.lifted_at = actor.user_id, now
    hold.save(update_fields=["lifted_by", "lifted_at"])
    erasure.release(case.subject_reference, source=hold.reference)
    events.record("hold.lifted", subject=hold, actor=actor, at=now, code=hold.reason)


def _standing(case: Case) -> Death:
    row: Death | None = Death.objects.standing().select_related("hold").filter(case=case).first()
    if row is None:
        raise RuleBroken("no-death-recorded")
    row.case = case
    return row
