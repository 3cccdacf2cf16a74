"""What became of one try: with the operator, on the phone, or failed. In hand; forward only.

The operator's word may overtake our own note of having sent, or come instead of it where the
sender was killed: it is believed at once, for nobody sends again what the operator has.
"""

from datetime import datetime

from hotline import rules
from hotline.gateways.sms import gateway
from hotline.models import Alert, Attempt, AttemptState

# Why nothing was sent at all: somebody had answered, or the person may know of it no more.
ANSWERED, NOT_THERE = "answered", "not_there"
TAKEN = frozenset({"accepted", "queued", "sending", "sent"})
ARRIVED = frozenset({"delivered"})
LOST = frozenset({"undelivered", "failed"})


def note_sent(attempt: Attempt, provider_id: str, now: datetime) -> None:
    """The operator has it; nothing if that is known already, or nobody waits for it any more."""
    if attempt.state == AttemptState.QUEUED:
        attempt.send(gateway=gateway().name, provider_id=provider_id, at=now)
        attempt.save()


def note_word(attempt: Attempt, provider_id: str, word: str, now: datetime) -> None:
    """The operator's word about a text. Unknown words, and those about another text, say nothing.

    A word that comes before our own note tells of the sending too.
    """
    if not provider_id or not attempt.tries or word not in TAKEN | ARRIVED | LOST:
        return
    note_sent(attempt, provider_id, now)
    if attempt.state != AttemptState.SENT or attempt.provider_id != provider_id:
        return
    if word in ARRIVED:
        attempt.deliver(at=now)
        attempt.save()
    elif word in LOST:
        fail(attempt, word, now)


def fail(attempt: Attempt, fault: str, now: datetime) -> None:
    """It will not arrive. Once nobody of the rung that rings can be reached, the next is due."""
    attempt.gateway = gateway().name
    attempt.fail(fault=fault[:32], at=now)
    attempt.save()
    rung = Attempt.objects.filter(alert=attempt.alert_id, step=attempt.step)
    if not rung.exclude(state=AttemptState.FAILED).exists():
        _hurry(attempt, now)


def _hurry(attempt: Attempt, now: datetime) -> None:
    """Ring the next rung now; not if the ladder has left this one, or stands at the desk."""
    ringing = Alert.objects.ringing().filter(pk=attempt.alert_id, step=attempt.step)
    alert = ringing.filter(step__lt=rules.DESK_STEP).first()
    if alert is not None:
        alert.next_action_at = now
        alert.save(update_fields=["next_action_at"])
