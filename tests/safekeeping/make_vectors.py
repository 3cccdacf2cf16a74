"""Made `vectors.json` once: `python -m tests.safekeeping.make_vectors`.

The answers are frozen; run it again only to add kinds, and look at the difference. Nonces and
keys come from a counter here, never anywhere else.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from safekeeping import envelope
from safekeeping.envelope import Place, names_of

FILE = Path(__file__).with_name("vectors.json")
SIZES = (
    0, 1, 2, 17, 59, 60, 61, 123, 124, 125, 200, 251, 252, 253, 507, 508, 509, 764, 1000, 1020,
    1021, 1276, 1277, 2044, 2045,
)  # fmt: skip
PLACES = (
    ("casework_survivor", "identity"),
    ("casework_survivor", "contact"),
    ("shelters_shelter", "địa_chỉ"),
)
KINDS = (("phone", 3), ("id_number", 8), ("name", 11), ("given_year", 17))
TEXTS = ("0912345678", "do thi en", "en 1990", "033099001234")


class Counted:
    """Bytes that are the same at every run."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, length: int) -> bytes:
        self.count += 1
        return hashlib.shake_128(f"vector {self.count}".encode()).digest(length)


def uuid_of(random: Counted) -> UUID:
    return UUID(bytes=random(16), version=4)


def envelopes(random: Counted) -> Iterator[dict[str, Any]]:
    for number, size in enumerate(SIZES * 2):
        table, column = PLACES[number % len(PLACES)]
        row, subject, dek, content = uuid_of(random), uuid_of(random), random(32), random(size)
        version = (1, 2, 70_000)[number % 3]
        place = Place(names_of(table, column), row, subject)
        sealed = envelope.seal(content, key=dek, version=version, place=place)
        yield {
            "table": table, "column": column, "row": str(row), "subject": str(subject),
            "dek": dek.hex(), "version": version, "content": content.hex(),
            "envelope": sealed.hex(),
        }  # fmt: skip


def wrapped_keys(random: Counted) -> Iterator[dict[str, Any]]:
    for number in range(12):
        subject, dek, kek, kek_id = uuid_of(random), random(32), random(32), random(8)
        version = 1 + number % 4
        wrapped = envelope.wrap(dek, kek=kek, kek_id=kek_id, subject=subject, version=version)
        yield {
            "subject": str(subject), "version": version, "kek": kek.hex(), "kek_id": kek_id.hex(),
            "dek": dek.hex(), "wrapped": wrapped.hex(),
        }  # fmt: skip


def indexes(random: Counted) -> Iterator[dict[str, Any]]:
    from tests.safekeeping import reader

    for number in range(16):
        kind, bits = KINDS[number % 4]
        secret, text = random(32), TEXTS[number // 4]
        value = reader.index(secret, kind, bits, text)
        yield {"secret": secret.hex(), "kind": kind, "bits": bits, "text": text, "value": value}


def main() -> None:
    random = Counted()
    envelope.random_bytes = random
    vectors = {
        "envelopes": list(envelopes(random)),
        "wrapped": list(wrapped_keys(random)),
        "indexes": list(indexes(random)),
    }
    FILE.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
