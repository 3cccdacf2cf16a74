"""Where the head of the event chain is kept outside the database: a file, and by mail.

Each adapter is one function that takes an anchor. The file is read back by `chain verify`; mails
are for people, and for the day on which the file is gone as well.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail

from safekeeping.errors import Unreadable

EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Anchor:
    """The chain's newest number and its mac (hex) at one moment."""

    number: int
    mac: str
    at: datetime


def is_due(now: datetime) -> bool:
    """Whether the newest anchor is an hour old. Raises Unreadable if its line is damaged."""
    newest = _lines()[-1:]
    return not newest or _parsed(newest[0]).at + EVERY <= now


def all_anchors() -> list[Anchor]:
    """The file's anchors, oldest first. Raises Unreadable if a line is damaged."""
    return [_parsed(line) for line in _lines()]


def _lines() -> list[str]:
    try:
        return _path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def leave_anchor(anchor: Anchor) -> None:
    """Give the anchor to every adapter the settings name."""
    for adapter in _adapters():
        adapter(anchor)


def _adapters() -> list[Callable[[Anchor], None]]:
    mail = settings.CHAIN_ANCHORS.get("mail")
    return [_to_file, _to_mail] if mail else [_to_file]


def _path() -> Path:
    return Path(settings.CHAIN_ANCHORS["file"])


def _to_file(anchor: Anchor) -> None:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with os.fdopen(number, "a", encoding="utf-8") as opened:
        opened.write(json.dumps([anchor.number, anchor.mac, anchor.at.isoformat()]) + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def _to_mail(anchor: Anchor) -> None:
    text = f"{anchor.number} {anchor.mac} {anchor.at.isoformat()}"
    send_mail("Mái Ấm: chain", text, None, [settings.CHAIN_ANCHORS["mail"]])


def _parsed(line: str) -> Anchor:
    try:
        number, mac, at = json.loads(line)
        return Anchor(int(number), str(mac), datetime.fromisoformat(at))
    except (ValueError, TypeError):
        raise Unreadable("A line of the anchors' file is damaged.") from None
