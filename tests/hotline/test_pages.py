"""The alerts page: who sees it, what it asks of the database, and the answer given there."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from hotline import sweeps
from hotline.models import Alert
from network.actors import Actor
from safekeeping import rls
from tests import doors
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client_of():
    return lambda actor: doors.clients({"one": actor})["one"]


def only_alert(actor: Actor) -> Alert:
    with rls.acting(actor=actor, now=NOW):
        return Alert.objects.visible_to(actor).get()


def test_page_shows_what_rings_and_the_case_to_its_office(client_of, cast, report) -> None:
    report()

    text = client_of(cast["worker"]).get(reverse("hotline:alerts")).content.decode()

    assert "Có tin báo mới" in text
    assert "HY-26-" in text


def test_page_asks_as_little_for_many_alerts_as_for_one(
    client_of, cast, report, django_assert_max_num_queries
) -> None:
    for _ in range(6):
        report()
    client = client_of(cast["worker"])
    client.get(reverse("hotline:alerts"))

    with django_assert_max_num_queries(20):
        client.get(reverse("hotline:alerts"))


def test_alert_is_answered_from_its_page(client_of, cast, report) -> None:
    report()
    alert = only_alert(cast["worker"])

    answer = client_of(cast["worker"]).post(reverse("hotline:acknowledge", args=[alert.reference]))

    assert answer.status_code == 302
    assert only_alert(cast["worker"]).state == "ACKNOWLEDGED"


def test_alert_of_another_office_is_not_there(client_of, cast, report) -> None:
    report()
    alert = only_alert(cast["worker"])
    url = reverse("hotline:alert", args=[alert.reference])

    assert client_of(cast["stranger"]).get(url).status_code == 404


def test_alert_says_for_which_office_it_rings_to_whoever_helps_out(client_of, cast, report) -> None:
    report()
    office = only_alert(cast["worker"]).agency.name
    for minutes in (0, 5, 10, 15, 20):
        sweeps.ring_due(NOW + timedelta(minutes=minutes))

    own = client_of(cast["worker"]).get(reverse("hotline:alerts")).content.decode()
    others = client_of(cast["coordinator"]).get(reverse("hotline:alerts")).content.decode()

    assert f"Báo cho: {office}" in others
    assert "Báo cho:" not in own


def test_an_answered_alert_does_not_say_that_it_still_rings(client_of, cast, report) -> None:
    report()
    address = reverse("hotline:alert", args=[only_alert(cast["worker"]).reference])
    client = client_of(cast["worker"])
    assert "cứ năm phút một lần" in client.get(address).content.decode()

    client.post(f"{address}/nhan")

    assert "cứ năm phút một lần" not in client.get(address).content.decode()
