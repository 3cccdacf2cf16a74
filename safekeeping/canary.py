"""Is this the ring the database was sealed with? Asked at every start, before anything is served.

A row of `KeyCanary` for each root key holds a value that only that key can make. A ring with
another key of the same id, or with none of the keys of one use, ends the process.
"""

import hmac
import sys
from datetime import datetime

from django.db import models

from safekeeping import envelope, keyring, keys
from safekeeping.errors import WrongKeys
from safekeeping.keyring import CHAIN, INDEX, WRAP, FileSource, Key
from safekeeping.models.keys import KeyCanary, SubjectKey

CANARY = b"mai-am/canary/v1"
USES = (WRAP, INDEX, CHAIN)

NOTE = """
============================================================================
 New keys were made: {path}
 Without this file nobody can ever read what is sealed in the database, not
 even from a backup. Keep a copy in a safe place, apart from the database.
============================================================================
"""


def verify_canary() -> None:
    """Compare the ring with the database. Raises WrongKeys, KeysUnavailable; the text says why.

    Leaves a canary for keys that are new: at the first start, and after a rotation.
    """
    ring = keys.read_ring()
    known = _known()
    for key in ring.keys:
        if not hmac.compare_digest(known.get((key.use, key.id), _proof(key)), _proof(key)):
            raise WrongKeys(f"The {key.use} key {key.id} is not the one this database knows.")
    for use in USES:
        _require_one_known(ring, known, use)
    _require_all_wrapping(ring)
    leave_canaries(ring)


def leave_canaries(ring: keyring.KeyRing) -> None:
    """A canary row for each key of the ring that has none."""
    known = _known()
    fresh = [
        KeyCanary(use=key.use, key_id=key.id, proof=_proof(key))
        for key in ring.keys
        if (key.use, key.id) not in known
    ]
    if fresh:
        KeyCanary.objects.bulk_create(fresh, ignore_conflicts=True)


def make_ring_once(*, now: datetime) -> bool:
    """At the very first start: make a ring in its file, and say so loudly. True if it was made.

    Raises WrongKeys if the file is gone but the database is older: a new ring would not open it.
    """
    source = keys.source()
    if source.exists():
        return False
    if KeyCanary.objects.exists() or SubjectKey.objects.exists():
        raise WrongKeys("The key ring is missing; put back the copy this database was sealed with.")
    made = isinstance(source, FileSource) and source.make(keyring.new_ring(now=now))
    if made and isinstance(source, FileSource):
        sys.stderr.write(NOTE.format(path=source.path))
    return made


def _known() -> dict[tuple[str, str], bytes]:
    rows = KeyCanary.objects.values_list("use", "key_id", "proof")
    return {(use, key_id): bytes(proof) for use, key_id, proof in rows}


def _proof(key: Key) -> bytes:
    return envelope.expand(key.secret, CANARY + envelope.length_prefixed(key.use), 32)


def _require_one_known(
    ring: keyring.KeyRing, known: dict[tuple[str, str], bytes], use: str
) -> None:
    of_use = {key_id for known_use, key_id in known if known_use == use}
    if of_use and of_use.isdisjoint(key.id for key in ring.all_of(use)):
        raise WrongKeys(f"The key ring holds no {use} key this database was sealed with.")


def _require_all_wrapping(ring: keyring.KeyRing) -> None:
    used = set(_distinct(SubjectKey, "kek_id"))
    missing = used - {key.id for key in ring.all_of(WRAP)}
    if missing:
        raise WrongKeys(f"The key ring lacks {len(missing)} wrapping key(s) still in use.")


def _distinct(model: type[models.Model], column: str) -> models.QuerySet[models.Model, str]:
    return model._default_manager.order_by().values_list(column, flat=True).distinct()
