"""Changing the wrapping and the index key while everybody works, and destroying old ones in time.

A new primary wraps from now on; data keys are wrapped anew in batches; the old key only reads.
It stays in the ring so that older backups open, and is destroyed once the last of them is gone.
Blind indexes are made anew by those who keep them: they register with `keeps_indexes`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models, transaction

from safekeeping import canary, envelope, keyring, keys
from safekeeping.errors import RuleBroken
from safekeeping.keyring import INDEX, WRAP, Key
from safekeeping.models.keys import SubjectKey

BATCH = 500
BACKUPS_KEPT = timedelta(days=65)  # our choice: no backup is kept longer
# Our choice: far longer than a process holds the ring of before, or leaves what it wrapped by it
# uncommitted. What is destroyed earlier may take a survivor's fresh key along.
STILL_HELD = timedelta(hours=1)
TRIES_AT_LOCKED_ROWS = 60

REWRITE = """
    UPDATE safekeeping_subjectkey AS row SET wrapped = fresh.wrapped, kek_id = %s
    FROM unnest(%s::bigint[], %s::bytea[]) AS fresh(id, wrapped) WHERE row.id = fresh.id
"""


@dataclass(frozen=True)
class Use:
    """How many data keys one wrapping key wraps."""

    key: Key
    wraps: int


@dataclass(frozen=True)
class Indexes:
    """Where blind indexes are kept. `renew(now)` makes those of older keys anew, in batches, and
    returns how many subjects' it made; `under(key_id, now)` counts what one key made."""

    renew: Callable[[datetime], int]
    under: Callable[[str, datetime], int]


_indexes: list[Indexes] = []


def keeps_indexes(indexes: Indexes) -> None:
    """Register a table of blind indexes."""
    _indexes.append(indexes)


def status() -> list[Use]:
    """Each wrapping key of the ring with the number of data keys under it."""
    ring = keys.read_ring()
    return [Use(key, _under(key.id)) for key in ring.all_of(WRAP)]


def _under(key_id: str) -> int:
    return SubjectKey.objects.filter(kek_id=key_id).count()


def rotate(*, now: datetime) -> int:
    """Make new wrapping and index keys and wrap every data key anew; returns how many.

    Safe under load and when broken off: run it again. Raises KeysUnavailable where the ring is
    changed elsewhere; put the new key there and call `rewrap`.
    """
    with keys.source().change() as change:
        bits = change.ring.primary(INDEX).bits
        for fresh in (keyring.new_key(WRAP, now=now), keyring.new_key(INDEX, now=now, bits=bits)):
            change.ring = change.ring.with_key(fresh).retiring(fresh.use, now=now)
    return rewrap()


def renew_indexes(*, now: datetime) -> int:
    """Make blind indexes of older keys anew; returns of how many subjects. May be run again."""
    canary.leave_canaries(keys.read_ring())
    return sum(kept.renew(now) for kept in _indexes)


def rewrap() -> int:
    """Wrap what lies under older keys with the ring's primary; returns how many."""
    canary.leave_canaries(keys.read_ring())
    done, tries = 0, 0
    while tries < TRIES_AT_LOCKED_ROWS:
        batch = rewrap_batch()
        done += batch
        if batch == 0 and not _left().exists():
            return done
        if batch == 0:  # the rest is locked by somebody's transaction
            tries += 1
            time.sleep(1)
    raise RuleBroken("keys-locked", left=_left().count())


@transaction.atomic
def rewrap_batch() -> int:
    """Wrap the next data keys that nobody holds anew; returns how many, 0 if none is free."""
    primary = keys.ring().primary(WRAP)
    rows = list(_left().select_for_update(skip_locked=True).order_by("id")[:BATCH])
    fresh = [_rewrapped(row, primary) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(REWRITE, [primary.id, [row.pk for row in rows], fresh])
    return len(rows)


def _left() -> "models.QuerySet[SubjectKey]":
    return SubjectKey.objects.exclude(kek_id=keys.ring().primary(WRAP).id)


def _rewrapped(row: SubjectKey, primary: Key) -> bytes:
    subject, version = row.subject, row.version
    dek = envelope.unwrap(
        bytes(row.wrapped), keks=keys.ring().keks, subject=subject, version=version
    )
    return keys.wrapped_under(primary, dek, subject, version)


def retire(*, now: datetime, kept: timedelta = BACKUPS_KEPT) -> list[str]:
    """Destroy wrapping and index keys retired longer than `kept` ago; returns their ids.

    Never those retired within the hour, whatever `kept` says: somebody may write by them yet.
    Raises RuleBroken("key-in-use") if a data key or an index still needs one.
    """
    wait = max(kept, STILL_HELD)
    with keys.source().change() as change:
        both = [*change.ring.all_of(WRAP), *change.ring.all_of(INDEX)]
        old = [key for key in both if key.retired and key.retired + wait <= now]
        for key in old:
            if _under(key.id) or sum(held.under(key.id, now) for held in _indexes):
                raise RuleBroken("key-in-use", key=key.id)
            change.ring = change.ring.without(key.id)
    keys.read_ring()
    return [key.id for key in old]
