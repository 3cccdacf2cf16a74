"""Her words typed into pages: sent, refused, sent twice, with the keys away, and asked for odd."""

import logging
import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework.forms.places import key_of
from network import registry
from network.models import User
from safekeeping import keys
from safekeeping.keyring import CommandSource
from tests.browser.sessions import session_for
from tests.canaries import scan
from tests.canaries.people import SEALED, WORDS
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = reverse("casework:report")


@pytest.fixture
def officer(cast, monkeypatch) -> Client:
    """An officer's browser."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client = Client(raise_request_exception=False)
    user = User.objects.get(pk=cast["officer"].user_id)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
    return client


def typed(**changes) -> dict[str, str]:
    return {
        "once": str(uuid.uuid4()), "place": key_of(registry.unit_on("12424", NOW.date())),
        "danger_now": "no", "conflict": "no", "ring_back": SEALED.ring_back,
        "exact_place": SEALED.exact_place, "now_at": SEALED.now_at, "account": SEALED.account,
        **changes,
    }  # fmt: skip


def typed_in_every_way(client: Client) -> set[int]:
    """The statuses of a good form, its second press, and forms that are refused."""
    good = typed()
    forms = [
        good, good, {**good, "account": "other"}, typed(danger_now=""), typed(danger_now="x"),
        typed(place=SEALED.exact_place), typed(account="\x00" + SEALED.account),
        typed(account=SEALED.account * 200_000), typed(ring_back=SEALED.account),
    ]  # fmt: skip
    statuses = {client.post(PAGE, form).status_code for form in forms}
    statuses |= {client.get(PAGE, {"account": SEALED.account}).status_code}
    with keys.using(CommandSource(("/nowhere/keys",))):
        statuses |= {client.post(PAGE, typed()).status_code}
    return statuses


def test_words_typed_into_pages_stay_in_sealed_columns(officer, dump, caplog, capfd):
    with caplog.at_level(logging.INFO):
        statuses = typed_in_every_way(officer)

    said = capfd.readouterr()
    assert 500 not in statuses
    assert 302 in statuses
    assert scan.hits(dump(), WORDS) == set()
    assert scan.hits((said.out + said.err).encode(), WORDS) == set()
    assert scan.hits(house_log(caplog), WORDS) == set()


def house_log(caplog: pytest.LogCaptureFixture) -> bytes:
    """What our handlers would have written: the filter of the settings drops arguments."""
    return "\n".join(str(record.msg) for record in caplog.records).encode()
