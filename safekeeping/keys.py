"""The key ring in use, and the data key of each subject.

Root keys come from the ring (`keyring`), held for a minute at most. A subject's data key lies
wrapped in `SubjectKey`; unwrapped it is kept until the end of the transaction and no longer.
"""

import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, connections, transaction
from psycopg.pq import Format

from safekeeping import envelope, keyring
from safekeeping.errors import Unreadable
from safekeeping.keyring import WRAP, KeyRing, KeySource
from safekeeping.models.keys import Erasure, SubjectKey

HELD_SECONDS = 60

WRAPPED_OF = "SELECT subject, version, wrapped FROM safekeeping_subjectkey WHERE subject = ANY(%s)"

Deks = Mapping[int, bytes]  # a subject's data keys by version


# The ring


@dataclass
class _Hold:
    source: KeySource | None = None
    ring: KeyRing | None = None
    until: float = 0.0


_hold = _Hold()


def source() -> KeySource:
    """Where this installation's ring is kept: the setting KEY_RING."""
    if _hold.source is None:
        _hold.source = keyring.source_of(settings.KEY_RING)
    return _hold.source


def ring() -> KeyRing:
    """The root keys, read again every minute. Raises KeysUnavailable."""
    held = _hold.ring
    if held is None or time.monotonic() >= _hold.until:
        held = read_ring()
    return held


def read_ring() -> KeyRing:
    """The root keys as they are now, for whoever knows that they have changed."""
    _hold.ring = None
    _hold.ring = held = source().load()
    _hold.until = time.monotonic() + HELD_SECONDS
    return held


def figures_secret(year: int, *, now: datetime) -> bytes:
    """The secret that rounds that year's figures, made when first asked for.

    Raises KeysUnavailable where the ring is kept elsewhere and lacks it.
    """
    if not ring().has_figures(year) and not read_ring().has_figures(year):
        with source().change() as change:
            if not change.ring.has_figures(year):
                change.ring = change.ring.with_key(
                    keyring.new_key(keyring.FIGURES, now=now, year=year)
                )
        read_ring()
    return ring().figures(year).secret


@contextmanager
def using(other: KeySource) -> Iterator[None]:
    """Another ring for a while: restore's trial of a copy, and tests."""
    before = (_hold.source, _hold.ring, _hold.until)
    _hold.source, _hold.ring, _hold.until = other, None, 0.0
    try:
        yield
    finally:
        _hold.source, _hold.ring, _hold.until = before


# Data keys


def create_subject(subject: UUID | None = None) -> UUID:
    """A new subject with a data key of its own; returns its uuid.

    With `subject`, gives its first key to one that was saved while the keys were out of reach.
    Raises KeysUnavailable, and Unreadable for a subject that was erased.
    """
    if subject is None:
        subject = uuid4()
    elif Erasure.objects.filter(subject=subject).exists():
        raise Unreadable
    dek = envelope.random_bytes(envelope.KEY_BYTES)
    kek = ring().primary(WRAP)
    SubjectKey.objects.create(
        subject=subject, version=1, kek_id=kek.id, wrapped=wrapped_under(kek, dek, subject, 1)
    )
    _keep({subject: {1: dek}})
    return subject


def ensure_subject(subject: UUID) -> bool:
    """Give a subject its first key if it has none; says whether one was made.

    With its case in hand. Raises KeysUnavailable, and Unreadable for one that was erased.
    """
    if SubjectKey.objects.filter(subject=subject).exists():
        return False
    create_subject(subject)
    return True


def wrapped_under(kek: keyring.Key, dek: bytes, subject: UUID, version: int) -> bytes:
    """A data key wrapped by one of the ring's keys."""
    kek_id = bytes.fromhex(kek.id)
    return envelope.wrap(dek, kek=kek.secret, kek_id=kek_id, subject=subject, version=version)


def deks_for(subjects: Iterable[UUID]) -> dict[UUID, Deks]:
    """Data keys of each subject that has one: one query for those not yet at hand.

    Kept until the transaction ends. Raises KeysUnavailable and Unreadable.
    """
    wanted = set(subjects)
    kept = _kept()
    found = {s: kept[s].deks[s] for s in wanted if s in kept}
    missing = wanted - found.keys()
    if missing:
        loaded = _loaded(missing)
        _keep(loaded)
        found.update(loaded)
    return found


def _loaded(subjects: set[UUID]) -> dict[UUID, Deks]:
    found: dict[UUID, dict[int, bytes]] = {}
    with connection.cursor() as cursor:  # one array: a thousand parameters cost more than the keys
        cursor.cursor.format = Format.BINARY  # as text, uuids and bytes are read twice as slowly
        cursor.execute(WRAPPED_OF, [list(subjects)])
        wrapped = cursor.fetchall()
    unwrap = envelope.unwrapper(_keks_for({envelope.kek_id_of(w) for _, _, w in wrapped}))
    for subject, version, key in wrapped:
        found.setdefault(subject, {})[version] = unwrap(key, subject, version)
    return dict(found)


def _keks_for(ids: set[bytes]) -> Mapping[bytes, bytes]:
    """The wrapping keys; an id unknown to the held ring may have been made a moment ago.

    What is unknown even then is for `unwrap` to refuse: one damaged row is no missing ring.
    """
    keks = ring().keks
    return keks if ids <= keks.keys() else read_ring().keks


# What a transaction keeps. Each load hangs on a commit hook of its own: Django drops the hook at
# the commit, at the rollback, and at the rollback of the savepoint it was made in; with the hook
# go the keys.


class _Kept:
    def __init__(self, deks: dict[UUID, Deks]) -> None:
        self.deks = deks

    def __call__(self) -> None:
        self.deks = {}


Keeping = weakref.WeakValueDictionary[UUID, _Kept]


def _kept() -> Keeping:
    # On the connection itself: the proxy `connection` is shared by all threads.
    own: dict[str, Any] = vars(connections["default"])
    keeping: Keeping = own.setdefault("mai_am_keys", weakref.WeakValueDictionary())
    return keeping


def _keep(deks: dict[UUID, Deks]) -> None:
    if not connection.in_atomic_block:
        return
    kept = _Kept(deks)
    transaction.on_commit(kept)
    _kept().update(dict.fromkeys(deks, kept))


def forget(subject: UUID) -> None:
    """Drop a data key at once; for the erasure of its subject."""
    _kept().pop(subject, None)
