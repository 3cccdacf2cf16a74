"""What is written down: thoughts, contacts and the tries to reach her."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from casework import deadlines, policy
from casework.actions.assess import set_level, write_assessment
from casework.groups import words_of
from casework.instruments import CONTACT_DANGER, is_high
from casework.models import Case, Note
from casework.paths import Moment, moment
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

CONTACT, MEDIATION = "contact", "mediation_elsewhere"
MET_BY = ("spoken_alone", "seen_safe")


def add_note(
    *,
    actor: Actor,
    reference: UUID,
    kind: str,
    words: str,
    now: datetime,
    happened_at: datetime | None = None,
    alone: bool | None = None,
    safe_again: str = "",
    reached: bool | None = None,
    way: str = "",
    danger: Mapping[str, str] | None = None,
) -> UUID:
    """Write a note; returns its reference.

    A contact says whether she was reached and by which way; if reached, whether she was alone and
    how to reach her again. danger: the three questions of each contact; they only raise the level.
    A mediation held elsewhere asks at high risk whether she is safe.

    Raises NotVisible, PermissionDenied, RuleBroken("unknown-note", "contact-unclear",
    "in-the-future"). Records note.added with the kind.
    """
    when = moment(now, happened_at)
    _check(kind, alone, safe_again, reached, way)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_note(actor, case))
        note = write_note(
            case, kind, words, actor=actor, when=when,
            alone=alone, safe_again=safe_again, reached=reached, way=way,
        )  # fmt: skip
        if danger:
            hear_danger(case, danger, actor=actor, when=when)
        if kind == MEDIATION and is_high(case.risk_level):
            deadlines.safe_check(case, at=when.happened_at, now=now)
    return note.reference


def _check(kind: str, alone: bool | None, safe_again: str, reached: bool | None, way: str) -> None:
    if registry.code("note_kind", kind) is None:
        raise RuleBroken("unknown-note")
    if kind != CONTACT:
        return
    unclear = reached is None or not way or (reached and (alone is None or not safe_again))
    if unclear:
        raise RuleBroken("contact-unclear")


def write_note(
    case: Case,
    kind: str,
    words: str,
    *,
    actor: Actor,
    when: Moment,
    alone: bool | None = None,
    safe_again: str = "",
    reached: bool | None = None,
    way: str = "",
) -> Note:
    """Keep a note and say so. In hand."""
    note = Note.born(
        case=case,
        kind=kind,
        by_id=actor.user_id,
        at=when.happened_at,
        recorded_at=when.at,
        alone=alone,
        safe_again=safe_again,
        reached=reached,
        way=way,
        text=words_of(words),
    )
    events.record(
        "note.added",
        subject=note,
        actor=actor,
        at=when.at,
        happened_at=when.happened_at,
        code=kind,
        out_of_order=not case.is_live,
    )
    return note


def hear_danger(case: Case, answers: Mapping[str, str], *, actor: Actor, when: Moment) -> None:
    """The three questions of a contact: the level may rise, and is asked again by its clock."""
    row = write_assessment(case, CONTACT_DANGER, answers, actor=actor, when=when)
    if not case.is_live:
        return
    set_level(case, row.level, when=when)
    events.record(
        "case.reassessed",
        subject=case,
        actor=actor,
        at=when.at,
        happened_at=when.happened_at,
        code=row.level,
    )


def record_safe_check(
    *,
    actor: Actor,
    reference: UUID,
    met_by: str,
    safe_again: str = "",
    way: str = "",
    words: str = "",
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """She was spoken to alone, or seen safe by somebody; returns the case's reference.

    Whoever sees the case may say so; every question "is she safe?" of it that was asked before
    is met. One asked since runs on, and the note alone is kept.

    Raises NotVisible, PermissionDenied, RuleBroken("not-known-safe", "in-the-future").
    Records note.added, and safe_check.met with how.
    """
    when = moment(now, happened_at)
    if met_by not in MET_BY:
        raise RuleBroken("not-known-safe")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_check_safety(actor))
        write_note(
            case, CONTACT, words, actor=actor, when=when,
            alone=met_by == "spoken_alone", safe_again=safe_again, reached=True, way=way,
        )  # fmt: skip
        if deadlines.answer_checks(case, at=when.happened_at):
            events.record(
                "safe_check.met",
                subject=case,
                actor=actor,
                at=now,
                happened_at=when.happened_at,
                code=met_by,
            )
    return reference
