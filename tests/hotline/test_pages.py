"""The alerts page: who sees it, what it asks of the database, and the answer given there."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from hotline import actions, pages, sweeps
from hotline.models import Alert
from network.actors import Actor
from network.models import Shift
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


def test_what_does_not_fit_on_the_page_is_counted_there(
    client_of, cast, report, monkeypatch
) -> None:
    for _ in range(4):
        report()
    monkeypatch.setattr(pages, "OTHERS_MOST", 1)

    text = client_of(cast["worker"]).get(reverse("hotline:alerts")).text

    assert "Còn 2 cảnh báo nữa" in text


def test_answered_emergency_that_was_acted_upon_threatens_no_second_ring(
    client_of, cast, report
) -> None:
    report(danger_now="yes")
    alert = only_alert(cast["worker"])
    with rls.acting(actor=cast["worker"], now=NOW):
        actions.acknowledge_alert(actor=cast["worker"], reference=alert.reference, now=NOW)
    address = reverse("hotline:alert", args=[alert.reference])
    client = client_of(cast["worker"])
    assert "30 phút" in client.get(address).text

    with rls.acting(actor=None, now=NOW, system="sweep"), rls.on_case(alert.case_id):
        row = Alert.objects.get(pk=alert.pk)
        row.rest()
        row.save()

    assert "30 phút" not in client.get(address).text


def test_a_shift_without_a_phone_of_its_own_stands_on_the_duty_sheet(client_of, cast) -> None:
    who = cast["worker"]
    with rls.acting(actor=who, now=NOW):
        Shift.born(
            agency_id=who.agency_id, membership_id=who.membership_id, starts=NOW,
            ends=NOW + timedelta(hours=8),
        )  # fmt: skip

    page = client_of(who).get(reverse("hotline:duty_sheet"))

    assert page.status_code == 200
    assert page.content.decode().count("ma-sheet__turn") == 1
