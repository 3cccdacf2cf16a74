"""Mending mistakes: the new value stands, the old one is kept, and why it was changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from casework import indexing, policy
from casework.groups import words_of
from casework.guards import fresh
from casework.mendable import MENDABLE, checked, is_sealed
from casework.models import Case, Correction, Survivor
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require
from safekeeping.sealed import open_fields

LEARNT = "new_knowledge"  # no mistake: something more is known now
FOUND_BY = ("identity", "contact", "birth_year")  # what her blind indexes are made of


def correct_value(
    *,
    actor: Actor,
    reference: UUID,
    kind: str,
    record: UUID,
    field: str,
    value: Any,
    reason: str,
    why: str = "",
    now: datetime,
    version: int | None = None,
) -> UUID:
    """Correct one value of a record of a case; returns the correction's reference.

    kind: case, survivor, incident, note, plan, plan_item, follow_up. record: that row's reference.
    value: a coded value, or the whole group of a sealed field; its old envelope is kept as it was.

    Raises NotVisible, PermissionDenied, RuleBroken("not-correctable", "wrong-kind-of-value",
    "reason-missing"), Stale (with the coded value as it is now), Unreadable.
    Records <kind>.corrected with the field's name.
    """
    if not reason:
        raise RuleBroken("reason-missing")
    mended = checked(kind, field, value)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_correct(actor, case))
        row = row_of(case, kind, record)
        current = {} if is_sealed(kind, field) else {field: getattr(row, field)}
        fresh(row, version, **current)
        kept = keep_old(case, row, kind, field, reason, why, actor=actor, now=now)
        setattr(row, field, mended)
        row.save(update_fields=[field])
        if kind == "survivor" and field in FOUND_BY:
            find_anew(case, row)
        groups = (field,) if is_sealed(kind, field) else ()
        events.record(
            f"{kind}.corrected", subject=row, actor=actor, at=now, code=field, groups=groups
        )
    return kept.reference


def row_of(case: Case, kind: str, record: UUID) -> Any:
    """The row, if it is one of this case. Raises NotVisible."""
    model = MENDABLE[kind].model
    if model is Case:
        return Case.objects.filter(pk=case.pk).by_reference(record)
    row = model.objects.filter(case_id=case.pk).by_reference(record)
    row.case = case
    return row


def keep_old(
    case: Case,
    row: Any,
    kind: str,
    field: str,
    reason: str,
    why: str,
    *,
    actor: Actor,
    now: datetime,
) -> Correction:
    """Keep the value that stands there, sealed as it is, before another takes its place."""
    sealed = is_sealed(kind, field)
    stored = row._meta.get_field(field).box_of(row).stored if sealed else None
    return Correction.born(
        case=case,
        kind=kind,
        record=row.reference,
        field=field,
        reason=reason,
        old_code="" if sealed else _code(getattr(row, field)),
        old_envelope=stored,
        by_id=actor.user_id,
        at=now,
        why=words_of(why),
    )


def _code(value: Any) -> str:
    """A coded value as text; empty for none."""
    if value is None:
        return ""
    return ",".join(value) if isinstance(value, list | tuple) else str(value)


def find_anew(case: Case, row: Survivor) -> None:
    """Make her blind indexes of what is now known."""
    open_fields([row], ["identity", "contact"])
    indexing.replace(case, identity=row.identity, contact=row.contact, birth_year=row.birth_year)
