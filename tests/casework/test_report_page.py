"""The report's page: two minutes, no script, never two cases, never a typed word lost."""

import re
import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.forms.places import key_of
from casework.models import Case, Report
from network import registry
from network.models import Membership, User
from safekeeping import keys, rls
from safekeeping.errors import KeysUnavailable
from tests.browser.sessions import session_for
from tests.casework import looks
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
PAGE, SWITCH = reverse("casework:report"), reverse("network:switch")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def client_of(cast):
    """`client_of("officer")`: a browser signed in as this person, in English."""

    def sign_in(who):
        user = User.objects.get(pk=cast[who].user_id)
        user.language = "en"
        user.save(update_fields=["language"])
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
        return client

    return sign_in


def typed(**changes):
    """The three required answers, as a browser sends them."""
    here = registry.unit_on("12424", NOW.date())
    return {
        "once": str(uuid.uuid4()), "place": key_of(here),
        "danger_now": "no", "conflict": "no", "ring_back": "0900 000 017", **changes,
    }  # fmt: skip


def reports(cast, now):
    with rls.acting(actor=cast["officer"], now=now):
        return list(Report.objects.all())


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_three_answers_make_a_case_and_say_who_is_told(client_of, cast, now):
    answer = client_of("officer").post(PAGE, typed(), follow=True)

    (row,) = reports(cast, now)
    assert answer.status_code == 200
    assert row.code in text_of(answer)
    assert looks.one(Case, row.reference).owner.code == "ubnd-12424"


def test_who_switches_to_another_office_reports_nothing_in_its_name(client_of, cast, actor, now):
    """Two windows: the form stands open in one, the office is chosen in the other."""
    client, name = client_of("officer"), User.objects.get(pk=cast["officer"].user_id).username
    here = Membership.objects.get(pk=cast["officer"].membership_id)
    other = Membership.objects.get(pk=actor("ca-12070", "reporter", name=name).membership_id)
    client.post(SWITCH, {"membership": here.reference})
    drawn = re.search(r'name="acting" value="([^"]+)"', client.get(PAGE).content.decode())
    form = typed(acting=drawn[1])

    client.post(SWITCH, {"membership": other.reference})
    refused = client.post(PAGE, form)
    none_yet = reports(cast, now)
    client.post(SWITCH, {"membership": here.reference})
    client.post(PAGE, form)

    (row,) = reports(cast, now)
    assert (refused.status_code, none_yet) == (409, [])
    assert "opened for another office" in text_of(refused)
    assert row.from_agency_id == here.agency_id


def test_one_office_needs_no_word_for_which(client_of):
    assert 'name="acting"' not in client_of("officer").get(PAGE).content.decode()


def test_second_press_makes_no_second_case(client_of, cast, now):
    client, form = client_of("officer"), typed()

    first = client.post(PAGE, form)
    second = client.post(PAGE, form)

    assert first.url == second.url
    assert len(reports(cast, now)) == 1


def test_same_key_with_other_words_is_refused(client_of, cast, now):
    client, form = client_of("officer"), typed()
    client.post(PAGE, form)

    assert client.post(PAGE, {**form, "danger_now": "yes"}).status_code == 422
    assert len(reports(cast, now)) == 1


HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def test_who_went_back_to_say_that_it_is_worse_can_send_it_as_well(client_of, cast, now):
    client, form = client_of("officer"), typed()
    first = client.post(PAGE, form)
    refused = client.post(PAGE, {**form, "danger_now": "yes", "account": "He came back."})
    assert f'href="{first.url}"' in refused.text
    assert "He came back." in refused.text

    (again,) = re.findall(rf'(?s)<form action="{PAGE}" method="post">.*?</form>', refused.text)
    client.post(PAGE, dict(HIDDEN.findall(again)))

    assert [one.danger_now for one in reports(cast, now)] == ["no", "yes"]


class NoKeys:
    def load(self):
        raise KeysUnavailable


def test_typed_number_stays_on_the_page_while_keys_are_away(client_of, cast, now):
    client, form = client_of("officer"), typed(account="At the door.", danger_now="yes")

    with keys.using(NoKeys()):
        answer = client.post(PAGE, form)

    (row,) = reports(cast, now)
    assert row.sealed_later
    assert answer.status_code == 200
    assert "0900 000 017" in answer.content.decode()
    assert "At the door." in answer.content.decode()


def test_double_press_while_keys_are_away_makes_one_case(client_of, cast, now):
    client, form = client_of("officer"), typed()

    with keys.using(NoKeys()):
        client.post(PAGE, form)
        again = client.post(PAGE, form)

    assert len(reports(cast, now)) == 1
    assert again.status_code == 302


def test_words_are_sent_once_more(client_of, cast, now):
    client = client_of("officer")
    with keys.using(NoKeys()):
        client.post(PAGE, typed())
    (row,) = reports(cast, now)
    words = reverse("casework:report_words", args=[row.reference])

    answer = client.post(words, {"ring_back": "0900 000 017"})

    assert answer.status_code == 302
    assert not looks.one(Report, row.reference).sealed_later


@pytest.mark.parametrize(
    "odd",
    [
        {"ring_back": "\x00"}, {"ring_back": "=cmd|'/C calc'!A0"}, {"account": "x" * 1_000_000},
        {"danger_now": "perhaps"}, {"children_count": "-3"}, {"needs": ["none", "bed"]},
        {"place": "999999999"}, {"ring_back": ""},
    ],
)  # fmt: skip
def test_odd_input_gets_a_sentence_and_keeps_nothing(client_of, cast, now, odd):
    answer = client_of("officer").post(PAGE, typed(**odd))

    assert answer.status_code in (200, 302, 413)
    assert (answer.status_code == 302) == bool(reports(cast, now))


@pytest.mark.parametrize("who", ["analyst", "stranger", "worker"])
def test_every_member_may_report(client_of, who):
    assert client_of(who).get(PAGE).status_code == 200


def test_report_of_others_is_not_there(client_of, cast, now):
    client_of("officer").post(PAGE, typed())
    (row,) = reports(cast, now)

    done = reverse("casework:report_done", args=[row.reference])

    assert client_of("health").get(done).status_code == 404
