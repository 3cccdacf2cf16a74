"""Writing down what becomes known of a person and of what happened, piece by piece.

The reporter answers three questions; everything else is learnt later, by the worker. What stood
there before is kept, as with any correction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from casework import policy
from casework.actions import corrections
from casework.guards import unchanged
from casework.mendable import checked, is_sealed
from casework.models import Case, Incident
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require
from safekeeping.sealed import is_empty

DESCRIBED = ("case", "survivor", "incident")
NOTHING_YET: tuple[object, ...] = (None, "", "unknown", "unanswered", [], (), False)


def describe(
    *,
    actor: Actor,
    reference: UUID,
    kind: str,
    record: UUID,
    values: Mapping[str, Any],
    now: datetime,
    seen: str = "",
) -> UUID:
    """Write down values of one record of a case; returns that record's reference.

    kind: case, survivor or incident. values: field → coded value or whole group; fields that are
    left out stay as they are. An old value is kept with the reason "newly known".
    seen: from `guards.seen_of`, what stood in those fields when the form was drawn.

    Raises NotVisible, PermissionDenied, RuleBroken("not-correctable", "wrong-kind-of-value"),
    Stale, KeysUnavailable. Records <kind>.described with the groups that changed.
    """
    if kind not in DESCRIBED:
        raise RuleBroken("not-correctable")
    new = {field: checked(kind, field, value) for field, value in values.items()}
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_correct(actor, case))
        row = corrections.row_of(case, kind, record)
        coded = {field: getattr(row, field) for field in new if not is_sealed(kind, field)}
        unchanged(row, new, seen, **coded)
        changed = [field for field in new if _differs(row, kind, field, new[field])]
        for field in changed:
            _change(case, row, kind, field, new[field], actor=actor, now=now)
        _save(case, row, kind, changed, actor=actor, now=now)
    return record


def add_incident(
    *, actor: Actor, reference: UUID, values: Mapping[str, Any], now: datetime
) -> UUID:
    """Another event of violence in the same case; returns the incident's reference.

    Raises NotVisible, PermissionDenied, RuleBroken("not-correctable", "wrong-kind-of-value").
    Records incident.added.
    """
    known = {field: checked("incident", field, value) for field, value in values.items()}
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_correct(actor, case))
        incident = Incident.born(case=case, unit_id=case.place_id, recorded_at=now, **known)
        groups = [field for field in known if is_sealed("incident", field)]
        events.record("incident.added", subject=incident, actor=actor, at=now, groups=groups)
    return incident.reference


def _differs(row: Any, kind: str, field: str, value: Any) -> bool:
    if is_sealed(kind, field):
        return not (value is None and is_empty(row, field))
    now = getattr(row, field)
    return bool(list(now) != list(value) if isinstance(now, list) else now != value)


def _change(
    case: Case, row: Any, kind: str, field: str, value: Any, *, actor: Actor, now: datetime
) -> None:
    """Set a value; what stood there is kept, unless nothing did."""
    was_there = (
        not is_empty(row, field)
        if is_sealed(kind, field)
        else getattr(row, field) not in NOTHING_YET
    )
    if was_there:
        corrections.keep_old(case, row, kind, field, corrections.LEARNT, "", actor=actor, now=now)
    setattr(row, field, value)


def _save(
    case: Case, row: Any, kind: str, changed: list[str], *, actor: Actor, now: datetime
) -> None:
    if not changed:
        return
    row.save(update_fields=changed)
    if kind == "survivor" and set(changed) & set(corrections.FOUND_BY):
        corrections.find_anew(case, row)
    groups = [field for field in changed if is_sealed(kind, field)]
    events.record(f"{kind}.described", subject=row, actor=actor, at=now, groups=groups)
