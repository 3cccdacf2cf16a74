"""Too many wrong passwords: the door closes for that name, and nothing that was typed is kept."""

from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from network.models import User
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
WORD, PASSWORD = "Ngoằn ngoèo", "correct horse battery"


@pytest.fixture
def lan() -> User:
    cache.clear()  # what allauth counted for the test before
    user = User(username="lan", family_name="Trần", given_name="Lan", joined_at=NOW)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(name: str, password: str = WORD) -> Any:
    told = {"HTTP_USER_AGENT": WORD, "HTTP_ACCEPT": WORD}
    form = {"login": name, "password": password, WORD: WORD}
    return Client(raise_request_exception=False).post(f"/dang-nhap?{WORD}={WORD}", form, **told)


def test_nothing_that_was_typed_is_kept(lan: User) -> None:
    answers = {sign_in(WORD).status_code, sign_in("lan").status_code}
    welcome = sign_in("lan", PASSWORD)

    kept = [*AccessAttempt.objects.values_list(), *AccessLog.objects.values_list()]
    assert (answers, welcome.status_code) == ({200}, 302)
    assert kept
    assert WORD not in repr(kept)


def test_in_whatever_spelling_a_name_is_locked_after_so_many(lan: User) -> None:
    spellings = ["lan", "LAN", "Lan", "lAn"]
    for number in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(spellings[number % 4])

    assert answer.status_code == 429
    cache.clear()
    assert sign_in("lan", PASSWORD).status_code == 429
    assert sign_in("hoa").status_code == 200
