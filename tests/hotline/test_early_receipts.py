"""Receipts that overtake our own note, or tell of a failure: the real client, over HTTP."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from hotline import actions, rules, sending, sweeps
from hotline.gateways import sms
from hotline.gateways.twilio import Twilio
from hotline.models import Alert, Attempt
from safekeeping import rls
from tests.conftest import NOW
from tests.hotline.operator import operator

TOKEN = "a token of the tests"


@pytest.fixture
def desk(settings, monkeypatch):
    with operator() as desk:
        settings.SMS_GATEWAY, settings.PUBLIC_URL = "twilio", "https://vieclam.example.vn"
        settings.TWILIO = {
            "account": "AC" + "0" * 32, "token": TOKEN, "sender": "MAIAM", "base_url": desk.url,
        }  # fmt: skip
        # A client of this test's own: the process keeps one for good.
        monkeypatch.setitem(sms.KINDS, "twilio", Twilio)
        sms.gateway_named.cache_clear()
        monkeypatch.setattr(timezone, "now", lambda: NOW)
        yield desk
    sms.gateway_named.cache_clear()


def tell(text, status):
    """What the operator says of a text, by the way that the text itself names."""
    fields = {"MessageSid": text["sid"], "MessageStatus": status, "To": text["To"]}
    signature = RequestValidator(TOKEN).compute_signature(text["StatusCallback"], fields)
    answer = Client().post(
        urlsplit(text["StatusCallback"]).path, fields, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 204


def sweep(at=NOW):
    sweeps.ring_due(at)
    sweeps.send_due(at)


def states():
    with rls.acting(actor=None, now=NOW, system="deliver"):
        return list(Attempt.objects.order_by("pk").values_list("state", flat=True))


def rung(desk):
    return [text["To"][-4:] for text in desk.texts]


@pytest.fixture
def ladder(cast, on_duty):
    """Two on the first rung, one on the second."""
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["supervisor"], 1, "0912000011")
    on_duty(cast["colleague"], 2, "0912000002")


@pytest.mark.django_db(transaction=True)
def test_a_receipt_may_overtake_the_note_of_the_sending(desk, ladder, report):
    report()
    words = {"+84912000001": "delivered", "+84912000011": "undelivered"}

    def at_once(text):
        tell(text, words[text["To"]])
        connection.close()  # the operator's thread has one of its own

    desk.on_text = at_once
    sweep()

    assert sorted(rung(desk)) == ["0001", "0011"]
    assert sorted(states()) == ["DELIVERED", "FAILED"]


@pytest.fixture
def _dies_before_noting(monkeypatch):
    monkeypatch.setattr(sending, "_note_sent", lambda *_: None)


@pytest.mark.django_db
@pytest.mark.usefixtures("_dies_before_noting")
@pytest.mark.parametrize(
    ("word", "becomes"),
    [("sent", "SENT"), ("queued", "SENT"), ("delivered", "DELIVERED"), ("failed", "FAILED")],
)
def test_what_the_operator_says_it_has_is_not_sent_again(
    desk, cast, on_duty, report, word, becomes
):
    on_duty(cast["worker"], 1, "0912000001")
    report()
    sweep()
    assert states() == ["QUEUED"]

    tell(desk.texts[0], word)
    sweep(NOW + rules.LEASE)

    assert states() == [becomes]
    assert rung(desk) == ["0001"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_dies_before_noting")
def test_an_unknown_word_does_not_stand_for_the_note(desk, cast, on_duty, report):
    on_duty(cast["worker"], 1, "0912000001")
    report()
    sweep()

    tell(desk.texts[0], "receiving")

    assert states() == ["QUEUED"]


@pytest.mark.django_db
def test_nothing_is_believed_of_a_text_that_was_never_tried(desk, cast, on_duty, report):
    on_duty(cast["worker"], 1, "0912000001")
    report()
    sweeps.ring_due(NOW)
    with rls.acting(actor=None, now=NOW, system="deliver"):
        reference = Attempt.objects.get().reference

    actions.note_receipt(reference=reference, provider_id="SM1", status="delivered", now=NOW)

    assert states() == ["QUEUED"]


@pytest.mark.django_db
def test_after_an_early_failure_the_late_note_takes_nothing_back(
    desk, cast, on_duty, report, monkeypatch
):
    on_duty(cast["worker"], 1, "0912000001")
    report()
    late = []
    with monkeypatch.context() as slow:
        slow.setattr(sending, "_note_sent", lambda *given: late.append(given))
        sweep()
    tell(desk.texts[0], "failed")

    sending._note_sent(*late[0])

    assert states() == ["FAILED"]


@pytest.mark.django_db
def test_once_all_of_a_rung_have_failed_the_next_is_rung_at_once(desk, ladder, report):
    report()
    sweep()
    first, second = desk.texts

    tell(first, "failed")
    sweep()
    assert sorted(rung(desk)) == ["0001", "0011"]
    tell(second, "undelivered")
    sweep()

    assert sorted(rung(desk)) == ["0001", "0002", "0011"]


@pytest.mark.django_db
def test_a_failure_on_a_rung_left_behind_hurries_nobody(desk, cast, on_duty, report):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["colleague"], 2, "0912000002")
    on_duty(cast["supervisor"], 3, "0912000003")
    report()
    sweep()
    sweep(NOW + timedelta(minutes=5))
    before = due(cast)

    tell(desk.texts[0], "failed")

    assert rung(desk) == ["0001", "0002"]
    assert due(cast) == before


@pytest.mark.django_db
def test_a_failure_rings_nobody_once_a_person_has_answered(desk, cast, on_duty, report):
    on_duty(cast["worker"], 1, "0912000001")
    on_duty(cast["colleague"], 2, "0912000002")
    report()
    sweep()
    with rls.acting(actor=cast["colleague"], now=NOW):
        alert = Alert.objects.visible_to(cast["colleague"]).get()
        actions.acknowledge_alert(actor=cast["colleague"], reference=alert.reference, now=NOW)

    tell(desk.texts[0], "failed")
    sweep(NOW + timedelta(minutes=5))

    assert rung(desk) == ["0001"]


def due(cast):
    with rls.acting(actor=cast["worker"], now=NOW):
        return Alert.objects.visible_to(cast["worker"]).get().next_action_at
