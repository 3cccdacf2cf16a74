"""R6: receipts that are forged, replayed, late or out of order: not believed, not counted twice.

A forgery is anything that was not signed with our token over exactly this address and this body.
"""

import hmac
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from hotline import sending, sweeps
from hotline.gateways import twilio
from hotline.gateways.base import Receipt
from hotline.models import Alert, Attempt
from safekeeping import rls
from safekeeping.models import Event
from tests.conftest import NOW
from tests.hotline.conftest import _province, actor, cast, on_duty, report  # noqa: F401

pytestmark = pytest.mark.django_db

TOKEN, PUBLIC = "a token of the drill", "https://vieclam.example.vn"
LATER = NOW + timedelta(minutes=1)
WORDS = ("queued", "sending", "sent", "delivered", "undelivered", "failed")
FORM = "application/x-www-form-urlencoded"
OPERATOR = Client(enforce_csrf_checks=True)


@dataclass(frozen=True)
class Call:
    """One call of our address: what is signed, by which token, and what really comes."""

    path: str
    fields: tuple[tuple[str, str], ...]
    base: str = PUBLIC
    token: str = TOKEN
    signed_path: str | None = None
    signed_fields: tuple[tuple[str, str], ...] | None = None
    signature: Callable[[str], str] = str

    def made(self) -> tuple[int, bytes]:
        """Call; the status and body of the answer."""
        path = self.path if self.signed_path is None else self.signed_path
        fields = dict(self.fields if self.signed_fields is None else self.signed_fields)
        true = RequestValidator(self.token).compute_signature(self.base + path, fields)
        answer = OPERATOR.post(
            self.path, urlencode(self.fields), content_type=FORM,
            headers={"X-Twilio-Signature": self.signature(true)},
        )  # fmt: skip
        return answer.status_code, answer.content


def receipt(attempt: Attempt, word: str) -> Call:
    """What the operator would say, rightly signed."""
    said = (("MessageSid", attempt.provider_id), ("MessageStatus", word), ("To", "+84912000111"))
    return Call(path=f"/goi-lai/twilio/{attempt.reference}", fields=said)


def flipped(text: str, chance: random.Random) -> str:
    """One letter in the other case; a text without letters with one more."""
    places = [i for i, letter in enumerate(text) if letter.swapcase() != letter]
    if not places:
        return text + "x"
    at = chance.choice(places)
    return text[:at] + text[at].swapcase() + text[at + 1 :]


def without(true: Call, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in true.fields if pair[0] != name)


Forge = Callable[[Call, random.Random], Call]
FORGERIES: dict[str, Forge] = {
    "no signature": lambda c, r: replace(c, signature=lambda s: ""),
    "cut signature": lambda c, r: replace(c, signature=lambda s: s[: r.randrange(1, len(s))]),
    "longer signature": lambda c, r: replace(c, signature=lambda s: s + r.choice("=A \t")),
    "signature in other case": lambda c, r: replace(c, signature=lambda s: flipped(s, r)),
    "random signature": lambda c, r: replace(
        c, signature=lambda s: b64encode(r.randbytes(20)).decode()
    ),
    "no ASCII": lambda c, r: replace(c, signature=lambda s: "chữ ký"),
    "other token": lambda c, r: replace(c, token=str(r.random())),
    "token in other case": lambda c, r: replace(c, token=flipped(TOKEN, r)),
    "no token": lambda c, r: replace(c, token=""),
    "http": lambda c, r: replace(c, base=PUBLIC.replace("https", "http")),
    "other port": lambda c, r: replace(c, base=f"{PUBLIC}:{r.choice((80, 8443, 444))}"),
    "other host": lambda c, r: replace(c, base="https://testserver"),
    "host in other case": lambda c, r: replace(c, base="https://" + flipped(PUBLIC[8:], r)),
    "other text": lambda c, r: replace(c, signed_path=f"/goi-lai/twilio/{uuid4()}"),
    "path in other case": lambda c, r: replace(c, signed_path=flipped(c.path, r)),
    "slash at the end": lambda c, r: replace(c, signed_path=c.path + "/"),
    "query added": lambda c, r: replace(c, path=c.path + "?a=1", signed_path=c.path),
    "query taken away": lambda c, r: replace(c, signed_path=c.path + "?a=1"),
    "changed word": lambda c, r: replace(
        c, signed_fields=(*without(c, "MessageStatus"), ("MessageStatus", "sent"))
    ),
    "changed id": lambda c, r: replace(
        c, signed_fields=(*without(c, "MessageSid"), ("MessageSid", "SM" + r.randbytes(16).hex()))
    ),
    "word in other case": lambda c, r: replace(
        c, fields=tuple((name, flipped(value, r)) for name, value in c.fields),
        signed_fields=c.fields,
    ),
    "extra field": lambda c, r: replace(
        c, fields=(*c.fields, ("ErrorCode", "30003")), signed_fields=c.fields
    ),
    "field taken away": lambda c, r: replace(c, fields=without(c, "To"), signed_fields=c.fields),
    "field twice": lambda c, r: replace(
        c, fields=(("MessageStatus", "sent"), *c.fields), signed_fields=c.fields
    ),
    "same field twice": lambda c, r: replace(
        c, fields=(*c.fields, c.fields[0]), signed_fields=c.fields
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _line(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    numbers = count()

    class Taking:
        name = "twilio"

        def send(self, *, number: str, text: str, key: str) -> Receipt:
            return Receipt(provider_id=f"SM{next(numbers):032x}")

    settings.TWILIO = {**settings.TWILIO, "token": TOKEN}
    settings.PUBLIC_URL = PUBLIC
    monkeypatch.setattr(sending, "gateway", Taking)
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    yield


@pytest.fixture
def sent(cast: Any, report: Any, on_duty: Any) -> Callable[[int], list[Attempt]]:  # noqa: F811
    """`sent(3)`: so many texts that have gone out."""
    on_duty(cast["worker"])

    def send(many: int) -> list[Attempt]:
        for _ in range(many):
            report()
        sweeps.ring_due(NOW)
        sweeps.send_due(NOW)
        with rls.acting(actor=None, now=NOW, system="deliver"):
            return list(Attempt.objects.order_by("pk"))

    return send


def traces() -> Any:
    """Everything that a receipt could have touched."""
    with rls.acting(actor=None, now=NOW + timedelta(days=1), system="sweep"):
        alerts = list(Alert.objects.order_by("pk").values())
    with rls.acting(actor=None, now=NOW, system="deliver"):
        return alerts, list(Attempt.objects.order_by("pk").values()), Event.objects.count()


def test_r6_no_forged_receipt_is_accepted(drill: Any, sent: Any) -> None:
    (attempt,), chance = sent(1), random.Random(6)
    before = traces()
    kinds = list(FORGERIES.values())
    tried = drill.size(short=300, length=5_000)

    answers = Counter(
        kinds[i % len(kinds)](receipt(attempt, chance.choice(WORDS[3:])), chance).made()
        for i in range(tried)
    )

    accepted = tried - answers[403, b""]
    drill.figure("R6", f"{tried:,} forged receipts of {len(kinds)} kinds, {accepted} accepted")
    assert answers == {(403, b""): tried}
    assert traces() == before
    assert receipt(attempt, "delivered").made() == (204, b"")
    assert traces() != before


def test_r6_no_replay_has_a_second_effect(
    drill: Any, sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, chance = drill.size(short=300, length=5_000), random.Random(7)
    attempts = sent(10)
    for each in attempts:
        assert receipt(each, chance.choice(("delivered", "failed"))).made() == (204, b"")
    settled = traces()
    monkeypatch.setattr(timezone, "now", lambda: LATER + timedelta(hours=1))

    effects = 0
    for _ in range(rounds):  # the same again, an older word late, another end
        receipt(chance.choice(attempts), chance.choice(WORDS)).made()
        effects += traces() != settled

    drill.figure("R6", f"{rounds:,} receipts replayed or late, {effects} second effects")
    assert effects == 0


def test_r6_in_whatever_order_words_come_the_first_end_counts(drill: Any, sent: Any) -> None:
    chance = random.Random(8)
    attempts = sent(drill.size(short=20, length=300))
    ends = []
    for each in attempts:
        words = chance.sample(WORDS, len(WORDS)) * 2
        ends.append(next(word for word in words if word in WORDS[3:]))
        assert {receipt(each, word).made() for word in words} == {(204, b"")}

    _alerts, rows, _events = traces()
    found = [(row["state"], row["fault"]) for row in rows]
    drill.figure("R6", f"{len(ends):,} texts with words out of order, first end counts in all")
    assert found == [("DELIVERED", "") if e == "delivered" else ("FAILED", e) for e in ends]


@pytest.mark.parametrize("verdict", [True, False])
def test_r6_a_comparison_in_constant_time_decides_alone(
    sent: Any, monkeypatch: pytest.MonkeyPatch, verdict: bool
) -> None:
    assert twilio.compare_digest is hmac.compare_digest
    (attempt,) = sent(1)
    lengths = set()

    def compared(ours: bytes, given: bytes) -> bool:
        lengths.add(len(ours))
        return verdict

    monkeypatch.setattr(twilio, "compare_digest", compared)
    forged = FORGERIES["random signature"](receipt(attempt, "delivered"), random.Random(9))

    answers = {receipt(attempt, "delivered").made(), forged.made()}

    assert answers == {(204 if verdict else 403, b"")}
    assert lengths == {28}


def test_r6_forgeries_are_told_from_receipts_before_any_row_is_read(sent: Any) -> None:
    (attempt,) = sent(1)
    forged = FORGERIES["no signature"](receipt(attempt, "delivered"), random.Random(1))
    with connection.execute_wrapper(_refuse_ours):
        assert forged.made() == (403, b"")


def _refuse_ours(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert "hotline_" not in sql
    return execute(sql, params, many, context)
