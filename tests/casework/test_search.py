"""Finding a person again, among what one may open, every time written down."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from casework import actions
from casework.groups import Contact, Identity, Number
from casework.models import Case
from casework.reports import Sealed
from safekeeping import events, rls
from safekeeping.errors import RuleBroken
from safekeeping.models import Event
from tests.casework import looks

pytestmark = pytest.mark.django_db

EN = Sealed(
    ring_back="1",
    identity=Identity(full_name="Nguyễn Thị Én", id_number="033 190 000 001"),
    contact=Contact(numbers=(Number("0900 000 099"),)),
)


def search(actor, now, kind="phone", text="+84 900 000 099"):
    with rls.acting(actor=actor, now=now):
        return actions.search_people(actor=actor, kind=kind, text=text, now=now)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "0900000099"),
        ("phone", "+84 900 000 099"),
        ("name", "en thi nguyen"),
        ("name", "NGUYỄN THỊ ÉN"),
        ("id_number", "033190000001"),
    ],
)
def test_supervisor_finds_her_again(cast, report, now, kind, text):
    reference = report(sealed=EN)

    assert [hit.reference for hit in search(cast["supervisor"], now, kind, text)] == [reference]


def test_exact_diacritics_come_first(cast, report, now):
    report(sealed=Sealed(ring_back="1", identity=Identity(full_name="Nguyễn Thị Én")))
    report(sealed=Sealed(ring_back="1", identity=Identity(full_name="Nguyễn Thị Ẹn")))

    hits = search(cast["supervisor"], now, "name", "Nguyễn Thị Én")

    assert [hit.exact for hit in hits] == [True, False]


@pytest.mark.parametrize("who", ["strange_supervisor", "colleague"])
def test_who_may_not_open_finds_nothing(cast, assigned, now, who):
    assigned(sealed=EN)

    assert search(cast[who], now) == []


def test_blocked_supervisor_finds_nothing(cast, report, now):
    reference = report(sealed=EN)
    looks.block(reference, now, user_id=cast["supervisor"].user_id)

    assert search(cast["supervisor"], now) == []


def test_search_is_written_without_the_words(cast, report, now):
    report(sealed=EN)

    search(cast["supervisor"], now)

    with rls.acting(actor=cast["supervisor"], now=now):
        event = Event.objects.get(topic="search.made")
    assert event.case_id is None
    assert len(event.code) == 32
    assert "900" not in event.code or event.code.isalnum()


def test_thirty_searches_an_hour_are_enough(cast, now):
    for _ in range(30):
        search(cast["supervisor"], now)

    with pytest.raises(RuleBroken, match="too-many-searches"):
        search(cast["supervisor"], now + timedelta(minutes=59))
    assert search(cast["supervisor"], now + timedelta(hours=1)) == []


@pytest.mark.parametrize(("kind", "text"), [("phone", "  "), ("name", "123"), ("ward", "x")])
def test_nothing_to_search_is_said(cast, now, kind, text):
    with pytest.raises(RuleBroken, match="nothing-to-search"):
        search(cast["supervisor"], now, kind, text)


@pytest.mark.parametrize("who", ["officer", "analyst", "health"])
def test_only_who_works_on_cases_searches(cast, now, who):
    with pytest.raises(PermissionDenied):
        search(cast[who], now)


# the hint to a new case's owner


def test_owner_is_told_that_the_person_is_possibly_known(report, now):
    report(sealed=EN)
    reference = report(sealed=EN)

    events.run_jobs(now)

    assert "case.possibly_known" in looks.topics(reference)


@pytest.mark.parametrize(
    "other", [Sealed(ring_back="1", contact=Contact(numbers=(Number("0900 000 098"),))), None]
)
def test_others_in_the_same_crowd_are_no_hint(report, now, other):
    report(sealed=EN)
    reference = report(sealed=other)

    events.run_jobs(now)

    assert "case.possibly_known" not in looks.topics(reference)


def test_office_that_never_knew_her_is_told_nothing(report, now):
    report(sealed=EN)
    reference = report(sealed=EN, commune="12070")

    events.run_jobs(now)

    assert looks.one(Case, reference).owner.code == "ubnd-12070"
    assert "case.possibly_known" not in looks.topics(reference)
