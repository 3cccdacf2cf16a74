"""Sends what is queued, outside any transaction, and bears being killed at every line.

Claim, send, note. Who dies between the last two leaves a claim that soon ends; the next sweep
sends once more: at most one text too many for a crash, never one too few. Who lives holds a lock
as long as the line is used: a claim is made under the `now` of a round that may have taken
minutes, so its end alone would keep nobody away.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from casework import access
from hotline import outcomes, rules
from hotline.gateways.base import Permanent, Receipt, Temporary
from hotline.gateways.sms import gateway
from hotline.models import Attempt, AttemptState
from network.models import Membership, Shift
from safekeeping import rls, sealed
from safekeeping.errors import KeysUnavailable, Unreadable
from safekeeping.sweeps import each

log = structlog.get_logger(__name__)
CHANCES = 1_000_000
ON_THE_LINE = 20843  # locks of pairs of numbers; those of cases are of single ones
KEYS_AWAY = "keys_away"


@dataclass(frozen=True)
class Claim:
    """What one try needs, taken out of the database before the line is used."""

    attempt_id: int
    case_id: int
    reference: UUID
    number: str
    text: str


def queued() -> Any:
    """Tries that wait for their time."""
    return Attempt.objects.filter(state=AttemptState.QUEUED)


def due_attempts(now: datetime) -> list[tuple[int, int]]:
    """(attempt, case) ids that wait to be sent, oldest first."""
    with rls.acting(actor=None, now=now, system="sweep"):
        due = queued().filter(next_try_at__lte=now)
        return list(due.order_by("next_try_at", "pk").values_list("pk", "case_id"))


def send_due(now: datetime) -> int:
    """Send everything that waits; returns how many were tried."""
    return each(partial(send_one, now=now), due_attempts(now))


def send_one(attempt_id: int, case_id: int, *, now: datetime) -> bool:
    """One try of one attempt; false if another process has it, or the keys are away."""
    with _on_the_line(attempt_id) as ours:
        return ours and _send_one(attempt_id, case_id, now)


@contextmanager
def _on_the_line(attempt_id: int) -> Iterator[bool]:
    """Whether nobody else is sending this; the lock of a killed process ends with its session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [ON_THE_LINE, attempt_id])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with suppress(DatabaseError), connection.cursor() as cursor:  # gone with its session
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [ON_THE_LINE, attempt_id])


def _send_one(attempt_id: int, case_id: int, now: datetime) -> bool:
    try:
        claim = _claim(attempt_id, case_id, now)
    except KeysUnavailable:
        _wait_for_keys(attempt_id, case_id, now)
        return False
    if claim is None:
        return False
    try:
        receipt = gateway().send(number=claim.number, text=claim.text, key=str(claim.reference))
    except Temporary as refused:
        _note_refusal(claim, refused, now)
    else:
        _note_sent(claim, receipt, now)
    return True


@contextmanager
def _in_hand(case_id: int, now: datetime) -> Iterator[None]:
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        yield


def _claim(attempt_id: int, case_id: int, now: datetime) -> Claim | None:
    with _in_hand(case_id, now):
        attempt = Attempt.objects.select_related("alert", "shift__agency", "shift__membership").get(
            pk=attempt_id
        )
        if attempt.state != AttemptState.QUEUED or attempt.next_try_at is None:
            return None
        if attempt.next_try_at > now:
            return None
        attempt.tries += 1
        attempt.next_try_at = now + rules.LEASE
        fault = "" if _is_there(attempt.shift, case_id, now) else outcomes.NOT_THERE
        number = None if fault else _number(attempt.shift)
        if number is None:
            outcomes.fail(attempt, fault or "no_number", now)
            return None
        attempt.save(update_fields=["tries", "next_try_at"])
        text = rules.text_of(attempt.alert.mark)
        return Claim(attempt.pk, case_id, attempt.reference, number, text)


def _is_there(shift: Shift, case_id: int, now: datetime) -> bool:
    """Whether the person is a member still, and not named since by a block of the case."""
    if not Membership.objects.live(now).filter(pk=shift.membership_id).exists():
        return False
    offices, people = access.blocked(case_id)
    return shift.agency_id not in offices and shift.membership.user_id not in people


def _number(shift: Shift) -> str | None:
    """The number of the shift, opened for this one text; None if it cannot be read.

    Raises KeysUnavailable.
    """
    try:
        sealed.open_fields([shift], ["phone"])
    except KeysUnavailable:
        raise
    except Unreadable:
        return None
    return shift.phone.number if shift.phone else None


def _wait_for_keys(attempt_id: int, case_id: int, now: datetime) -> None:
    """No try of the line's: nobody is passed over, while the ladder climbs on as it would."""
    with _in_hand(case_id, now):
        attempt = Attempt.objects.get(pk=attempt_id)
        if attempt.state == AttemptState.QUEUED:
            attempt.fault, attempt.next_try_at = KEYS_AWAY, now + rules.UNTIL_KEYS
            attempt.save(update_fields=["fault", "next_try_at"])


def _note_sent(claim: Claim, receipt: Receipt, now: datetime) -> None:
    with _in_hand(claim.case_id, now):
        outcomes.note_sent(Attempt.objects.get(pk=claim.attempt_id), receipt.provider_id, now)
    log.info("attempt.sent", attempt=str(claim.reference), gateway=gateway().name)


def _note_refusal(claim: Claim, refused: Temporary, now: datetime) -> None:
    """A passing fault waits; a final one rings the next person at once."""
    with _in_hand(claim.case_id, now):
        attempt = Attempt.objects.select_related("alert").get(pk=claim.attempt_id)
        if attempt.state != AttemptState.QUEUED:
            return
        chance = secrets.randbelow(CHANCES) / CHANCES
        wait = rules.retry_after(attempt.tries, chance=chance)
        if isinstance(refused, Permanent) or wait is None:
            outcomes.fail(attempt, refused.code, now)
        else:
            attempt.fault, attempt.next_try_at = refused.code, now + wait
            attempt.save(update_fields=["fault", "next_try_at"])
    log.warning("attempt.refused", attempt=str(claim.reference), fault=refused.code)
