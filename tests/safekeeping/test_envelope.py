import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from safekeeping import envelope
from safekeeping.envelope import Place, names_of
from safekeeping.errors import Unreadable
from tests.safekeeping import reader

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("vectors.json").read_text(encoding="utf-8")
)
KEY, OTHER_KEY = b"\x07" * 32, b"\x08" * 32
PLACE = Place(names_of("casework_survivor", "identity"), uuid4(), uuid4())
SEALED = envelope.seal(b'{"full_name":"x"}', key=KEY, version=3, place=PLACE)
KEK_ID, SUBJECT = b"kek-id-8", uuid4()
WRAPPED = envelope.wrap(KEY, kek=OTHER_KEY, kek_id=KEK_ID, subject=SUBJECT, version=1)


def unsealed(sealed: bytes, place: Place = PLACE, version: int = 3, key: bytes = KEY) -> bytes:
    return envelope.unseal(sealed, keys={version: key}, place=place)


def unwrapped(wrapped: bytes, subject: UUID = SUBJECT, version: int = 1) -> bytes:
    return envelope.unwrap(wrapped, keks={KEK_ID: OTHER_KEY}, subject=subject, version=version)


def is_refused(sealed: bytes, **where: Any) -> bool:
    try:
        unsealed(sealed, **where)
    except Unreadable as refusal:
        return str(refusal) == "A sealed value cannot be read." and refusal.__cause__ is None
    return False


def test_there_are_sixty_known_answers_or_more():
    assert sum(map(len, VECTORS.values())) >= 60


@pytest.mark.parametrize("known", VECTORS["envelopes"])
def test_known_envelopes_open(known):
    place = Place(
        names_of(known["table"], known["column"]), UUID(known["row"]), UUID(known["subject"])
    )

    content = envelope.unseal(
        bytes.fromhex(known["envelope"]),
        keys={known["version"]: bytes.fromhex(known["dek"])},
        place=place,
    )

    assert content.hex() == known["content"]


@pytest.mark.parametrize("known", VECTORS["envelopes"])
def test_the_second_reader_opens_known_envelopes(known):
    where = {name: known[name] for name in ("table", "column", "row", "subject")}

    version, content = reader.read_envelope(
        bytes.fromhex(known["envelope"]), dek=bytes.fromhex(known["dek"]), **where
    )

    assert (version, content.hex()) == (known["version"], known["content"])


@pytest.mark.parametrize("known", VECTORS["wrapped"])
def test_known_wrapped_keys_open_for_both_readers(known):
    wrapped, kek = bytes.fromhex(known["wrapped"]), bytes.fromhex(known["kek"])
    bound = {"subject": UUID(known["subject"]), "version": known["version"]}

    ours = envelope.unwrap(wrapped, keks={bytes.fromhex(known["kek_id"]): kek}, **bound)
    theirs = reader.read_wrapped(
        wrapped, kek=kek, subject=known["subject"], version=known["version"]
    )

    assert ours.hex() == known["dek"]
    assert theirs == (bytes.fromhex(known["kek_id"]), ours)


@given(st.binary(max_size=3000), st.integers(1, 2**32 - 1))
def test_what_is_sealed_opens_and_is_padded(content, version):
    sealed = envelope.seal(content, key=KEY, version=version, place=PLACE)

    size = len(sealed) - envelope.HEAD - envelope.TAG
    assert unsealed(sealed, version=version) == content
    assert size in {64, 128} or size % 256 == 0


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(1, 200))
def test_our_expansion_is_that_of_the_rfc(key, info, length):
    theirs = HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(key)

    assert envelope.expand(key, info, length) == theirs


def test_the_same_content_never_looks_the_same():
    again = envelope.seal(b'{"full_name":"x"}', key=KEY, version=3, place=PLACE)

    assert again[6:] != SEALED[6:]
    assert len(again) == len(SEALED)


@pytest.mark.parametrize(
    "elsewhere",
    [
        PLACE._replace(row=uuid4()),
        PLACE._replace(subject=uuid4()),
        PLACE._replace(names=names_of("casework_survivor", "contact")),
        PLACE._replace(names=names_of("casework_survivoridentity", "")),
        PLACE._replace(row=PLACE.subject, subject=PLACE.row),
    ],
)
def test_a_value_moved_elsewhere_is_refused(elsewhere):
    assert is_refused(SEALED, place=elsewhere)


@pytest.mark.parametrize("where", [{"key": OTHER_KEY}, {"version": 4}])
def test_another_key_or_version_is_refused(where):
    assert is_refused(SEALED, **where)


def test_a_ciphertext_that_fits_another_key_too_is_stopped_by_its_commitment():
    other = envelope.seal(b"", key=OTHER_KEY, version=3, place=PLACE)

    assert is_refused(other[:18] + SEALED[18:50] + other[50:], key=OTHER_KEY)


def test_a_padding_that_hides_something_is_refused(monkeypatch):
    monkeypatch.setattr(envelope, "padded", lambda content: b"\x00\x00\x00\x00" + b"x" * 60)

    assert is_refused(envelope.seal(b"", key=KEY, version=3, place=PLACE))


def wrapped_is_refused(wrapped: bytes, **bound: Any) -> bool:
    try:
        unwrapped(wrapped, **bound)
    except Unreadable:
        return True
    return False


@pytest.mark.parametrize("bound", [{"subject": uuid4()}, {"version": 2}])
def test_a_wrapped_key_of_another_subject_or_version_is_refused(bound):
    assert unwrapped(WRAPPED) == KEY
    assert wrapped_is_refused(WRAPPED, **bound)
    assert wrapped_is_refused(WRAPPED[:-1])
