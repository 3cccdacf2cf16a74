"""Too many wrong passwords: the door closes for that name, and nothing that was typed is kept."""

from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from network import lockout
from network.models import User
from safekeeping import rls
from safekeeping.models import Event
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


def sign_in(name: str, password: str = WORD, *, place: str = "127.0.0.1") -> Any:
    told = {"HTTP_USER_AGENT": WORD, "HTTP_ACCEPT": WORD, "REMOTE_ADDR": place}
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


def test_who_got_in_begins_to_count_anew(lan: User) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in("lan")

    welcome = [sign_in("lan", PASSWORD).status_code]
    mistyped = sign_in("lan").status_code
    welcome.append(sign_in("lan", PASSWORD).status_code)

    assert (welcome, mistyped) == ([302, 302], 200)


def locked(name: str) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(name)


def test_a_name_that_is_let_in_again_can_try_at_once(lan: User) -> None:
    locked("lan")
    locked("hoa")

    lockout.forget("LAN")

    assert sign_in("lan", PASSWORD).status_code == 302
    assert sign_in("hoa", PASSWORD).status_code == 429


def test_the_operator_opens_the_door_from_the_shell(lan: User) -> None:
    locked("lan")

    call_command("unlock", "Lan", stdout=StringIO())

    assert sign_in("lan", PASSWORD).status_code == 302
    with rls.acting(actor=None, now=NOW, system="audit"):
        assert Event.objects.filter(topic="sign_in.unlocked", subject=lan.reference).exists()


def test_there_must_be_somebody_to_let_in() -> None:
    with pytest.raises(CommandError, match="Không ai đăng nhập"):
        call_command("unlock", "nobody")


def test_tries_from_many_places_close_the_door_for_that_name(lan: User) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT):
        sign_in("lan", place=f"203.0.113.{number}")

    answers = [sign_in(name, PASSWORD).status_code for name in ("lan", "lan")]
    lockout.forget("lan")

    assert answers == [200, 200]
    assert sign_in("lan", PASSWORD).status_code == 302


def test_who_comes_through_a_socket_file_can_sign_in(lan: User) -> None:
    assert sign_in("lan", PASSWORD, place="").status_code == 302


def sign_in_behind(proxy: str, told: str, password: str = WORD) -> int:
    answer = Client(headers={"X-Forwarded-For": told}).post(
        "/dang-nhap", {"login": "lan", "password": password}, REMOTE_ADDR=proxy
    )
    return answer.status_code


@pytest.mark.parametrize("proxy", ["", "172.18.0.7"])
def test_behind_a_proxy_the_door_closes_where_somebody_tries(
    lan: User, settings: Any, proxy: str
) -> None:
    settings.PROXIES = 1
    tries = [
        sign_in_behind(proxy, f"198.51.100.{number}, 203.0.113.1")  # the first is what he wrote
        for number in range(settings.AXES_FAILURE_LIMIT)
    ]

    assert tries[-1] == 429
    assert sign_in_behind(proxy, "203.0.113.1", PASSWORD) == 429


def test_one_place_that_tries_and_tries_closes_no_other(lan: User) -> None:
    for _ in range(3 * settings.AXES_FAILURE_LIMIT):
        sign_in("lan", place="203.0.113.1")

    assert sign_in("lan", PASSWORD, place="203.0.113.1").status_code == 429
    assert sign_in("lan", PASSWORD, place="203.0.113.2").status_code == 302


def test_without_a_proxy_nobody_chooses_where_he_comes_from(lan: User) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT):
        sign_in_behind("203.0.113.1", f"198.51.100.{number}")

    assert sign_in_behind("203.0.113.1", "198.51.100.99", PASSWORD) == 429
