"""The week on paper: whom to ring, who has beds; nothing secret, nothing of a case."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network.models import Agency, Membership, Shift, ShiftPhone
from safekeeping import keys, rls
from safekeeping.events import Event
from shelters.models import Shelter
from tests import doors
from tests.conftest import NOW
from tests.shelters.conftest import SECRET, actor_named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
URL = "hotline:duty_sheet"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page():
    """`page("worker", "?tuan=sau")`: the sheet as this person sees it."""

    def get(username: str, more: str = "") -> str:
        client = doors.clients({"one": actor_named(username)})["one"]
        return client.get(reverse(URL) + more).content.decode()

    return get


def on_duty(username: str, number: str, *, after: timedelta = timedelta(0)) -> None:
    person = actor_named(username)
    agency = Agency.objects.get(pk=person.agency_id)
    if agency.subject is None:
        agency.subject = keys.create_subject()
        agency.save(update_fields=["subject"])
    Shift.born(
        agency=agency, membership=Membership.objects.get(pk=person.membership_id),
        starts=NOW + after, ends=NOW + after + timedelta(hours=8), turn=1,
        phone=ShiftPhone(number=number),
    )  # fmt: skip


def test_colleagues_on_duty_stand_there_with_their_phones(page):
    on_duty("worker", "0912000111")

    html = page("officer"), page("leader")

    assert "0912 000 111" not in html[0]
    assert "0912 000 111" in html[1]


def test_next_week_is_a_sheet_of_its_own(page):
    on_duty("worker", "0912000222", after=timedelta(days=7))

    assert "0912 000 222" not in page("leader")
    assert "0912 000 222" in page("leader", "?tuan=sau")


def test_opening_phones_is_written_down(page):
    on_duty("worker", "0912000111")

    page("leader")

    person = actor_named("leader")
    with rls.acting(actor=person, now=NOW):
        seen = Event.objects.filter(topic="roster.opened").values_list("actor_id", "groups")
        assert list(seen) == [(person.user_id, ["phone"])]


def test_houses_of_the_network_stand_there_and_hidden_ones_nowhere(page):
    with rls.acting(actor=actor_named("secret_keeper"), now=NOW):
        hidden = Shelter.objects.visible_to(actor_named("secret_keeper")).get(agency__code=SECRET)

    for username in ("worker", "coordinator", "secret_keeper"):
        houses = page(username).partition("Nơi có chỗ ở")[2]
        assert "Hoàn Long" in houses
        assert hidden.name_vi not in houses


def test_who_does_not_place_people_learns_of_no_house(page):
    assert "Nơi có chỗ ở" not in page("nurse")


def test_the_numbers_of_all_nights_come_first(page):
    html = page("nurse")

    first = html.index("Gọi trước hết")
    assert [first < html.index(f'href="tel:{number}"', first) for number in ("113", "115", "111")]
    assert "chưa ghi ai: gọi trực tỉnh" in html


def test_every_word_is_there_in_english(page):
    person = actor_named("leader")
    Membership.objects.get(pk=person.membership_id).user.__class__.objects.filter(
        pk=person.user_id
    ).update(language="en")

    html = page("leader")

    assert "Duty sheet, 23/11 to 29/11/2026" in html
    assert "nobody is written down: ring the duty desk" in html


def test_odd_weeks_are_this_week(page):
    assert "23/11" in page("leader", "?tuan=%00=cmd")


def test_the_sheet_asks_little_of_the_database():
    on_duty("worker", "0912000111")
    client = doors.clients({"one": actor_named("leader")})["one"]
    client.get(reverse(URL))

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse(URL))

    marks = ("SAVEPOINT", "RELEASE")  # of the test's own transaction around the request's
    assert len([one for one in asked if not one["sql"].startswith(marks)]) <= 12
