"""The queue on a phone, in both languages, without a fault that axe finds."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from network.models import User
from referral.models import State
from tests.browser import axe
from tests.browser.conftest import address, browser, open_page  # noqa: F401 - fixtures
from tests.referral.conftest import row_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loaded")]

ACCEPT = {"vi": "Nhận", "en": "Accept"}


def faults(page):
    return [*axe.findings(page), *axe.small_targets(page)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_responder_answers_on_a_phone(send, people, open_page, language):  # noqa: F811
    reference = send(message="Xin gọi trước")
    doctor = User.objects.get(pk=people["doctor"].user_id)
    User.objects.filter(pk=doctor.pk).update(language=language)

    page = open_page(reverse("referral:queue"), user=doctor, language=language)
    page.locator("summary", has_text={"vi": "Từ chối", "en": "Decline"}[language]).click()
    in_queue = (faults(page), axe.is_too_wide(page))
    page.locator("main button", has_text=ACCEPT[language]).first.click()
    expect(page).to_have_url(re.compile(reverse("referral:detail", args=[reference])))
    in_detail = (faults(page), axe.is_too_wide(page))

    assert (in_queue, in_detail) == (([], False), ([], False))
    assert row_of(reference, people["worker"]).state == State.ACCEPTED
