"""What is logged of faults: where and what kind, never what was put into them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from config.logs import NoPersonalWords
from network.views import account

WORD = "Ngoằn ngoèo"


@pytest.fixture
def said() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger of its own behind our filter, and what it wrote."""
    log, into = logging.getLogger("a library"), io.StringIO()
    handler = logging.StreamHandler(into)
    handler.addFilter(NoPersonalWords())
    log.addHandler(handler)
    log.propagate = False
    yield log, into
    log.removeHandler(handler)


def raised() -> ValueError:
    try:
        raise ValueError(f"No route found for {WORD!r}.")
    except ValueError as fault:
        return fault


def test_template_and_kind_stay_and_values_go(said):
    log, into = said

    log.warning("Job %s failed", WORD, exc_info=raised())

    assert into.getvalue() == "Job %s failed [ValueError]\n"


@pytest.mark.parametrize("told", [str, repr])
def test_message_that_tells_what_the_exception_says_goes_too(said, told):
    log, into = said
    fault = raised()

    log.error("Refused: " + told(fault), exc_info=fault)  # noqa: G003 - as libraries do

    assert into.getvalue() == "[ValueError]\n"


@pytest.mark.django_db
def test_page_that_broke_is_written_down_and_its_mark_shown(monkeypatch, capsys):
    def broken(*_args: object) -> None:
        raise raised()

    monkeypatch.setattr(account, "render", broken)

    answer = Client(raise_request_exception=False).get(f"/quen?{WORD}")

    line = json.loads(capsys.readouterr().out)
    told = {key: line[key] for key in ("event", "fault", "route", "method")}
    assert told == {
        "event": "page.failed", "fault": "ValueError", "route": "network:forgotten",
        "method": "GET",
    }  # fmt: skip
    assert line["where"].startswith("tests/config/test_logs.py:")
    assert WORD not in json.dumps(line, ensure_ascii=False)
    assert (answer.status_code, line["incident"] in answer.content.decode()) == (500, True)
