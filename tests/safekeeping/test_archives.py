import io
from datetime import UTC, datetime

import pytest

from safekeeping import archives
from safekeeping.errors import KeysUnavailable, Unreadable
from safekeeping.keyring import KeyRing, new_ring

RING = new_ring(now=datetime(2026, 1, 1, tzinfo=UTC))
FACTS = {"made": "2026-01-01T00:00:00+00:00", "server": 18}
SIZES = [0, 1, archives.CHUNK - 1, archives.CHUNK, archives.CHUNK + 1, 3 * archives.CHUNK]


class Pipe(io.BytesIO):
    """Gives at most 1,000 bytes at a time, as a pipe may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(1000, size) if size and size > 0 else size)


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    archives.seal(Pipe(content), target, facts=FACTS, ring=RING)
    return target.getvalue()


def opened(archive: bytes, ring: KeyRing = RING) -> bytes:
    source = io.BytesIO(archive)
    head = archives.read_head(source)
    return b"".join(archives.unseal(source, head, ring=ring))


@pytest.mark.parametrize("size", SIZES)
def test_an_archive_opens_to_what_went_in(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    assert opened(sealed(content)) == content


def test_nothing_of_the_content_stands_in_the_archive() -> None:
    assert b"Hoa Sen" not in sealed(b"Hoa Sen" * 1000)


def test_the_head_is_read_without_keys() -> None:
    head = archives.read_head(io.BytesIO(sealed(b"x")))

    assert head.facts == FACTS


def whole_chunks() -> tuple[bytes, list[bytes]]:
    archive = sealed(b"a" * archives.CHUNK + b"b" * archives.CHUNK + b"c")
    start = len(archive) - 2 * (archives.CHUNK + 16) - 17
    size = archives.CHUNK + 16
    body = archive[start:]
    return archive[:start], [body[:size], body[size : 2 * size], body[2 * size :]]


@pytest.mark.parametrize(
    "order", [[1, 0, 2], [0, 1], [0], [0, 2], [0, 1, 1, 2], [0, 0, 2], []], ids=str
)
def test_a_cut_swap_or_splice_is_seen(order: list[int]) -> None:
    head, chunks = whole_chunks()

    with pytest.raises(Unreadable):
        opened(head + b"".join(chunks[number] for number in order))


def test_a_chunk_of_another_archive_is_refused() -> None:
    head, chunks = whole_chunks()
    _, others = whole_chunks()

    with pytest.raises(Unreadable):
        opened(head + chunks[0] + others[1] + chunks[2])


@pytest.mark.parametrize("place", [0, 5, 20, 40, 60, 200, -1, -17])
def test_a_changed_byte_is_seen(place: int) -> None:
    archive = bytearray(sealed(b"content"))
    archive[place] ^= 1

    with pytest.raises((Unreadable, KeysUnavailable)):
        opened(bytes(archive))


def test_another_ring_does_not_open_it() -> None:
    other = new_ring(now=datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(KeysUnavailable):
        opened(sealed(b"content"), other)


@pytest.mark.parametrize("rubbish", [b"", b"PGDMP", archives.MAGIC, archives.MAGIC + b"\xff" * 8])
def test_rubbish_is_unreadable(rubbish: bytes) -> None:
    with pytest.raises(Unreadable):
        opened(rubbish)
