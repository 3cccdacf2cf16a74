"""The chain over all events: nobody changes, drops or reorders one unnoticed.

Within seconds the sealer gives each new event a number and a mac over the mac before it and the
event's row, with a key outside the database. Hourly the head goes to places outside too, so that
a database put back to an earlier state is found out. Bounds: an event removed before it was
sealed leaves no trace here, and who holds the chain's key can forge all of it.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, OuterRef, QuerySet

from safekeeping import keys, rls
from safekeeping.anchors import HEAD, RESTORED, Anchor, is_due, leave_anchor, standing
from safekeeping.keyring import CHAIN
from safekeeping.models import Event, EventSeal
from safekeeping.sweeps import sweep

ROOT = bytes(32)  # what comes before the first seal
BATCH = 1000
# Ids are given out before commits: one this far behind the newest sealed may still appear; what
# comes later yet is found by the hourly look at everything.
LATE_IDS = 10_000
ONE_SEALER = 20_843  # advisory lock
SEALED_WITHIN = timedelta(minutes=5)  # far beyond the usual seconds: later is a finding

COLUMNS = (
    "id", "reference", "topic", "subject_kind", "subject", "case_id", "actor_id", "agency_id",
    "happened_at", "recorded_at", "from_state", "to_state", "code", "groups", "override",
    "out_of_order", "digest",
)  # fmt: skip  # the canonical row, version 1: frozen


# Sealing


@sweep("seal-events")
def seal_events(now: datetime) -> int:
    """Seal what is new, and every hour leave the head outside; returns how many were sealed."""
    sealed = _seal_all(now, everything=False)
    if is_due(now):
        sealed += _seal_all(now, everything=True)
        anchor_head(now)
    return sealed


def anchor_head(now: datetime, kind: str = HEAD) -> Anchor | None:
    """Leave the newest seal outside the database; None while there is none."""
    with rls.acting(actor=None, now=now, system="seal"):
        head = _head()
    if head is None and kind == HEAD:
        return None
    number, mac = (head.number, bytes(head.mac).hex()) if head else (0, "")
    anchor = Anchor(number, mac, now, kind)
    leave_anchor(anchor)
    return anchor


def note_restore(now: datetime) -> None:
    """After a restore: say outside that the chain goes on from here; what came later is lost."""
    anchor_head(now, RESTORED)


def _seal_all(now: datetime, *, everything: bool) -> int:
    done = batch = _seal_batch(now, everything=everything)
    while batch == BATCH:
        batch = _seal_batch(now, everything=everything)
        done += batch
    return done


def _seal_batch(now: datetime, *, everything: bool) -> int:
    with rls.acting(actor=None, now=now, system="seal"):
        _be_the_only_one()
        waiting = _unsealed() if everything else _unsealed().filter(pk__gt=_looked_at())
        events = list(waiting.order_by("pk")[:BATCH])
        if events:
            EventSeal.objects.bulk_create(_seals(events, now))
    return len(events)


def _be_the_only_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEALER])


def _unsealed() -> QuerySet[Event]:
    return Event.objects.filter(~Exists(EventSeal.objects.filter(event_id=OuterRef("pk"))))


def _looked_at() -> int:
    """The id up to which all events are taken for sealed."""
    newest = EventSeal.objects.aggregate(newest=Max("event_id"))["newest"]
    return (newest or 0) - LATE_IDS


def _head() -> EventSeal | None:
    return EventSeal.objects.order_by("-number").first()


def _seals(events: list[Event], now: datetime) -> Iterator[EventSeal]:
    head, key = _head(), keys.ring().primary(CHAIN)
    number, before = (head.number, bytes(head.mac)) if head else (0, ROOT)
    for event in events:
        number += 1
        seal = EventSeal(number=number, event_id=event.pk, key_id=key.id, sealed_at=now)
        seal.mac = before = mac_of(seal, event, before, key.secret)
        yield seal


def mac_of(seal: EventSeal, event: Event, before: bytes, secret: bytes) -> bytes:
    """HMAC-SHA256 over the mac before and the canonical row of the event with its number."""
    return hmac.digest(secret, before + canonical(seal, event), "sha256")


def canonical(seal: EventSeal, event: Event) -> bytes:
    """Version 1 of the row as bytes: a JSON array, times in UTC, bytes as hex."""
    row = ["v1", seal.number, _plain(seal.sealed_at), seal.key_id]
    row += [_plain(getattr(event, column)) for column in COLUMNS]
    return json.dumps(row, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str, list)):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return str(value)


# Verifying


@dataclass(frozen=True)
class Finding:
    """What is wrong, and at which number of the chain (or event id, where it has none)."""

    kind: str
    at: int


FINDINGS = {
    "gap": "seals are missing before number {at}",
    "event-gone": "the event under seal {at} is gone",
    "changed": "the event under seal {at} was changed, or seals were put in another order",
    "rolled-back": "the chain once had a seal {at} that it lacks now",
    "other-past": "seal {at} is not the one that was anchored outside",
    "unsealed": "event {at} was not sealed in time",
    "key-gone": "the key ring lacks the key of seal {at}",
}


def verify(now: datetime) -> list[Finding]:
    """Everything wrong with the chain, in its order; empty when all is well.

    Raises Unreadable if an anchor's file is damaged, KeysUnavailable.
    """
    with rls.acting(actor=None, now=now, system="audit"):
        found = list(_walk())
        found += _against_anchors()
        found += [Finding("unsealed", pk) for pk in _late(now)]
    return found


def _walk() -> Iterator[Finding]:
    expected, before = 1, ROOT
    for seal, event in _pairs():
        if seal.number != expected:
            yield Finding("gap", seal.number)
        yield from _fault(seal, event, before)
        expected, before = seal.number + 1, bytes(seal.mac)


def _pairs() -> Iterator[tuple[EventSeal, Event | None]]:
    """All seals by number, each with its event."""
    last = 0
    while seals := list(EventSeal.objects.filter(number__gt=last).order_by("number")[:BATCH]):
        events = Event.objects.in_bulk([seal.event_id for seal in seals])
        yield from ((seal, events.get(seal.event_id)) for seal in seals)
        last = seals[-1].number


def _fault(seal: EventSeal, event: Event | None, before: bytes) -> Iterator[Finding]:
    secrets = {key.id: key.secret for key in keys.ring().all_of(CHAIN)}
    if event is None:
        yield Finding("event-gone", seal.number)
    elif seal.key_id not in secrets:
        yield Finding("key-gone", seal.number)
    elif not hmac.compare_digest(
        bytes(seal.mac), mac_of(seal, event, before, secrets[seal.key_id])
    ):
        yield Finding("changed", seal.number)


def _against_anchors() -> Iterator[Finding]:
    anchors = standing()
    macs = EventSeal.objects.in_bulk([anchor.number for anchor in anchors])
    for anchor in anchors:
        seal = macs.get(anchor.number)
        if seal is None:
            yield Finding("rolled-back", anchor.number)
        elif bytes(seal.mac).hex() != anchor.mac:
            yield Finding("other-past", anchor.number)


def _late(now: datetime) -> list[int]:
    late = _unsealed().filter(recorded_at__lt=now - SEALED_WITHIN)
    return list(late.order_by("pk").values_list("pk", flat=True)[:BATCH])
