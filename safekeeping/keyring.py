"""The key ring: our root keys, each 32 random bytes with an id, kept outside the database.

    wrap      wraps the survivors' data keys (KEK)
    index     makes blind indexes (BIK); the bits of each index are kept with it
    chain     seals the event chain (AUK)
    figures   rounds the figures, one secret a year

Of each use one key writes, the newest that is not retired; all of them read. The ring comes from
a file, the environment or a command (`source_of`), all behind `KeySource`.
"""

import base64
import hashlib
import json
import os
import secrets
import shlex
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from fcntl import LOCK_EX, flock
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from safekeeping.errors import KeysUnavailable

WRAP, INDEX, CHAIN, FIGURES = "wrap", "index", "chain", "figures"
USES = (WRAP, INDEX, CHAIN, FIGURES)
FORMAT = 1
NAMES = {"format", "check", "keys"}
KEY_BYTES = 32
COMMAND_SECONDS = 10
# Our choice: a service that lets us wait is left alone for so long. Else each page and each text
# waits for it by itself, with a case in hand, until none is served at all.
MUTE_SECONDS = 30

# Bits of all indexes together for an installation of some 5,000 survivors: an index is a crowd.
SMALL_BITS = {"phone": 3, "id_number": 3, "name": 3, "given_year": 2}


@dataclass(frozen=True, slots=True)
class Key:
    """One root key; `secret` is kept out of every repr."""

    id: str
    use: str
    made: datetime
    secret: bytes = field(repr=False)
    retired: datetime | None = None
    year: int | None = None
    bits: Mapping[str, int] | None = None


def new_key(use: str, *, now: datetime, **more: Any) -> Key:
    """A fresh random key; `more` are `year` for figures and `bits` for index keys."""
    return Key(
        id=secrets.token_hex(8), use=use, made=now, secret=secrets.token_bytes(KEY_BYTES), **more
    )


@dataclass(frozen=True)
class KeyRing:
    """All root keys, in the order they were made."""

    keys: tuple[Key, ...] = field(repr=False)

    def all_of(self, use: str) -> tuple[Key, ...]:
        return tuple(key for key in self.keys if key.use == use)

    def primary(self, use: str) -> Key:
        """The key that writes. Raises KeysUnavailable if the ring has none."""
        writing = [key for key in self.all_of(use) if key.retired is None]
        if not writing:
            raise KeysUnavailable(f"The key ring has no key for {use}.")
        return writing[-1]

    def by_id(self, use: str, key_id: str) -> Key:
        """The key that wrote something earlier. Raises KeysUnavailable if it is gone."""
        for key in self.all_of(use):
            if key.id == key_id:
                return key
        raise KeysUnavailable(f"The key ring lacks the {use} key {key_id}.")

    @cached_property
    def keks(self) -> dict[bytes, bytes]:
        """Wrapping keys by their 8-byte ids."""
        return {bytes.fromhex(key.id): key.secret for key in self.all_of(WRAP)}

    def figures(self, year: int) -> Key:
        """The secret that rounds that year's figures. Raises KeysUnavailable."""
        for key in self.all_of(FIGURES):
            if key.year == year:
                return key
        raise KeysUnavailable(f"The key ring has no secret for the figures of {year}.")

    def has_figures(self, year: int) -> bool:
        return any(key.year == year for key in self.all_of(FIGURES))

    def with_key(self, key: Key) -> "KeyRing":
        return KeyRing((*self.keys, key))

    def retiring(self, use: str, *, now: datetime) -> "KeyRing":
        """The same ring, in which only the newest key of that use still writes."""
        last = self.primary(use)
        return KeyRing(
            tuple(
                replace(key, retired=now)
                if key.use == use and key is not last and key.retired is None
                else key
                for key in self.keys
            )
        )

    def without(self, key_id: str) -> "KeyRing":
        return KeyRing(tuple(key for key in self.keys if key.id != key_id))


def new_ring(*, now: datetime) -> KeyRing:
    """A first ring: one key of each use, and the figures' secret of this year."""
    return KeyRing(
        (
            new_key(WRAP, now=now),
            new_key(INDEX, now=now, bits=dict(SMALL_BITS)),
            new_key(CHAIN, now=now),
            new_key(FIGURES, now=now, year=now.year),
        )
    )


# As text


def dumps(ring: KeyRing) -> str:
    """The ring as JSON, for a file or an environment variable.

    `check` tells a damaged ring: a bit in a year or in the bits of an index would be no fault
    that anybody sees, but other figures and people who are not found again.
    """
    stored = [_as_dict(key) for key in ring.keys]
    return json.dumps({"format": FORMAT, "check": _check(stored), "keys": stored}, indent=1)


def _check(stored: Any) -> str:
    text = json.dumps(stored, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _as_dict(key: Key) -> dict[str, Any]:
    stored = {
        "id": key.id,
        "use": key.use,
        "made": key.made.isoformat(),
        "secret": base64.b64encode(key.secret).decode(),
        "retired": key.retired.isoformat() if key.retired else None,
        "year": key.year,
        "bits": dict(key.bits) if key.bits else None,
    }
    return {name: value for name, value in stored.items() if value is not None}


def loads(text: str | bytes) -> KeyRing:
    """The ring in a text that `dumps` made; one written by hand may lack its check.

    Raises KeysUnavailable, never quoting the text.
    """
    try:
        stored = json.loads(text)
        known_format = stored["format"] == FORMAT and stored.keys() <= NAMES
        ring = KeyRing(tuple(_from_dict(one) for one in stored["keys"]))
        whole = all(len(key.secret) == KEY_BYTES for key in ring.keys)
        whole &= stored.get("check", _check(stored["keys"])) == _check(stored["keys"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise KeysUnavailable("The key ring is damaged.") from None
    if not known_format or not whole:
        raise KeysUnavailable("The key ring is damaged or of another format.")
    return ring


def _from_dict(stored: dict[str, Any]) -> Key:
    return Key(
        id=bytes.fromhex(stored["id"]).hex(),
        use=stored["use"],
        made=datetime.fromisoformat(stored["made"]),
        secret=base64.b64decode(stored["secret"], validate=True),
        retired=datetime.fromisoformat(stored["retired"]) if "retired" in stored else None,
        year=stored.get("year"),
        bits=stored.get("bits"),
    )


# Where it comes from


class KeySource(Protocol):
    """Where the ring is kept. `load` raises KeysUnavailable; `change` raises it where one may
    only read: such a ring is changed by whoever keeps it."""

    def load(self) -> KeyRing: ...

    def exists(self) -> bool: ...

    def change(self) -> AbstractContextManager["Change"]: ...


@dataclass
class Change:
    """A ring being changed; what is left in `ring` at the end of the block is kept."""

    ring: KeyRing


@dataclass(frozen=True)
class FileSource:
    """A file that its owner alone may read (mode 0600)."""

    path: Path

    def exists(self) -> bool:
        return self.path.exists()

    def load(self) -> KeyRing:
        try:
            with self.path.open("rb") as opened:
                _require_private(opened.fileno(), self.path)
                return loads(opened.read())
        except OSError as error:
            why = error.strerror or "not readable"
            raise KeysUnavailable(f"The key ring {self.path} cannot be read: {why}.") from None

    @contextmanager
    def change(self) -> Iterator[Change]:
        """One process at a time; the file is replaced whole, so a reader never sees half.

        What a killed one left beside it goes: it may hold keys that are destroyed since.
        """
        lock = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            flock(lock, LOCK_EX)
            for left in self.path.parent.glob(f".{self.path.name}.*"):
                left.unlink(missing_ok=True)
            change = Change(self.load())
            yield change
            self._write(change.ring)
        finally:
            os.close(lock)

    def make(self, ring: KeyRing) -> bool:
        """Write a first ring; False if somebody else was quicker."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._beside(ring)
        try:
            os.link(fresh, self.path)
        except FileExistsError:
            return False
        finally:
            fresh.unlink(missing_ok=True)
        return True

    def _write(self, ring: KeyRing) -> None:
        self._beside(ring).replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _beside(self, ring: KeyRing) -> Path:
        """The ring in a new file of the same folder, safely on disk."""
        fresh = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        number = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as opened:
            opened.write(dumps(ring))
            opened.flush()
            os.fsync(opened.fileno())
        return fresh


def _require_private(number: int, path: Path) -> None:
    found = os.fstat(number)
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise KeysUnavailable(
            f"The key ring {path} may be read by others: set its mode to 0600, then rotate."
        )
    if found.st_uid not in {os.geteuid(), 0}:
        raise KeysUnavailable(f"The key ring {path} belongs to another user.")


class _ReadOnly:
    """A ring that is changed where it is kept, not by us."""

    def exists(self) -> bool:
        return True

    def change(self) -> AbstractContextManager[Change]:
        raise KeysUnavailable("This key ring is changed where it is kept, not from here.")


@dataclass(frozen=True)
class TextSource(_ReadOnly):
    """The ring's JSON itself, from the environment."""

    text: str = field(repr=False)

    def load(self) -> KeyRing:
        return loads(self.text)


_mute_until: dict[tuple[str, ...], float] = {}


@dataclass(frozen=True)
class CommandSource(_ReadOnly):
    """A program that prints the ring's JSON: the door to a key service."""

    command: tuple[str, ...]

    def load(self) -> KeyRing:
        if time.monotonic() < _mute_until.get(self.command, 0.0):
            raise KeysUnavailable("The key service does not answer.")
        try:
            done = subprocess.run(  # noqa: S603  the operator's own program, from the settings
                self.command, capture_output=True, timeout=COMMAND_SECONDS, check=True, text=True
            )
        except subprocess.TimeoutExpired:
            _mute_until[self.command] = time.monotonic() + MUTE_SECONDS
            raise KeysUnavailable("The key service does not answer.") from None
        except (OSError, subprocess.SubprocessError, ValueError):
            raise KeysUnavailable("The key service does not answer.") from None
        return loads(done.stdout)


def source_of(where: Mapping[str, str]) -> KeySource:
    """The source that the setting KEY_RING names: `command` before `json` before `file`."""
    if where.get("command"):
        return CommandSource(tuple(shlex.split(where["command"])))
    if where.get("json"):
        return TextSource(where["json"])
    return FileSource(Path(where["file"]))
