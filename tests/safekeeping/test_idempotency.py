import json
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from safekeeping import rls
from safekeeping.errors import KeyReused
from safekeeping.idempotency import once
from safekeeping.models import SubjectKey, Submission
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
RACERS = 16


@once
def create(request: Any) -> HttpResponse:
    """Stands for any view that makes a row; refuses a form without a name."""
    if not request.POST.get("name") and request.content_type != "application/json":
        return HttpResponse("name?")
    if request.POST.get("name") == "break":
        raise ZeroDivisionError
    made = SubjectKey.objects.create(subject=uuid4(), wrapped=b"", kek_id="x")
    return HttpResponseRedirect(f"/made/{made.subject}")


def post(data: Any = None, *, key: object = None, user: int = 7, **more: Any) -> HttpResponse:
    """One request in a transaction of its own, as the unit of work gives it."""
    fields = data if data is not None else {"name": "a"}
    request: Any = RequestFactory().post("/make", {**fields, "once": str(key)}, **more)
    return answered(request, user)


def answered(request: Any, user: int = 7) -> HttpResponse:
    request.user, request.now = SimpleNamespace(pk=user), NOW
    with rls.acting(actor=rls.Ids(user, 1), now=NOW):
        return create(request)


def made() -> int:
    return SubjectKey.objects.count()


def test_a_second_press_gets_the_first_answer():
    key = uuid4()

    first, second = post(key=key), post(key=key)

    assert first.url == second.url
    assert made() == 1


def test_two_forms_make_two():
    first, second = post(key=uuid4()), post(key=uuid4())

    assert first.url != second.url
    assert made() == 2


def test_the_key_with_another_body_is_refused():
    key = uuid4()
    post(key=key)

    with pytest.raises(KeyReused):
        post({"name": "b"}, key=key)

    assert made() == 1


def test_the_key_with_another_file_is_refused():
    key = uuid4()
    post({"name": "a", "file": SimpleUploadedFile("a.txt", b"1")}, key=key)

    with pytest.raises(KeyReused):
        post({"name": "a", "file": SimpleUploadedFile("a.txt", b"12")}, key=key)


def test_a_refused_form_consumes_nothing():
    key = uuid4()

    refused = post({"name": ""}, key=key)
    mended = post({"name": "a"}, key=key)

    assert (refused.status_code, mended.status_code) == (200, 302)
    assert made() == 1


def test_a_broken_view_consumes_nothing():
    key = uuid4()

    with pytest.raises(ZeroDivisionError):
        post({"name": "break"}, key=key)

    assert Submission.objects.count() == 0
    assert post(key=key).status_code == 302


def test_another_persons_key_is_another_key():
    key = uuid4()

    mine, other = post(key=key), post(key=key, user=8)

    assert mine.url != other.url


@pytest.mark.parametrize("key", ["", "none", "1", "x" * 500, "\x00"])
def test_without_a_sound_key_a_form_is_let_through(key):
    assert post(key=key).status_code == 302
    assert Submission.objects.count() == 0


def test_an_interface_sends_its_key_as_a_header():
    key, body = str(uuid4()), json.dumps({"name": "a"})
    requests = [
        RequestFactory().post(
            "/make", each, content_type="application/json", headers={"Idempotency-Key": key}
        )
        for each in (body, body, body + " ")
    ]

    first, second = answered(requests[0]), answered(requests[1])
    with pytest.raises(KeyReused):
        answered(requests[2])

    assert first.url == second.url


def test_only_a_keyed_hash_of_the_form_is_kept():
    post({"name": "Nguyễn Thị Én"}, key=uuid4())

    kept = Submission.objects.values().get()

    assert len(bytes(kept["body"])) == 32
    assert "Nguyễn" not in str(kept)


@pytest.mark.django_db(transaction=True)
def test_of_many_racers_one_makes_and_all_get_its_answer():
    key, together = uuid4(), threading.Barrier(RACERS)

    def race(_: int) -> str:
        together.wait()
        try:
            return post(key=key).url
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        answers = set(pool.map(race, range(RACERS)))

    assert len(answers) == 1
    assert made() == 1


def test_the_key_costs_two_statements():
    with CaptureQueriesContext(connection) as queries:
        post(key=uuid4())

    ours = [q["sql"] for q in queries if "safekeeping_submission" in q["sql"]]
    assert len(ours) == 2
