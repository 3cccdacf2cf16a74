"""Sealed archives: a backup as chunks that nobody reads, cuts or joins without the key ring.

    "mai-am/archive/v1\\n" | u32 length | head (JSON) | chunks of 1 MiB + 16

The head names the wrapping key, a salt and facts in clear (when, by which server); it is bound to
every chunk. A chunk's nonce is prefix 7 | counter 4 | last 1, so a cut, swap or splice is seen.
Each chunk is verified before a byte of it is given out.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safekeeping import envelope
from safekeeping.errors import Unreadable
from safekeeping.keyring import WRAP, KeyRing

MAGIC = b"mai-am/archive/v1\n"
INFO = b"mai-am/v1/archive"
CHUNK = 1 << 20
PREFIX_BYTES = 7
SALT_BYTES = 32
LONGEST_HEAD = 1 << 16

Facts = Mapping[str, str | int]


@dataclass(frozen=True)
class Head:
    """What an archive says of itself before its content; `raw` is bound to every chunk."""

    facts: Facts
    key_id: str
    salt: bytes = field(repr=False)
    prefix: bytes = field(repr=False)
    raw: bytes = field(repr=False)


def seal(source: BinaryIO, target: BinaryIO, *, facts: Facts, ring: KeyRing) -> None:
    """Write `source` to `target`, sealed by the ring's wrapping key. Raises KeysUnavailable."""
    head = _new_head(facts, ring.primary(WRAP).id)
    cipher = AESGCM(_key(head, ring))
    target.write(MAGIC + len(head.raw).to_bytes(4, "big") + head.raw)
    for counter, (chunk, last) in enumerate(_chunks(source, CHUNK)):
        target.write(cipher.encrypt(_nonce(head, counter, last), chunk, _bound(head)))


def read_head(source: BinaryIO) -> Head:
    """The head alone, not yet proven to be ours. Raises Unreadable."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Unreadable
    length = int.from_bytes(source.read(4), "big")
    if length > LONGEST_HEAD:
        raise Unreadable
    return _parsed(source.read(length))


def unseal(source: BinaryIO, head: Head, *, ring: KeyRing) -> Iterator[bytes]:
    """The content behind `head`, chunk by verified chunk. Raises Unreadable, KeysUnavailable."""
    cipher = AESGCM(_key(head, ring))
    for counter, (chunk, last) in enumerate(_chunks(source, CHUNK + envelope.TAG)):
        try:
            yield cipher.decrypt(_nonce(head, counter, last), chunk, _bound(head))
        except InvalidTag:
            raise Unreadable from None


def _new_head(facts: Facts, key_id: str) -> Head:
    salt, prefix = envelope.random_bytes(SALT_BYTES), envelope.random_bytes(PREFIX_BYTES)
    stored = {
        "facts": dict(facts),
        "key": key_id,
        "salt": base64.b64encode(salt).decode(),
        "prefix": base64.b64encode(prefix).decode(),
    }
    return Head(facts, key_id, salt, prefix, json.dumps(stored).encode())


def _parsed(raw: bytes) -> Head:
    try:
        stored = json.loads(raw)
        salt = base64.b64decode(stored["salt"], validate=True)
        prefix = base64.b64decode(stored["prefix"], validate=True)
        head = Head(dict(stored["facts"]), str(stored["key"]), salt, prefix, raw)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable from None
    if len(salt) != SALT_BYTES or len(prefix) != PREFIX_BYTES:
        raise Unreadable
    return head


def _key(head: Head, ring: KeyRing) -> bytes:
    secret = ring.by_id(WRAP, head.key_id).secret
    info = INFO + envelope.length_prefixed(head.key_id) + head.salt
    return envelope.expand(secret, info, envelope.KEY_BYTES)


def _nonce(head: Head, counter: int, last: bool) -> bytes:
    return head.prefix + counter.to_bytes(4, "big") + bytes([last])


def _bound(head: Head) -> bytes:
    return hashlib.sha256(head.raw).digest()


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of `size`, the last one marked; an empty source is one empty last piece."""
    piece = _read_full(source, size)
    while True:
        following = _read_full(source, size) if len(piece) == size else b""
        yield piece, not following
        if not following:
            return
        piece = following


def _read_full(source: BinaryIO, size: int) -> bytes:
    """Exactly `size` bytes unless the source ends: a pipe gives less at a time."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
