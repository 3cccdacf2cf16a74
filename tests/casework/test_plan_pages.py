"""Agreeing a plan and proposing closure on their pages: what is asked, what is said is open."""

import pytest
from django.urls import reverse

from casework import holds
from casework.models import PlanItem
from tests.casework.steps import rows

pytestmark = pytest.mark.django_db


def test_a_support_plan_is_agreed_with_its_first_item(client_of, cast, assigned):
    url = reverse("casework:agree", args=[assigned()])

    answer = client_of(cast["worker"]).post(url, {"kind": "support", "need": "legal"})

    assert answer.status_code == 302
    assert [item.need for item in rows(cast["worker"], PlanItem)] == ["legal"]


def test_a_support_plan_without_anything_to_do_is_asked_about_beside_the_field(
    client_of, cast, assigned
):
    url = reverse("casework:agree", args=[assigned()])

    answer = client_of(cast["worker"]).post(url, {"kind": "support", "words": "Đã bàn xong"})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Hãy chọn việc đầu tiên" in html
    assert "Đã bàn xong" in html
    assert rows(cast["worker"], PlanItem) == []


def test_the_closure_page_says_in_words_what_is_open(client_of, cast, assigned, monkeypatch):
    open_ones = [holds.Reason("open-referral", "Đề nghị gửi nơi khác", 2)]
    monkeypatch.setattr(holds, "_holds", [lambda case_id: open_ones])
    url = reverse("casework:close", args=[assigned()])

    page = client_of(cast["worker"]).get(url).content.decode()
    answer = client_of(cast["worker"]).post(url, {"reason": "safe"})

    assert "Đề nghị gửi nơi khác: 2" in page
    assert answer.status_code == 409
    assert "Còn dở dang: Đề nghị gửi nơi khác." in answer.content.decode()
