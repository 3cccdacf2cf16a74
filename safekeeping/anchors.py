"""Where the head of the event chain is kept outside the database: a file, and by mail.

Each adapter is one function that takes an anchor. The file is read back by `chain verify`; mails
are for people, and for the day on which the file is gone as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.core.mail import send_mail

from safekeeping.ledger import Ledger

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
HEAD, RESTORED = "head", "restored"


@dataclass(frozen=True)
class Anchor:
    """The chain's newest number and its mac (hex) at one moment; number 0 before any seal.

    kind: `head`, or `restored` where the chain began again from a backup.
    """

    number: int
    mac: str
    at: datetime
    kind: str = HEAD


def is_due(now: datetime) -> bool:
    """Whether the newest anchor is an hour old, or of a time to come: then a clock was put back.

    Raises Unreadable if its line is damaged.
    """
    newest = _ledger().rows(last=True)
    return not newest or not timedelta(0) <= now - _parsed(newest[0]).at < EVERY


def standing() -> list[Anchor]:
    """Anchors that the chain must still hold, oldest first; restores said which it lost.

    Raises Unreadable if a line is damaged or forged.
    """
    found: list[Anchor] = []
    for anchor in map(_parsed, _ledger().rows()):
        if anchor.kind == RESTORED:
            found = [each for each in found if each.number <= anchor.number]
        if anchor.number:
            found.append(anchor)
    return found


def leave_anchor(anchor: Anchor) -> None:
    """Give the anchor to every adapter the settings name."""
    for adapter in _adapters():
        adapter(anchor)


def _adapters() -> list[Callable[[Anchor], None]]:
    mail = settings.CHAIN_ANCHORS.get("mail")
    return [_to_file, _to_mail] if mail else [_to_file]


def _ledger() -> Ledger:
    return Ledger(Path(settings.CHAIN_ANCHORS["file"]), "anchors")


def _to_file(anchor: Anchor) -> None:
    _ledger().append([anchor.kind, str(anchor.number), anchor.mac, anchor.at.isoformat()])


def _to_mail(anchor: Anchor) -> None:
    """A line that is down stops neither what the file has already, nor the proof of a restore."""
    text = f"{anchor.kind} {anchor.number} {anchor.mac} {anchor.at.isoformat()}"
    try:
        send_mail("Mái Ấm: chain", text, None, [settings.CHAIN_ANCHORS["mail"]])
    except OSError as fault:  # what smtplib raises is one too
        log.error("anchor.unmailed", fault=type(fault).__name__)


def _parsed(row: list[str]) -> Anchor:
    kind, number, mac, at = row
    return Anchor(int(number), mac, datetime.fromisoformat(at), kind)
