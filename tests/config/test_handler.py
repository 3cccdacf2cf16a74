"""Pages come through uvicorn as through gunicorn: no step of one is awaited."""

import asyncio
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from config.handler import Pages

urlpatterns = [path("there", lambda request: HttpResponse(request.method))]


async def answer_to(method: str, address: str) -> list[dict[str, Any]]:
    scope = {
        "type": "http", "method": method, "path": address, "headers": [(b"host", b"localhost")],
        "query_string": b"",
    }  # fmt: skip
    asked = ApplicationCommunicator(Pages(), scope)
    await asked.send_input({"type": "http.request", "body": b""})
    said = [await asked.receive_output(timeout=10) for _ in range(2)]
    await asked.wait()
    return said


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_a_page_is_answered():
    start, body = asyncio.run(answer_to("GET", "/there"))

    assert (start["status"], body["body"]) == (200, b"GET")


def test_no_step_of_a_page_is_awaited():
    assert not asyncio.iscoroutinefunction(Pages()._middleware_chain)
