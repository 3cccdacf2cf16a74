"""Looks for canaries: words that no output of ours may ever carry, in any usual disguise."""

import base64
import gzip
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

from safekeeping import blind

GZIP, ZLIB = b"\x1f\x8b\x08", re.compile(b"\x78[\x01\x5e\x9c\xda]")
PIECE, LAP = 4_000_000, 4_096
MOST = 16_000_000  # of what unpacks from one place
SHORTEST = 6  # shorter pieces would be found by chance


def hits(data: bytes, words: Iterable[str]) -> set[str]:
    """Which words are in the data: plain or disguised, packed or not."""
    layers = {layer.lower() for layer in (data, *unpacked(data))}
    return {word for word in words if any(_is_in(layer, word) for layer in layers)}


def hits_below(folder: Path, words: Iterable[str], *, since: float = 0) -> dict[str, set[str]]:
    """Which words are in which files of a folder that were written since then."""
    files = [path for path in sorted(folder.rglob("*")) if _is_written(path, since)]
    return {str(path): found for path in files if (found := hits_in(path, words))}


def _is_written(path: Path, since: float) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime >= since
    except OSError:  # gone meanwhile
        return False


def hits_in(path: Path, words: Iterable[str]) -> set[str]:
    """The same of one file, piece by piece, lest a large one fill the memory."""
    wanted, found, before = list(words), set[str](), b""
    try:
        with path.open("rb") as opened:
            while piece := opened.read(PIECE):
                found |= hits(before + piece, wanted)
                before = piece[-LAP:]  # a word may lie over the edge
    except OSError:
        return found
    return found


def unpacked(data: bytes) -> Iterator[bytes]:
    """What unpacks from any place in the data."""
    whole = memoryview(data)  # a slice of bytes would be copied at each of many places
    for found in re.finditer(re.escape(GZIP), data):
        yield from _try(gzip_from, whole[found.start() :])
    for found in ZLIB.finditer(data):
        yield from _try(zlib_from, whole[found.start() :])


def gzip_from(data: memoryview) -> bytes:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, MOST)


def zlib_from(data: memoryview) -> bytes:
    return zlib.decompressobj().decompress(data, MOST)


def _try(unpack: Callable[[memoryview], bytes], data: memoryview) -> Iterator[bytes]:
    try:
        yield unpack(data)
    except zlib.error:
        return


def _is_in(lower: bytes, word: str) -> bool:
    return any(form.lower() in lower for form in forms(word))


@cache
def forms(word: str) -> set[bytes]:
    """The ways in which a word may be written down by mistake."""
    texts = {word, word.upper(), word.casefold(), unicodedata.normalize("NFD", word), bare(word)}
    raw = {encoded for text in texts for encoded in _encodings(text)}
    return {form for each in raw for form in _wrapped(each) if len(form) >= SHORTEST}


def bare(word: str) -> str:
    """Without diacritics; digits stay."""
    return word if word.isdigit() else blind.plain_text(word)


def _encodings(text: str) -> Iterator[bytes]:
    yield text.encode("utf-8")
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield text.encode("ascii", "backslashreplace")  # as JSON escapes it
    yield quote(text).encode()
    yield text.encode().decode("latin-1").encode()  # as a header reads, written down again


def _wrapped(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield raw.hex().encode()
    for shift in range(3):  # where in its groups of three the word may begin
        yield _core_of_base64(raw, shift)


def _core_of_base64(raw: bytes, shift: int) -> bytes:
    """The characters of base64 that the word alone decides, with `shift` bytes before it."""
    coded = base64.b64encode(b"\x00" * shift + raw)
    whole = (shift + len(raw)) // 3 * 4
    return coded[(0, 2, 3)[shift] : whole]


def packed(data: bytes) -> bytes:
    """For the scanner's own test."""
    return gzip.compress(data, mtime=0)
