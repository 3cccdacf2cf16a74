"""An office ends: its live cases pass on by themselves."""

from datetime import date, timedelta

import pytest

from casework import sweeps
from casework.models import Case, Deadline
from network.models import Agency
from tests.casework import looks

pytestmark = pytest.mark.django_db


def end(code, successor=""):
    heir = Agency.objects.get(code=successor) if successor else None
    Agency.objects.filter(code=code).update(valid_to=date(2026, 12, 1), successor=heir)


@pytest.fixture
def after(now):
    return now + timedelta(days=8)


def test_live_case_passes_to_the_successor_with_its_clocks(report, now, after):
    reference = report()
    end("ubnd-12424", "ubnd-12070")

    before = sweeps.pass_on(now)
    moved = sweeps.pass_on(after)

    clocks = looks.rows(Deadline, reference, clock="assign_handler")
    assert (before, moved) == (0, 1)
    assert looks.one(Case, reference).owner.code == "ubnd-12070"
    assert [(c.agency.code, c.started_at) for c in clocks] == [("ubnd-12070", now)]


def test_office_without_an_heir_leaves_its_cases_to_the_duty_desk(report, after):
    reference = report()
    end("ubnd-12424")

    sweeps.pass_on(after)

    assert looks.one(Case, reference).owner.code == "truc"
    assert looks.one(Deadline, reference, clock="succession").due_at == after + timedelta(hours=24)


def test_blocked_heir_takes_nothing(report, now, after):
    reference = report()
    end("ubnd-12424", "ubnd-12070")
    looks.block(reference, now, agency_id=Agency.objects.get(code="ubnd-12070").pk)

    sweeps.pass_on(after)

    assert looks.one(Case, reference).owner.code == "truc"


def test_case_passes_on_once(report, after):
    report()
    end("ubnd-12424", "ubnd-12070")

    assert [sweeps.pass_on(after), sweeps.pass_on(after)] == [1, 0]
