"""The key ring is gone while the house serves: nobody is left alone, and nothing is lost."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework import actions
from casework.forms.places import key_of
from casework.models import Case, Report
from casework.sweeps.first_keys import make_first_keys
from hotline import rules, sweeps
from hotline.models import Alert, Attempt
from network import registry
from network.models import User
from safekeeping import erasure, keys, rls
from safekeeping.keyring import FileSource
from safekeeping.models import SubjectKey
from tests.browser.sessions import session_for
from tests.casework import looks
from tests.casework.conftest import _province, actor, assigned, cast, report
from tests.conftest import NOW
from tests.hotline.conftest import on_duty

__all__ = ["_province", "actor", "assigned", "cast", "on_duty", "report"]

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=61)
RING_BACK = "0987 650 199"


@contextmanager
def away(ring: FileSource) -> Iterator[None]:
    """The file is renamed, and a minute is over: what was held is held no longer."""
    elsewhere = ring.path.with_name("elsewhere.json")
    ring.path.rename(elsewhere)
    keys._hold.until = 0.0
    keys._kept().clear()
    try:
        yield
    finally:
        elsewhere.rename(ring.path)


@pytest.fixture
def officer(cast: dict[str, Any]) -> Iterator[Client]:
    with time_machine.travel(NOW, tick=False):
        client = Client(raise_request_exception=False)
        user = User.objects.get(pk=cast["officer"].user_id)
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
        yield client


def typed() -> dict[str, str]:
    return {
        "once": str(uuid.uuid4()), "place": key_of(registry.unit_on("12424", NOW.date())),
        "danger_now": "yes", "conflict": "no", "ring_back": RING_BACK, "account": "Đang chảy máu",
    }  # fmt: skip


def attempts() -> list[Attempt]:
    with rls.acting(actor=None, now=NOW, system="deliver"):
        return list(Attempt.objects.order_by("pk"))


def sweep(at: Any) -> None:
    sweeps.ring_due(at)
    sweeps.send_due(at)


def test_an_emergency_is_taken_and_rings_while_the_keys_are_away(
    officer: Client, cast: dict[str, Any], on_duty: Callable[..., Any], key_ring: FileSource
) -> None:
    on_duty(cast["worker"])
    with away(key_ring):
        page = officer.post(reverse("casework:report"), typed())
        sweep(NOW)
        waiting = attempts()
    with rls.acting(actor=cast["supervisor"], now=NOW):
        alert = Alert.objects.get()
    sweep(NOW + rules.UNTIL_KEYS)

    shown = page.content.decode()
    assert page.status_code == 200
    assert RING_BACK in shown
    assert "Đang chảy máu" in shown
    assert str(registry.duty_phone(NOW.date())) in shown
    assert alert.emergency
    assert [(one.state, one.fault) for one in waiting] == [("QUEUED", "keys_away")]
    assert [one.state for one in attempts()] == ["SENT"]


def test_words_that_come_first_after_the_keys_are_back_are_kept(
    officer: Client, cast: dict[str, Any], key_ring: FileSource
) -> None:
    with away(key_ring):
        officer.post(reverse("casework:report"), typed())
        assert make_first_keys(NOW) == 0
    with rls.acting(actor=cast["supervisor"], now=NOW):
        case = Case.objects.get().reference
    made = [make_first_keys(NOW), make_first_keys(NOW)]
    worker = cast["worker"]
    with rls.acting(actor=worker, now=NOW):
        actions.claim_case(actor=worker, reference=case, now=NOW)
        actions.add_note(actor=worker, reference=case, kind="general", words="Đã gọi lại", now=NOW)

    completed = officer.post(
        reverse("casework:report_words", args=[looks.one(Report, case).reference]),
        {"ring_back": RING_BACK, "account": "Đang chảy máu"},
    )

    assert made == [1, 0]
    assert completed.status_code == 302
    assert not looks.one(Report, case).sealed_later


def test_who_was_erased_meanwhile_keeps_nobody_else_without_a_key(
    officer: Client, cast: dict[str, Any], key_ring: FileSource
) -> None:
    with away(key_ring):
        officer.post(reverse("casework:report"), typed())
        officer.post(reverse("casework:report"), typed())
    with rls.acting(actor=cast["supervisor"], now=NOW):
        first, second = Case.objects.order_by("pk").values_list("subject_reference", flat=True)
    erasure.erase_subject(first, reason="entered_by_mistake", now=NOW)

    made = make_first_keys(NOW)

    assert made == 1
    assert list(SubjectKey.objects.filter(subject__in=[first, second])) == [
        SubjectKey.objects.get(subject=second)
    ]


def test_every_other_page_says_that_the_sealed_part_cannot_be_read(
    officer: Client, assigned: Callable[..., Any], key_ring: FileSource
) -> None:
    case = assigned()
    page = reverse("casework:note", args=[case])
    with away(key_ring):
        opened = officer.get(reverse("casework:my_work"))
        refused = officer.post(page, {"once": str(uuid.uuid4()), "kind": "general", "words": "x"})

    assert opened.status_code == 200
    assert refused.status_code in {403, 404, 503}
