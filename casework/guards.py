"""Soft guards in an action: asked, overridden for danger to life, or skipped by a late fact."""

from collections.abc import Iterable
from dataclasses import replace

from casework.actions.override import require_or_override
from casework.models import Case
from casework.paths import Moment
from network.actors import Actor
from safekeeping.errors import Stale
from safekeeping.records import Record


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

    failed: names of soft guards that do not hold. Raises RuleBroken("soft-guard", guards=…).
    """
    names = tuple(sorted(failed))
    if not names or when.is_late:
        return when
    used = require_or_override(
        case, actor=actor, action=action, failed=names, overriding=overriding, now=when.at
    )
    return replace(when, guards=tuple(used.guards) if used else names)


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
