"""The real Twilio client against our own operator over HTTP."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import guard
from hotline.gateways import sms
from hotline.gateways.base import Permanent, Temporary
from hotline.gateways.twilio import Twilio, international
from tests.hotline.operator import operator


@pytest.fixture
def desk(settings):
    with operator() as desk:
        settings.TWILIO = {
            "account": "AC" + "0" * 32,
            "token": "token",
            "sender": "MAIAM",
            "base_url": desk.url,
        }
        yield desk


def test_text_goes_out_with_its_address_for_receipts(desk, settings):
    settings.PUBLIC_URL = "https://example.vn"

    receipt = Twilio().send(number="0912000111", text="Co viec moi", key="k1")

    assert receipt.provider_id.startswith("SM")
    sent = desk.texts[0]
    assert (sent["To"], sent["Body"], sent["From"]) == ("+84912000111", "Co viec moi", "MAIAM")
    assert sent["StatusCallback"] == "https://example.vn/goi-lai/twilio/k1"


def test_landline_is_refused_for_good(desk):
    desk.refuse(400, 21614)

    with pytest.raises(Permanent, match="21614"):
        Twilio().send(number="02210000123", text="x", key="k")


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 0)])
def test_passing_fault_may_be_tried_again(desk, status, code):
    desk.refuse(status, code)

    with pytest.raises(Temporary) as refused:
        Twilio().send(number="0912000111", text="x", key="k")

    assert not isinstance(refused.value, Permanent)


def test_line_that_is_down_is_a_passing_fault(settings):
    settings.TWILIO |= {"account": "AC1", "token": "t", "base_url": "http://127.0.0.1:9"}

    with pytest.raises(Temporary):
        Twilio().send(number="0912000111", text="x", key="k")


def test_refusal_names_neither_number_nor_text(desk):
    desk.refuse(400, 21211)

    with pytest.raises(Permanent) as refused:
        Twilio().send(number="0912000111", text="secret words", key="k")

    assert "0912" not in repr(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(("national", "e164"), [("0912000111", "+84912000111"), ("113", "113")])
def test_number_as_the_operator_wants_it(national, e164):
    assert international(national) == e164


@pytest.mark.parametrize("name", ["account", "token", "sender"])
def test_without_what_it_needs_nothing_starts(desk, settings, name):
    settings.SMS_GATEWAY = "twilio"
    sms.require_ready()
    settings.TWILIO = {**settings.TWILIO, name: ""}

    with pytest.raises(ImproperlyConfigured, match="SMS_GATEWAY=twilio needs TWILIO_"):
        sms.require_ready()


@pytest.mark.django_db
def test_a_gateway_that_there_is_none_of_stops_the_start(settings):
    settings.SMS_GATEWAY = "twillio"

    with pytest.raises(guard.UnsafeStart, match="SMS_GATEWAY is one of console, twilio"):
        guard.require_safe_start()
