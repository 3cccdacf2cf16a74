"""One person goes through the house; afterwards nothing outside a sealed column knows of her."""

import json
import logging
from collections.abc import Callable

import pytest
from django.db import connection

from hotline.gateways.base import Receipt
from hotline.gateways.console import Console
from network.models import Agency
from safekeeping import keys
from safekeeping.keyring import WRAP
from tests.canaries import scan, walk
from tests.canaries.people import SEALED, WORDS
from tests.conftest import as_owner
from tests.safekeeping import reader

IDS_ONLY = {
    ("event_id", int), ("handler", str), ("actor_id", int), ("actor_id", type(None)),
    ("agency_id", int), ("agency_id", type(None)), ("timestamp", int),
}  # fmt: skip
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def texts(monkeypatch) -> list[str]:
    """Every text that a gateway was given, with its number."""
    sent: list[str] = []
    send = Console.send

    def keep(self: Console, *, number: str, text: str, key: str) -> Receipt:
        sent.append(f"{number} {text}")
        return send(self, number=number, text=text, key=key)

    monkeypatch.setattr(Console, "send", keep)
    return sent


@pytest.fixture
def walked(report, cast, on_duty, texts, caplog, capfd) -> Callable[[], str]:
    """She goes all the way, with people on duty; gives all that was logged."""

    def go() -> str:
        on_duty(cast["worker"], number="0912000111")
        on_duty(cast["health"], number="0912000222")
        with caplog.at_level(logging.INFO):
            reference = report(sealed=SEALED, danger_now="yes")
            walk.whole(walk.Walk(cast, reference))
        said = capfd.readouterr()
        return caplog.text + said.out + said.err

    return go


def test_nothing_that_leaves_the_house_holds_a_word_of_hers(walked, dump, texts):
    said = walked()

    stolen = dump()

    assert b"casework_survivor" in stolen
    assert scan.hits(stolen, WORDS) == set()
    assert scan.hits(said.encode(), WORDS) == set()
    assert texts
    assert scan.hits("\n".join(texts).encode(), WORDS) == set()
    assert job_arguments() <= IDS_ONLY


def job_arguments() -> set[tuple[str, type]]:
    """Name and type of everything that jobs were given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs")
        given = [json.loads(args) for (args,) in cursor.fetchall()]
    return {(name, type(value)) for args in given for name, value in args.items()}


def test_a_word_planted_in_a_coded_column_is_found_in_the_dump(walked, dump):
    walked()
    Agency.objects.filter(code="truc").update(name_en="Vuong Thi Y Lan")

    assert scan.hits(dump(), WORDS) == {"Vương Thị Ỷ Lan"}


def test_with_the_ring_a_stolen_row_opens_so_the_ring_is_what_must_be_kept_apart(walked):
    walked()
    with as_owner() as owner:
        sealed, row, subject = owner.execute(
            "SELECT s.identity, s.reference, c.subject_reference FROM casework_survivor s"
            " JOIN casework_case c ON c.id = s.case_id"
        ).fetchone()
        wrapped, kek_id = owner.execute(
            "SELECT wrapped, kek_id FROM safekeeping_subjectkey WHERE subject = %s", [subject]
        ).fetchone()
    kek = keys.ring().by_id(WRAP, kek_id).secret

    _, dek = reader.read_wrapped(bytes(wrapped), kek=kek, subject=str(subject), version=1)
    _, content = reader.read_envelope(
        bytes(sealed), dek=dek, table="casework_survivor", column="identity", row=str(row),
        subject=str(subject),
    )  # fmt: skip

    assert "Thiều Thị Hải Âu".encode() in content
