"""Soft guards in an action: asked, overridden for danger to life, or skipped by a late fact."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.crypto import salted_hmac

from casework import policy
from casework.actions.override import require_or_override
from casework.models import Case, CaseState
from casework.paths import Moment
from network.actors import Actor
from safekeeping.errors import Stale
from safekeeping.records import Record
from safekeeping.sealed import SealedField

MARK = 12  # hex digits: enough to tell two answers apart


def guarded(
    case: Case,
    *,
    actor: Actor,
    action: str,
    failed: Iterable[str],
    overriding: str,
    when: Moment,
) -> Moment:
    """The moment with the guards that were passed, if any.

    failed: names of soft guards that do not hold. A late fact skips them; who says a sentence all
    the same is looked at. Raises RuleBroken("soft-guard", guards=…).
    """
    names = tuple(sorted(failed))
    if not names or (when.is_late and not overriding.strip()):
        return when
    used = require_or_override(
        case, actor=actor, action=action, failed=names, overriding=overriding, now=when.at
    )
    return replace(when, guards=tuple(used.guards) if used else names)


def unassigned(actor: Actor, case: Case) -> list[str]:
    """The guard that a worker's step fails: the case has had none, or it is a colleague's."""
    is_theirs = case.state != CaseState.DETECTED and policy.may_work(actor, case)
    return [] if is_theirs else ["assignment"]


def fresh(row: Record, version: int | None, **current: object) -> None:
    """Refuse a save begun on an older version.

    current: coded values as they are now, for the page that shows both. Raises Stale.
    """
    if version is not None and version != row.version:
        raise Stale(
            kind=row._meta.model_name,
            reference=row.reference,
            version=row.version,
            current=current,
        )


def seen_of(row: Record, fields: Iterable[str]) -> str:
    """What stands in these fields, as keyed marks for a hidden field of a form: "name:mark …".

    Finer than the row's version: two tabs on two groups of one person are no later and earlier.
    """
    return " ".join(f"{field}:{_mark(row, field)}" for field in sorted(fields))


def unchanged(row: Record, fields: Iterable[str], seen: str, **current: object) -> None:
    """Refuse to write over what somebody else wrote since the form was drawn.

    seen: from `seen_of`; a field that it does not name is not asked about. Raises Stale.
    """
    marks = dict(part.split(":", 1) for part in seen.split() if ":" in part)
    if any(marks.get(field, _mark(row, field)) != _mark(row, field) for field in fields):
        fresh(row, 0, **current)


def _mark(row: Record, field: str) -> str:
    column = row._meta.get_field(field)
    if isinstance(column, SealedField):
        value: bytes | str = bytes(column.box_of(row).stored or b"")
    else:
        value = repr(getattr(row, field))
    return salted_hmac(f"seen {field}", value, algorithm="sha256").hexdigest()[:MARK]
