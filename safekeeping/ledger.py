"""A file outside the database that only grows: one JSON line a row, each under the chain's key.

What a restored database cannot know is kept so: later erasures, and heads of the event chain.
Every line covers the one before it: none is changed, left out, moved or said again unnoticed.
The bound: a tail cut off leaves no trace here. Erasures are then copied anew from the database;
for heads there are the mails.
"""

import hmac
import json
import os
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from itertools import pairwise
from pathlib import Path

from safekeeping import envelope, keys
from safekeeping.errors import Unreadable
from safekeeping.keyring import CHAIN, Key

LINE = b"mai-am/ledger/v2"
END = b"\n"
LEAST = 2  # words of a line: the key's id and the mac


@dataclass(frozen=True)
class Ledger:
    """The file `path`; `kind` binds its lines, so that none moves to another ledger."""

    path: Path
    kind: str

    def rows(self, *, last: bool = False) -> list[list[str]]:
        """All rows, oldest first, or the last one alone.

        Raises Unreadable for a damaged, moved or forged line, KeysUnavailable.
        """
        try:
            lines = self._split(self.path.read_bytes())
        except FileNotFoundError:
            return []
        pairs = list(pairwise([b"", *lines]))
        return [self._read(line, before) for before, line in (pairs[-1:] if last else pairs)]

    def append(self, *rows: list[str]) -> None:
        """Add rows, safely on disk before this returns; one process at a time.

        A disk that takes but a part of them keeps none: half a line would end the ledger for good.
        Raises Unreadable where the file does not end in a whole line.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
        with os.fdopen(number, "a+b", buffering=0) as opened:
            flock(opened, LOCK_EX)
            opened.seek(0)
            stored = opened.read()
            lines = self._split(stored)
            try:
                _write(number, self._lines(rows, lines[-1] if lines else b""))
            except OSError:
                os.ftruncate(number, len(stored))
                raise

    def _lines(self, rows: tuple[list[str], ...], before: bytes) -> bytes:
        key, added = keys.ring().primary(CHAIN), b""
        for row in rows:
            before = self._line(row, key, before)
            added += before + END
        return added

    def _line(self, row: list[str], key: Key, before: bytes) -> bytes:
        words = [self.kind, self._words(before)[-1] if before else "", *row, key.id]
        text = LINE + b"".join(map(envelope.length_prefixed, words))
        mac = hmac.digest(key.secret, text, "sha256")
        return json.dumps([*row, key.id, mac.hex()]).encode()

    def _read(self, line: bytes, before: bytes) -> list[str]:
        *row, key_id, _ = self._words(line)
        key = keys.ring().by_id(CHAIN, key_id)
        try:
            expected = self._line(row, key, before)
        except (ValueError, OverflowError):  # words that no row of ours ever held
            raise self._forged() from None
        if not hmac.compare_digest(line, expected):
            raise self._forged()
        return row

    def _words(self, line: bytes) -> list[str]:
        try:
            words: list[str] = json.loads(line)
        except (ValueError, RecursionError):
            raise self._forged() from None
        if type(words) is not list or len(words) < LEAST or {type(word) for word in words} != {str}:
            raise self._forged()
        return words

    def _split(self, stored: bytes) -> list[bytes]:
        *lines, rest = stored.split(END)
        if rest:
            raise self._forged()
        return lines

    def _forged(self) -> Unreadable:
        return Unreadable(f"A line of {self.path.name} is damaged or forged.")


def _write(number: int, added: bytes) -> None:
    while added:
        added = added[os.write(number, added) :]
    os.fsync(number)
