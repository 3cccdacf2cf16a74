"""Which values may be corrected: a closed list; no state, owner or key is ever among them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.groups import (
    Children,
    Contact,
    Identity,
    Perpetrator,
    SupportNeeds,
    Whereabouts,
    Words,
)
from casework.models import (
    Case,
    FollowUp,
    Incident,
    Note,
    Plan,
    PlanItem,
    Survivor,
)
from safekeeping.errors import RuleBroken
from safekeeping.sealed import SealedField


@dataclass(frozen=True)
class Mendable:
    """One kind of record: its model, and which type each correctable field takes."""

    model: type[Any]
    fields: dict[str, type]


MENDABLE: dict[str, Mendable] = {
    "case": Mendable(
        Case,
        {
            "accused_status": str, "legal_tracks": tuple, "summary": Words, "wishes": Words,
            "wishes_coded": tuple, "not_told": tuple,
        },
    ),
    "survivor": Mendable(
        Survivor,
        {
            "sex": str, "birth_year": int, "age_band": str, "disability": str,
            "ethnicity_group": str, "nationality_kind": str, "identification": str,
            "pregnant": str, "language": str, "interpreter_needed": bool, "identity": Identity,
            "contact": Contact, "whereabouts": Whereabouts, "children": Children,
            "support_needs": SupportNeeds,
        },
    ),
    "incident": Mendable(
        Incident,
        {
            "happened_on": date, "precision": str, "place_kind": str, "time_of_day": str,
            "gbvims_type": str, "acts": tuple, "relation": str, "accused_sex": str,
            "accused_age": str, "prior": str, "account": Words, "perpetrator": Perpetrator,
        },
    ),
    "note": Mendable(Note, {"kind": str, "at": datetime, "alone": bool, "safe_again": str,
                            "reached": bool, "way": str, "text": Words}),
    "plan": Mendable(Plan, {"agreed_at": datetime, "agreed_alone": bool, "content": Words}),
    "plan_item": Mendable(
        PlanItem, {"need": str, "service": str, "companion": str, "due_on": date, "content": Words}
    ),
    "follow_up": Mendable(
        FollowUp, {"due_at": datetime, "mode": str, "alone": bool, "safe_again": str, "text": Words}
    ),
}  # fmt: skip


def checked(kind: str, field: str, value: Any) -> Any:
    """The value as the field takes it; None empties it.

    Raises RuleBroken("not-correctable", "wrong-kind-of-value").
    """
    if kind not in MENDABLE or field not in MENDABLE[kind].fields:
        raise RuleBroken("not-correctable")
    wanted = MENDABLE[kind].fields[field]
    if wanted is tuple and isinstance(value, list | tuple):
        return sorted({str(word) for word in value})
    is_right = type(value) is wanted or (value is None and _may_be_empty(kind, field))
    if not is_right:
        raise RuleBroken("wrong-kind-of-value")
    return value


def is_sealed(kind: str, field: str) -> bool:
    """Whether the field is a sealed group."""
    return isinstance(MENDABLE[kind].model._meta.get_field(field), SealedField)


def _may_be_empty(kind: str, field: str) -> bool:
    return bool(MENDABLE[kind].model._meta.get_field(field).null)
