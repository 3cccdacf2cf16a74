"""Crypto-erasure: without its data key nothing of a subject can be read again, in any copy of
this database; and the ledger that makes it stay so after a restore.

What lies outside sealed columns (index rows, drafts) is deleted by those who keep it: they
register with `on_erase`.
"""

import hmac
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from safekeeping import envelope, keys
from safekeeping.errors import RuleBroken, Unreadable
from safekeeping.keyring import CHAIN
from safekeeping.models.keys import Erasure, SubjectKey
from safekeeping.sweeps import sweep

LINE = b"mai-am/erasure/v1"

Eraser = Callable[[UUID], None]
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
    transaction.on_commit(copy_ledger)


def hold(subject: UUID, *, reason: str, ends: datetime | None = None) -> None:
    """Refuse erasure, for a coded reason; without `ends`, until released."""
    SubjectKey.objects.filter(subject=subject).update(legal_hold=reason, legal_hold_ends=ends)


def release(subject: UUID) -> None:
    """End a legal hold."""
    SubjectKey.objects.filter(subject=subject).update(legal_hold="", legal_hold_ends=None)


def _require_no_hold(subject: UUID, now: datetime) -> None:
    for key in SubjectKey.objects.select_for_update().filter(subject=subject):
        ends = key.legal_hold_ends
        if key.legal_hold and (ends is None or now < ends):
            raise RuleBroken("legal-hold", reason=key.legal_hold, ends=ends)


def _delete(subject: UUID) -> None:
    for eraser in _erasers:
        eraser(subject)
    SubjectKey.objects.filter(subject=subject).delete()
    keys.forget(subject)


# The ledger outside: a restored database knows nothing of later erasures, this file does.


def ledger_path() -> Path:
    """The ledger's copy outside the database."""
    return Path(settings.ERASURE_LEDGER)


@sweep("erasure-ledger")
def sweep_ledger(now: datetime) -> int:
    """Lines that a crash between commit and copy has left out."""
    return copy_ledger()


def copy_ledger() -> int:
    """Add what the outside copy lacks, safely on disk; returns how many lines. May run twice."""
    known = {subject for subject, _, _ in read_ledger()}
    fresh = Erasure.objects.exclude(subject__in=known).order_by("erased_at", "id")
    lines = [_line(row.subject, row.reason, row.erased_at) for row in fresh]
    if lines:
        _append("".join(lines))
    return len(lines)


def read_ledger() -> list[tuple[UUID, str, datetime]]:
    """Subject, reason and time of each erasure outside. Raises Unreadable for a forged line."""
    try:
        text = ledger_path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [_parsed(line) for line in text.splitlines() if line]


def replay_ledger() -> int:
    """After a restore: erase again what was erased since that backup; returns how many."""
    done = 0
    for subject, reason, at in read_ledger():
        with transaction.atomic():
            done += SubjectKey.objects.filter(subject=subject).exists()
            _delete(subject)
            Erasure.objects.get_or_create(
                subject=subject, defaults={"reason": reason, "erased_at": at}
            )
    return done


def _append(text: str) -> None:
    path = ledger_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with os.fdopen(number, "a", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


def _line(subject: UUID, reason: str, at: datetime) -> str:
    key = keys.ring().primary(CHAIN)
    facts = [str(subject), reason, at.isoformat(), key.id]
    return json.dumps([*facts, _mac(key.secret, facts)]) + "\n"


def _parsed(line: str) -> tuple[UUID, str, datetime]:
    try:
        *facts, mac = json.loads(line)
        subject, reason, at, key_id = facts
        parsed = (UUID(subject), str(reason), datetime.fromisoformat(at))
    except (ValueError, TypeError):
        raise Unreadable("A line of the erasure ledger is damaged.") from None
    key = keys.ring().by_id(CHAIN, key_id)
    if not hmac.compare_digest(str(mac), _mac(key.secret, facts)):
        raise Unreadable("A line of the erasure ledger is forged.")
    return parsed


def _mac(secret: bytes, facts: list[str]) -> str:
    text = LINE + b"".join(envelope.length_prefixed(fact) for fact in facts)
    return hmac.digest(secret, text, "sha256").hex()
