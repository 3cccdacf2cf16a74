"""Crypto-erasure: without its data key nothing of a subject can be read again, in any copy of
this database; and the ledger that makes it stay so after a restore.

What lies outside sealed columns (index rows, drafts) is deleted by those who keep it: they
register with `on_erase`.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from safekeeping import keys, rls
from safekeeping.errors import RuleBroken
from safekeeping.ledger import Ledger
from safekeeping.models.keys import Erasure, SubjectHold, SubjectKey
from safekeeping.sweeps import sweep

Eraser = Callable[[UUID], None]
Line = tuple[UUID, str, datetime]
_erasers: list[Eraser] = []


def on_erase(eraser: Eraser) -> Eraser:
    """Register what else goes with a subject; runs in the same transaction, and must not fail."""
    _erasers.append(eraser)
    return eraser


@transaction.atomic
def erase_subject(subject: UUID, *, reason: str, now: datetime) -> None:
    """Delete the subject's data key and everything registered; nobody can read it again.

    `reason` is coded. Raises RuleBroken("legal-hold", reason=, ends=) while a hold lasts. The
    honest bound: an older backup opens until the wrapping key of its time is destroyed.
    """
    _require_no_hold(subject, now)
    _delete(subject)
    Erasure.objects.get_or_create(subject=subject, defaults={"reason": reason, "erased_at": now})
    # It is done by then, whatever becomes of the copy: the sweep brings what is left out.
    transaction.on_commit(copy_ledger, robust=True)


def is_erased(subject: UUID) -> bool:
    """Whether nothing can be sealed for this subject any more."""
    return Erasure.objects.filter(subject=subject).exists()


def hold(
    subject: UUID, *, reason: str, ends: datetime | None = None, source: UUID | None = None
) -> None:
    """Refuse erasure, for a coded reason; without `ends` (exclusive), until released.

    source: what places it. A subject may be held for several reasons; each is released by itself.
    """
    SubjectHold.objects.create(subject=subject, reason=reason, ends=ends, source=source)


def release(subject: UUID, *, source: UUID | None = None) -> None:
    """End the hold that this source placed; without a source, all of them."""
    held = SubjectHold.objects.filter(subject=subject)
    (held if source is None else held.filter(source=source)).delete()


def held_by(subject: UUID, now: datetime) -> SubjectHold | None:
    """The hold in force that lasts longest; None if nothing is in the way."""
    lasting = SubjectHold.objects.filter(Q(ends=None) | Q(ends__gt=now), subject=subject)
    return lasting.order_by(F("ends").desc(nulls_first=True), "pk").first()


def _require_no_hold(subject: UUID, now: datetime) -> None:
    list(SubjectKey.objects.select_for_update().filter(subject=subject))
    if held := held_by(subject, now):
        raise RuleBroken("legal-hold", reason=held.reason, ends=held.ends)


def _delete(subject: UUID) -> None:
    for eraser in _erasers:
        eraser(subject)
    SubjectKey.objects.filter(subject=subject).delete()
    SubjectHold.objects.filter(subject=subject).delete()
    keys.forget(subject)


# The ledger outside: a restored database knows nothing of later erasures, this file does.


@sweep("erasure-ledger")
def sweep_ledger(now: datetime) -> int:
    """Lines that a crash between commit and copy has left out, and erasures that this database
    lacks: it was put back, by whatever means, to a moment before them.
    """
    kept = read_ledger()
    return _copy(kept) + _redo_forgotten(kept, now)


def copy_ledger() -> int:
    """Add what the outside copy lacks, safely on disk; returns how many lines. May run twice."""
    return _copy(read_ledger())


def _copy(kept: list[Line]) -> int:
    known = {subject for subject, _, _ in kept}
    fresh = Erasure.objects.exclude(subject__in=known).order_by("erased_at", "id")
    rows = [[str(row.subject), row.reason, row.erased_at.isoformat()] for row in fresh]
    if rows:
        _ledger().append(*rows)
    return len(rows)


def read_ledger() -> list[Line]:
    """Subject, reason and time of each erasure outside. Raises Unreadable for a forged line."""
    rows = _ledger().rows()
    return [(UUID(subject), why, datetime.fromisoformat(at)) for subject, why, at in rows]


def _ledger() -> Ledger:
    return Ledger(Path(settings.ERASURE_LEDGER), "erasures")


def replay_ledger() -> int:
    """After a restore: erase again what was erased since that backup; returns how many."""
    return sum(_redo(*row) for row in read_ledger())


def _redo_forgotten(kept: list[Line], now: datetime) -> int:
    """The same of those that this database knows nothing of; returns how many."""
    known = set(Erasure.objects.values_list("subject", flat=True))
    forgotten = [line for line in kept if line[0] not in known]
    with rls.acting(actor=None, now=now, system="sweep"):
        return sum(_redo(*line) for line in forgotten)


@transaction.atomic
def _redo(subject: UUID, reason: str, at: datetime) -> bool:
    was_there = SubjectKey.objects.filter(subject=subject).exists()
    Erasure.objects.get_or_create(subject=subject, defaults={"reason": reason, "erased_at": at})
    _delete(subject)
    return was_there
