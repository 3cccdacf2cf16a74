"""A second reader of our formats, written from their description alone.

It shares no line with `safekeeping`: should both be wrong, they are wrong in different ways.
"""

import hashlib
import hmac
import struct
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


def lp(text: str) -> bytes:
    raw = text.encode("utf-8")
    return struct.pack(">H", len(raw)) + raw


def hkdf(key: bytes, info: bytes, length: int) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(key)


def read_envelope(
    envelope: bytes, *, dek: bytes, table: str, column: str, row: str, subject: str
) -> tuple[int, bytes]:
    """Version of the data key, and the content."""
    form, suite, version, nonce, commitment = struct.unpack(">BBI12s32s", envelope[:50])
    assert (form, suite) == (1, 1)
    both = hkdf(dek, b"mai-am/v1/field" + lp(table) + lp(column) + nonce, 64)
    assert both[32:] == commitment
    aad = b"mai-am/aad/v1" + lp(table) + lp(column) + UUID(row).bytes + UUID(subject).bytes
    padded = AESGCM(both[:32]).decrypt(nonce, envelope[50:], aad + envelope[:50])
    (length,) = struct.unpack(">I", padded[:4])
    assert len(padded) in {64, 128, 256} or len(padded) % 256 == 0
    assert set(padded[4 + length :]) <= {0}
    return version, padded[4 : 4 + length]


def read_wrapped(wrapped: bytes, *, kek: bytes, subject: str, version: int) -> tuple[bytes, bytes]:
    """Id of the wrapping key, and the data key."""
    form, suite, kek_id, nonce = struct.unpack(">BB8s12s", wrapped[:22])
    assert (form, suite, len(wrapped)) == (1, 1, 70)
    aad = b"mai-am/aad/dek/v1" + UUID(subject).bytes + struct.pack(">I", version) + kek_id
    return kek_id, AESGCM(kek).decrypt(nonce, wrapped[22:], aad)


def index(secret: bytes, kind: str, bits: int, normalised: str) -> int:
    key = hkdf(secret, b"mai-am/v1/index" + lp(kind) + lp("n1"), 32)
    mac = hmac.new(key, normalised.encode("utf-8"), hashlib.sha256).digest()
    return int.from_bytes(mac, "big") >> (256 - bits)
