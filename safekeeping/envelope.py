"""Envelope v1: the bytes of a sealed group and of a wrapped data key. Frozen; see docs.

    envelope  format 1 | suite 1 | dek version 4 | nonce 12 | commitment 32 | ciphertext | tag 16
    wrapped   format 1 | suite 1 | kek id 8 | nonce 12 | ciphertext 32 | tag 16

Suite 1 is HKDF-Expand-SHA256 with AES-256-GCM. Numbers are big-endian. Nothing here knows
Django, and every failure is the one `Unreadable`.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from safekeeping.errors import Unreadable

FORMAT_AND_SUITE = b"\x01\x01"
HEAD = 50  # format, suite, dek version, nonce, commitment
TAG = 16
WRAPPED = 70
KEY_BYTES = 32
SMALL_SIZES = (64, 128, 256)
STEP = 256
SHA256 = hashes.SHA256()

FIELD = b"mai-am/v1/field"
AAD = b"mai-am/aad/v1"
AAD_KEY = b"mai-am/aad/dek/v1"

# The only source of randomness for nonces and keys; the tests' known answers replace it.
random_bytes = secrets.token_bytes


class Place(NamedTuple):
    """Where a sealed value belongs; moved anywhere else it cannot be read.

    `names` are table and column as `names_of` writes them, made once for a field.
    """

    names: bytes
    row: UUID
    subject: UUID


def length_prefixed(text: str) -> bytes:
    """UTF-8 bytes behind their length as an unsigned 16-bit number."""
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


def names_of(table: str, column: str) -> bytes:
    """Table and column as they enter keys and bindings."""
    return length_prefixed(table) + length_prefixed(column)


def expand(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-256 (RFC 5869 §2.3); `key` must already be uniformly random."""
    return HKDFExpand(SHA256, length, info).derive(key)


def padded(content: bytes) -> bytes:
    """`content` behind its length, with zeros up to 64, 128, 256, then multiples of 256 bytes."""
    raw = len(content).to_bytes(4, "big") + content
    return raw.ljust(_padded_size(len(raw)), b"\x00")


def _padded_size(size: int) -> int:
    for small in SMALL_SIZES:
        if size <= small:
            return small
    return -(-size // STEP) * STEP


def _unpadded(raw: bytes) -> bytes:
    end = 4 + int.from_bytes(raw[:4], "big")
    if len(raw) != _padded_size(end) or raw.count(0, end) != len(raw) - end:
        raise Unreadable
    return raw[4:end]


def seal(content: bytes, *, key: bytes, version: int, place: Place) -> bytes:
    """The envelope of `content` under the subject's data key `key` of that `version`."""
    nonce = random_bytes(12)
    secret, commitment = _derived(key, place, nonce)
    head = FORMAT_AND_SUITE + version.to_bytes(4, "big") + nonce + commitment
    return head + AESGCM(secret).encrypt(nonce, padded(content), _aad(place, head))


def unseal(envelope: bytes, *, keys: Mapping[int, bytes], place: Place) -> bytes:
    """The content of an envelope; `keys` are the subject's data keys by version.

    Raises Unreadable for anything that is not exactly what `seal` made for this place.
    """
    if len(envelope) < HEAD + SMALL_SIZES[0] + TAG or envelope[:2] != FORMAT_AND_SUITE:
        raise Unreadable
    key = keys.get(int.from_bytes(envelope[2:6], "big"))
    if key is None:
        raise Unreadable
    head, nonce = envelope[:HEAD], envelope[6:18]
    secret, commitment = _derived(key, place, nonce)
    if not hmac.compare_digest(commitment, head[18:]):
        raise Unreadable
    return _unpadded(_decrypted(AESGCM(secret), nonce, envelope[HEAD:], _aad(place, head)))


def _derived(key: bytes, place: Place, nonce: bytes) -> tuple[bytes, bytes]:
    """The encrypting key of one write, and the commitment that binds it to one data key."""
    both = expand(key, FIELD + place.names + nonce, 2 * KEY_BYTES)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _aad(place: Place, head: bytes) -> bytes:
    return AAD + place.names + place.row.bytes + place.subject.bytes + head


def _decrypted(cipher: AESGCM, nonce: bytes, ciphertext: bytes, aad: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, ciphertext, aad)
    except InvalidTag:
        raise Unreadable from None


def wrap(key: bytes, *, kek: bytes, kek_id: bytes, subject: UUID, version: int) -> bytes:
    """A data key under a key-wrapping key, bound to its subject and version."""
    nonce = random_bytes(12)
    aad = _aad_of_key(subject, version, kek_id)
    return FORMAT_AND_SUITE + kek_id + nonce + AESGCM(kek).encrypt(nonce, key, aad)


def unwrap(wrapped: bytes, *, keks: Mapping[bytes, bytes], subject: UUID, version: int) -> bytes:
    """The data key inside; `keks` are the ring's wrapping keys by id. Raises Unreadable."""
    return unwrapper(keks)(wrapped, subject, version)


def unwrapper(keks: Mapping[bytes, bytes]) -> Callable[[bytes, UUID, int], bytes]:
    """What unwraps many: a wrapping key is made ready once, which takes half an unwrapping."""
    ciphers = {kek_id: AESGCM(kek) for kek_id, kek in keks.items()}

    def unwrap_one(wrapped: bytes, subject: UUID, version: int) -> bytes:
        if len(wrapped) != WRAPPED or wrapped[:2] != FORMAT_AND_SUITE:
            raise Unreadable
        kek_id = wrapped[2:10]
        cipher = ciphers.get(kek_id)
        if cipher is None:
            raise Unreadable
        aad = _aad_of_key(subject, version, kek_id)
        return _decrypted(cipher, wrapped[10:22], wrapped[22:], aad)

    return unwrap_one


def kek_id_of(wrapped: bytes) -> bytes:
    """The id of the key that wrapped it."""
    return wrapped[2:10]


def _aad_of_key(subject: UUID, version: int, kek_id: bytes) -> bytes:
    return AAD_KEY + subject.bytes + version.to_bytes(4, "big") + kek_id
