"""The operator's word about a text that went out: signed, or not heard; and forward only."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from twilio.request_validator import RequestValidator

from hotline import sending, sweeps
from hotline.gateways.base import Receipt
from hotline.models import Alert, Attempt
from safekeeping import rls
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

TOKEN, PUBLIC = "a token of the tests", "https://vieclam.example.vn"
SID = "SM" + "7" * 32
LATER = NOW + timedelta(minutes=1)


class Taking:
    """An operator that takes every text under one id."""

    name = "twilio"

    def send(self, *, number, text, key):
        return Receipt(provider_id=SID)


@pytest.fixture(autouse=True)
def _line(settings, monkeypatch):
    settings.TWILIO = {**settings.TWILIO, "token": TOKEN}
    settings.PUBLIC_URL = PUBLIC
    monkeypatch.setattr(sending, "gateway", Taking)
    monkeypatch.setattr(timezone, "now", lambda: LATER)


@pytest.fixture
def sent(cast, report, on_duty):
    """One text that has gone out; its try."""
    on_duty(cast["worker"])
    report()
    sweeps.ring_due(NOW)
    sweeps.send_due(NOW)
    (attempt,) = tries()
    assert attempt.state == "SENT"
    return attempt


def tries():
    with rls.acting(actor=None, now=NOW, system="deliver"):
        return list(Attempt.objects.order_by("pk"))


def settled(attempt):
    (row,) = [each for each in tries() if each.pk == attempt.pk]
    return row.state, row.fault, row.settled_at


UNCHANGED = ("SENT", "", None)


def address(reference):
    return f"/goi-lai/twilio/{reference}"


def say(reference, status="delivered", *, sid=SID, token=TOKEN, base=PUBLIC, signature=None):
    """A receipt, signed over the public address as Twilio signs it."""
    fields = {"MessageSid": sid, "MessageStatus": status, "To": "+84912000111"}
    if signature is None:
        signed = RequestValidator(token).compute_signature(base + address(reference), fields)
    else:
        signed = signature
    client = Client(enforce_csrf_checks=True)
    return client.post(address(reference), fields, headers={"X-Twilio-Signature": signed})


def answer_of(response):
    return response.status_code, response.content


def test_signed_receipt_puts_the_text_on_the_phone(sent):
    assert answer_of(say(sent.reference)) == (204, b"")
    assert settled(sent) == ("DELIVERED", "", LATER)


@pytest.mark.parametrize(
    "forgery",
    [
        {"signature": ""},
        {"signature": "c2lnbmVkIGJ5IG5vYm9keQ=="},
        {"signature": "chữ ký"},
        {"token": "another token"},
        {"base": "http://testserver"},  # signed over the host header, which anybody can send
    ],
)
def test_forged_receipt_is_refused_without_a_word(sent, forgery):
    assert answer_of(say(sent.reference, **forgery)) == (403, b"")
    assert settled(sent) == UNCHANGED


def test_receipt_whose_fields_were_changed_is_refused(sent):
    true = {"MessageSid": SID, "MessageStatus": "sent"}
    signed = RequestValidator(TOKEN).compute_signature(PUBLIC + address(sent.reference), true)

    response = Client().post(
        address(sent.reference),
        true | {"MessageStatus": "delivered"},
        headers={"X-Twilio-Signature": signed},
    )

    assert answer_of(response) == (403, b"")
    assert settled(sent) == UNCHANGED


def test_signature_of_another_text_does_not_serve(sent):
    fields = {"MessageSid": SID, "MessageStatus": "delivered"}
    signed = RequestValidator(TOKEN).compute_signature(PUBLIC + address(uuid4()), fields)

    response = Client().post(
        address(sent.reference), fields, headers={"X-Twilio-Signature": signed}
    )

    assert answer_of(response) == (403, b"")
    assert settled(sent) == UNCHANGED


def test_without_a_token_nobody_can_sign(sent, settings):
    """A demo has none, and an empty one is known to everybody."""
    settings.TWILIO = {**settings.TWILIO, "token": ""}

    assert answer_of(say(sent.reference, token="")) == (403, b"")
    assert settled(sent) == UNCHANGED


def test_repeated_receipt_has_no_second_effect(sent, monkeypatch):
    say(sent.reference)
    monkeypatch.setattr(timezone, "now", lambda: LATER + timedelta(hours=1))

    assert answer_of(say(sent.reference)) == (204, b"")
    assert settled(sent) == ("DELIVERED", "", LATER)


@pytest.mark.parametrize("late", ["queued", "sending", "sent", "failed", "undelivered"])
def test_late_receipt_takes_nothing_back(sent, late):
    say(sent.reference)

    assert answer_of(say(sent.reference, late)) == (204, b"")
    assert settled(sent) == ("DELIVERED", "", LATER)


@pytest.mark.parametrize("bad", ["failed", "undelivered"])
def test_text_that_did_not_arrive_failed_for_good(sent, bad):
    assert answer_of(say(sent.reference, bad)) == (204, b"")
    assert answer_of(say(sent.reference, "delivered")) == (204, b"")

    assert settled(sent) == ("FAILED", bad, LATER)


@pytest.mark.parametrize("status", ["accepted", "queued", "sending", "sent", "", "read", "?"])
def test_other_words_change_nothing(sent, status):
    assert answer_of(say(sent.reference, status)) == (204, b"")
    assert settled(sent) == UNCHANGED


def test_receipt_with_another_id_changes_nothing(sent):
    assert answer_of(say(sent.reference, sid="SM" + "8" * 32)) == (204, b"")
    assert settled(sent) == UNCHANGED


def test_unknown_reference_is_answered_alike(sent):
    assert answer_of(say(uuid4())) == (204, b"")
    assert answer_of(say(uuid4(), signature="forged")) == (403, b"")
    assert settled(sent) == UNCHANGED


def test_receipt_closes_no_alert(sent, cast):
    say(sent.reference)

    with rls.acting(actor=cast["worker"], now=NOW):
        assert Alert.objects.visible_to(cast["worker"]).get().state == "NOTIFIED"


def test_forgery_reads_no_row_of_ours(sent):
    with CaptureQueriesContext(connection) as captured:
        say(sent.reference, signature="forged")

    assert not [q for q in captured.captured_queries if "hotline_" in q["sql"]]


def test_address_takes_nothing_but_receipts(sent):
    assert Client().get(address(sent.reference)).status_code == 405
