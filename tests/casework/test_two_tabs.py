"""Two tabs on one page: the later is shown both versions in words, and nothing typed is lost."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework import access, actions
from casework.models import Correction, Incident
from network.models import User
from tests.browser.sessions import session_for
from tests.casework.steps import Cast, act, read, rows
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Made = Callable[..., UUID]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def worker(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    user = User.objects.get(pk=cast["worker"].user_id)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
    return client


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""


def seen(client: Client, url: str) -> str:
    return hidden(client.get(url).content.decode(), "seen")


@pytest.fixture
def wishes(worker: Client, assigned: Made) -> tuple[str, str]:
    """The page of her wishes, and what it held when the second tab was opened."""
    url = reverse("casework:wishes", args=[assigned()])
    return url, seen(worker, url)


def test_the_later_tab_is_shown_labels_and_never_codes(worker, wishes):
    url, drawn = wishes
    worker.post(url, {"coded_wishes": ["doctor"], "words": "Cho tôi thời gian", "seen": drawn})

    answer = worker.post(url, {"coded_wishes": ["talk"], "words": "Một chỗ ngủ", "seen": drawn})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "coded wishes" not in html
    assert "<dd>doctor</dd>" not in html
    assert "Người ấy mong muốn gì?" in html
    assert "<dd>Gặp bác sĩ</dd>" in html
    assert "<dd>Có người lắng nghe</dd>" in html
    assert "Cho tôi thời gian" in html
    assert html.count("Một chỗ ngủ") == 2  # beside the other version, and in the form again


def test_what_was_typed_is_saved_on_the_second_look(cast, worker, wishes):
    url, drawn = wishes
    worker.post(url, {"coded_wishes": ["doctor"], "words": "Cho tôi thời gian", "seen": drawn})
    both = worker.post(url, {"coded_wishes": ["doctor"], "words": "Một chỗ ngủ", "seen": drawn})

    fresh = hidden(both.content.decode(), "seen")
    answer = worker.post(url, {"coded_wishes": ["doctor"], "words": "Một chỗ ngủ", "seen": fresh})

    assert answer.status_code == 302
    case = UUID(url.split("/")[2])
    opened = act(cast["worker"], access.open_groups, reference=case, groups=["wishes"])
    assert [one.value.text for one in opened["wishes"]] == ["Một chỗ ngủ"]
    kept = rows(cast["worker"], Correction, field="wishes")
    assert len(kept) == 1
    assert kept[0].old_envelope


def test_new_coded_wishes_keep_the_words_of_before(cast, worker, wishes):
    url, drawn = wishes
    worker.post(url, {"coded_wishes": ["doctor"], "words": "Cho tôi thời gian", "seen": drawn})

    html = worker.get(url).content.decode()

    assert "Cho tôi thời gian" in html


def test_english_shows_english_labels(cast, worker, wishes):
    User.objects.filter(pk=cast["worker"].user_id).update(language="en")
    url, drawn = wishes
    worker.post(url, {"words": "Time", "seen": drawn})

    html = worker.post(url, {"words": "A bed", "seen": drawn}).content.decode()

    assert "In the person’s own words" in html
    assert "As it stands now" in html
    assert "You have saved this already, in another window" in html


def test_who_was_before_one_is_told(client_of, cast, worker, wishes):
    url, drawn = wishes
    client_of(cast["supervisor"]).post(url, {"words": "Một chỗ ngủ", "seen": drawn})

    html = worker.post(url, {"words": "Một bác sĩ", "seen": drawn}).content.decode()

    assert "Có người đã lưu trước bạn" in html
    assert "Bạn đã lưu phần này" not in html


def test_only_what_differs_is_compared(worker, assigned):
    url = reverse("casework:piece", args=[assigned(), "danh-tinh"])
    drawn = seen(worker, url)
    worker.post(url, {"full_name": "Hà", "address": "Ngõ 2", "seen": drawn})

    html = worker.post(url, {"full_name": "Hà", "address": "Ngõ 3", "seen": drawn}).content.decode()

    assert html.count("<dd>") == 2
    assert "Các câu trả lời còn lại giống nhau" in html


def test_a_coded_form_is_compared_too(worker, assigned):
    url = reverse("casework:person", args=[assigned()])
    drawn = seen(worker, url)
    worker.post(url, {"sex": "male", "seen": drawn})

    answer = worker.post(url, {"sex": "female", "seen": drawn})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "<dd>Nam</dd>" in html
    assert "<dd>Nữ</dd>" in html


def test_two_groups_of_one_person_are_no_later_and_earlier(worker, assigned):
    case = assigned()
    one = reverse("casework:piece", args=[case, "danh-tinh"])
    other = reverse("casework:piece", args=[case, "noi-o"])
    drawn = seen(worker, one), seen(worker, other)

    worker.post(one, {"full_name": "Nguyễn Thị Mơ", "seen": drawn[0]})
    answer = worker.post(other, {"place": "Nhà chị gái", "seen": drawn[1]})

    assert answer.status_code == 302


def test_a_sealed_group_is_opened_to_be_compared_and_that_is_written_down(worker, assigned, cast):
    case = assigned()
    url = reverse("casework:piece", args=[case, "noi-o"])
    drawn = seen(worker, url)
    worker.post(url, {"place": "Nhà chị gái", "seen": drawn})

    html = worker.post(url, {"place": "Nhà bà ngoại", "seen": drawn}).content.decode()

    assert "Nhà chị gái" in html
    assert "Nhà bà ngoại" in html


def test_an_incident_is_compared_by_its_labels(cast, worker, assigned):
    assigned()
    row = rows(cast["worker"], Incident)[0]
    url = reverse("casework:incident", args=[row.reference])
    drawn = seen(worker, url)
    worker.post(url, {"time_of_day": "morning", "seen": drawn})

    html = worker.post(url, {"time_of_day": "evening", "seen": drawn}).content.decode()

    assert "<dd>Sáng</dd>" in html
    assert "<dd>Tối</dd>" in html


def test_a_form_without_marks_is_let_through(cast, assigned):
    case = assigned()

    act(cast["worker"], actions.record_wishes, reference=case, coded=["doctor"], words="Gặp")

    assert read(cast["worker"], case).wishes_coded == ["doctor"]
