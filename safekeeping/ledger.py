"""A file outside the database that only grows: one JSON line a row, each under the chain's key.

What a restored database cannot know is kept so: later erasures, and heads of the event chain.
"""

import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

from safekeeping import envelope, keys
from safekeeping.errors import Unreadable
from safekeeping.keyring import CHAIN

LINE = b"mai-am/ledger/v1"


@dataclass(frozen=True)
class Ledger:
    """The file `path`; `kind` binds its lines, so that none moves to another ledger."""

    path: Path
    kind: str

    def rows(self, *, last: bool = False) -> list[list[str]]:
        """All rows, oldest first, or the last one alone.

        Raises Unreadable for a damaged or forged line, KeysUnavailable.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [self._read(line) for line in (lines[-1:] if last else lines)]

    def append(self, *rows: list[str]) -> None:
        """Add rows, safely on disk before this returns."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(number, "a", encoding="utf-8") as opened:
            opened.write("".join(self._line(row) for row in rows))
            opened.flush()
            os.fsync(opened.fileno())

    def _line(self, row: list[str]) -> str:
        key = keys.ring().primary(CHAIN)
        return json.dumps([*row, key.id, self._mac(key.secret, [*row, key.id])]) + "\n"

    def _read(self, line: str) -> list[str]:
        try:
            *row, key_id, mac = [str(word) for word in json.loads(line)]
        except (ValueError, TypeError):
            raise Unreadable(f"A line of {self.path.name} is damaged.") from None
        key = keys.ring().by_id(CHAIN, key_id)
        if not hmac.compare_digest(mac, self._mac(key.secret, [*row, key_id])):
            raise Unreadable(f"A line of {self.path.name} is forged.")
        return row

    def _mac(self, secret: bytes, words: list[str]) -> str:
        text = LINE + b"".join(envelope.length_prefixed(word) for word in [self.kind, *words])
        return hmac.digest(secret, text, "sha256").hex()
