"""A question whose text is kept answers as if it were made anew each time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db.models import Count, F, QuerySet, Value

from network.models import Agency
from safekeeping import rls
from safekeeping.models import Submission
from safekeeping.questions import Id, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def sessions() -> None:
    for number in range(3):
        Session.objects.create(session_key=f"s{number}", expire_date=NOW + number * HOUR)


def keys(rows: list[Any]) -> list[str]:
    return [row.session_key for row in rows]


def test_the_moment_is_filled_in_and_the_text_is_made_once(sessions: None):
    made = []

    @kept
    def later(at: datetime) -> QuerySet[Session]:
        made.append(at)
        return Session.objects.filter(expire_date__gt=at).order_by("pk")

    found = [keys(later(NOW + number * HOUR)) for number in range(3)]

    assert found == [["s1", "s2"], ["s2"], []]
    assert made == [NOW]


def test_a_reference_and_an_id_are_filled_in_each_in_its_place():
    references = [uuid4(), uuid4()]
    for number, reference in enumerate(references):
        Submission.objects.create(
            user_id=number + 1, key=reference, body=b"", answer="", made_at=NOW
        )

    @kept
    def sent(user_id: int, key: UUID, least: int) -> QuerySet[Submission]:
        return Submission.objects.filter(user_id=user_id, key=key, user_id__gte=least)

    found = [
        [row.key for row in sent(Id(number), reference, 1)]
        for number, reference in [(1, references[0]), (2, references[1]), (1, references[1])]
    ]

    assert found == [[references[0]], [references[1]], []]


def test_each_other_argument_has_a_text_of_its_own(sessions: None):
    @kept
    def named(key: str) -> QuerySet[Session]:
        return Session.objects.filter(session_key=key)

    assert [keys(named("s0")), keys(named("s2")), keys(named("s0"))] == [["s0"], ["s2"], ["s0"]]


def test_a_moment_that_was_not_given_is_refused():
    @kept
    def since_today() -> QuerySet[Session]:
        return Session.objects.filter(expire_date__gt=NOW)

    with pytest.raises(TypeError):
        since_today()


def test_a_day_made_of_the_moment_is_refused():
    @kept
    def standing(at: datetime) -> QuerySet[Agency]:
        return Agency.objects.filter(valid_from__lte=date(at.year, at.month, at.day))

    with pytest.raises(TypeError):
        standing(NOW)


def test_what_was_made_outside_a_unit_of_work_is_not_asked_inside(sessions: None):
    @kept
    def later(at: datetime) -> QuerySet[Session]:
        inside = rls.context().now
        found = Session.objects.order_by("pk")
        return found.filter(expire_date__gt=inside) if inside else found

    outside = keys(later(NOW))
    with rls.acting(actor=None, now=NOW):
        inside = keys(later(NOW))

    assert (outside, inside) == (["s0", "s1", "s2"], ["s1", "s2"])


def test_two_equal_moments_are_told_apart_later(sessions: None):
    @kept
    def between(first: datetime, last: datetime) -> QuerySet[Session]:
        return Session.objects.filter(expire_date__gte=first, expire_date__lte=last).order_by("pk")

    assert keys(between(NOW, NOW)) == ["s0"]
    assert keys(between(NOW, NOW + HOUR)) == ["s0", "s1"]
    assert keys(between(NOW + HOUR, NOW + HOUR)) == ["s1"]


def loaded(row: Any) -> Any:
    """All that came with a row: its columns, and the rows beside it."""
    if not isinstance(row, Permission):
        return row
    return {**vars(row), "_state": row._state.fields_cache}


PERMISSIONS = Permission.objects.order_by("pk")[:9]


@pytest.mark.parametrize(
    "shape",
    [
        lambda: PERMISSIONS.select_related("content_type"),
        lambda: PERMISSIONS.values("codename", twice=F("pk") * 2),
        lambda: PERMISSIONS.values_list("codename", "pk"),
        lambda: PERMISSIONS.values_list("codename", flat=True),
        lambda: PERMISSIONS.defer("name"),
        lambda: PERMISSIONS.annotate(short=Value("short")),
        Permission.objects.none,
    ],
)
def test_rows_come_in_the_shape_that_was_asked_for(shape: Callable[[], QuerySet[Any, Any]]):
    asked = kept(shape)

    assert [loaded(row) for row in asked()] == [loaded(row) for row in shape()]
    assert [loaded(row) for row in asked()] == [loaded(row) for row in shape()]


def test_counts_of_several_tables_come_in_one(sessions: None):
    @kept
    def counted(at: datetime) -> QuerySet[Any, Any]:
        sets = (Session.objects.filter(expire_date__gt=at), Permission.objects.filter(pk__lt=0))
        first, second = (
            rows.order_by().values(of=Value(f"{number}")).annotate(n=Count("pk"))
            for number, rows in enumerate(sets)
        )
        return first.union(second, all=True)

    found = [{row["of"]: row["n"] for row in counted(NOW + n * HOUR)} for n in range(2)]

    assert found == [{"0": 2, "1": 0}, {"0": 1, "1": 0}]
