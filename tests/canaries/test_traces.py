"""One person goes through the house; afterwards nothing outside a sealed column knows of her."""

import json
import logging
from collections.abc import Callable

import pytest
from django.db import connection

from casework import access
from casework.models import Case
from network.models import Agency
from safekeeping import events, keys, rls, sweeps
from safekeeping.keyring import WRAP
from tests.canaries import scan
from tests.canaries.people import SEALED, WORDS
from tests.conftest import NOW, as_owner
from tests.safekeeping import reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walked(report, cast, caplog, capfd) -> Callable[[], str]:
    """She is reported, looked at, and every job and sweep has run; gives all that was logged."""

    def walk() -> str:
        with caplog.at_level(logging.INFO):
            reference = report(sealed=SEALED, danger_now="yes", needs=("doctor", "bed"))
            supervisor = cast["supervisor"]
            with rls.acting(actor=supervisor, now=NOW):
                groups = access.groups_for(supervisor, _case_id(reference), NOW)
                access.open_groups(actor=supervisor, reference=reference, groups=groups, now=NOW)
            events.run_jobs(NOW)
            sweeps.sweep_all(NOW)
        said = capfd.readouterr()
        return caplog.text + said.out + said.err

    return walk


def _case_id(reference) -> int:
    with rls.acting(actor=None, now=NOW, system="setup"), as_owner() as owner:
        sql = "SELECT id FROM casework_case WHERE reference = %s"
        return owner.execute(sql, [reference]).fetchone()[0]


def test_a_stolen_dump_and_the_logs_hold_none_of_her_words(walked, dump):
    said = walked()

    stolen = dump()

    assert b"casework_survivor" in stolen
    assert scan.hits(stolen, WORDS) == set()
    assert scan.hits(said.encode(), WORDS) == set()


def test_a_word_planted_in_a_coded_column_is_found_in_the_dump(walked, dump):
    walked()
    Agency.objects.filter(code="truc").update(name_en="Vuong Thi Y Lan")

    assert scan.hits(dump(), WORDS) == {"Vương Thị Ỷ Lan"}


def test_no_job_carries_more_than_ids(walked):
    walked()

    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs")
        given = [args for (args,) in cursor.fetchall()]

    kinds = {(n, type(v)) for args in given for n, v in json.loads(args).items()}
    assert kinds <= {
        ("event_id", int), ("handler", str), ("actor_id", int), ("actor_id", type(None)),
        ("agency_id", int), ("agency_id", type(None)), ("timestamp", int),
    }  # fmt: skip


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

    assert "Vương Thị Ỷ Lan".encode() in content


def test_the_owner_of_the_tables_reads_sealed_columns_as_noise(walked):
    walked()

    with as_owner() as owner:
        rows = owner.execute("SELECT row_to_json(s)::text FROM casework_survivor s").fetchall()

    assert len(rows) == 1
    assert scan.hits(rows[0][0].encode(), WORDS) == set()


def test_her_case_exists_for_its_owner(walked, cast):
    walked()

    with rls.acting(actor=cast["supervisor"], now=NOW):
        assert Case.objects.visible_to(cast["supervisor"]).count() == 1
