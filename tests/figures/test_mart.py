"""The mart: counted by its own role, from coded columns alone, once, and never exactly."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from casework import actions
from casework.models import Case
from figures import mart, pages, rules, sources
from figures.models import Cell, Margin, Release
from network import edition
from network.actors import Actor
from safekeeping import keys, rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.keyring import KeyRing, TextSource, dumps
from tests.conftest import NOW, log_in_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hung_yen")]
DECEMBER = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
Report = Callable[..., UUID]


@contextmanager
def as_figures() -> Iterator[None]:
    log_in_as("figures")
    edition.forget()  # a process of its own reads the province by its own login
    try:
        yield
    finally:
        log_in_as("app")
        edition.forget()


def build(name: str = "2026-11", at: datetime = DECEMBER) -> None:
    with as_figures():
        mart.build(name, now=at)


def total(table: str, audience: str = "network") -> int:
    margin = Margin.objects.get(release__audience=audience, table=table, dimensions=[])
    return sum(cell.value for cell in margin.cells.all())


def case_ids() -> list[int]:
    with as_figures(), rls.acting(actor=None, now=NOW, system="figures"):
        return list(Case.objects.order_by("id").values_list("id", flat=True))


def test_total_is_the_rounded_count_of_the_months_cases(report: Report) -> None:
    for _ in range(7):
        report()
    secret = keys.read_ring().figures(2026).secret
    ids = case_ids()

    build()

    u, coin = rules.draw(secret, [rules.record_key(secret, "case", each) for each in ids])
    expected = rules.for_network(7, u)
    assert len(ids) == 7
    assert total("T1") == expected
    assert total("T1", "public") == rules.for_public(expected, coin)


def test_whoever_withdrew_being_counted_is_not(cast: dict[str, Actor], report: Report) -> None:
    kept, left = report(), report()
    person = cast["worker"]
    with rls.acting(actor=person, now=NOW):
        actions.claim_case(actor=person, reference=left, now=NOW)
        actions.withdraw_consent(actor=person, reference=left, scope="counted", now=NOW)

    with as_figures(), rls.acting(actor=None, now=DECEMBER, system="figures"):
        found = [c.id for c in sources.of_table("T1", rules.span("2026-11"))]

    assert kept != left
    assert len(found) == 1


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        (datetime(2026, 10, 31, 16, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 10, 31, 17, 0, tzinfo=UTC), 1),
        (datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 30, 17, 0, tzinfo=UTC), 0),
    ],
)
def test_month_begins_and_ends_at_local_midnight(
    report: Report, at: datetime, counted: int
) -> None:
    report(at=at)

    with as_figures(), rls.acting(actor=None, now=DECEMBER, system="figures"):
        found = list(sources.of_table("T1", rules.span("2026-11")))

    assert len(found) == counted


def test_period_is_counted_once(report: Report) -> None:
    report()
    build()
    report()

    with pytest.raises(RuleBroken, match="already-counted"):
        build()


def test_month_that_is_not_over_is_refused(report: Report) -> None:
    report()

    with pytest.raises(RuleBroken, match="period-not-ended"):
        build(at=NOW)


def test_no_margin_is_shown_that_is_too_thin(report: Report) -> None:
    report()

    build()

    shown = Margin.objects.filter(shown_by=1, release__audience="network")
    assert {tuple(m.dimensions) for m in shown.filter(table="T1")} == {()}
    assert not Cell.objects.exclude(margin__shown_by=1).exists()


def test_the_year_in_which_all_began_does_not_make_the_next_one_thin(report: Report) -> None:
    report(at=NOW - timedelta(days=330))  # in December
    report()

    build("2025")
    build()

    shown = Margin.objects.get(release__span="2026-11", release__audience="network", table="T1",
                               dimensions=[])  # fmt: skip
    assert shown.shown_by == 1


def test_a_whole_year_before_is_what_the_menu_goes_by(report: Report) -> None:
    report(at=datetime(2025, 1, 20, 3, 0, tzinfo=UTC))
    report()

    build("2025")
    build()

    assert not Margin.objects.filter(release__span="2026-11", table="T1", shown_by=1).exists()


def joined(cast: dict[str, Actor], report: Report, *days: date) -> None:
    """One report of each day, taken on; the second is joined to the first."""
    told = [report(happened_on=day) for day in days]
    with rls.acting(actor=cast["worker"], now=NOW):
        for case in told:
            actions.claim_case(actor=cast["worker"], reference=case, now=NOW)
    with rls.acting(actor=cast["supervisor"], now=NOW):
        actions.link_duplicate(actor=cast["supervisor"], reference=told[0], other=told[1], now=NOW)


def counted(table: str) -> int:
    with as_figures(), rls.acting(actor=None, now=DECEMBER, system="figures"):
        return len(list(sources.of_table(table, rules.span("2026-11"))))


def test_one_evening_told_twice_is_counted_once(cast: dict[str, Actor], report: Report) -> None:
    joined(cast, report, NOW.date(), NOW.date())

    assert (counted("T1"), counted("T2")) == (1, 1)


def test_another_evening_that_was_carried_over_is_counted(
    cast: dict[str, Actor], report: Report
) -> None:
    joined(cast, report, NOW.date(), NOW.date() - timedelta(days=3))

    assert (counted("T1"), counted("T2")) == (1, 2)


@pytest.mark.parametrize(("is_agreed", "left"), [(False, 1), (True, 0)])
def test_a_mistake_takes_no_case_away_until_another_person_has_agreed(
    cast: dict[str, Actor], report: Report, is_agreed: bool, left: int
) -> None:
    case = report()
    with rls.acting(actor=cast["worker"], now=NOW):
        actions.claim_case(actor=cast["worker"], reference=case, now=NOW)
        actions.propose_closure(
            actor=cast["worker"], reference=case, reason="entered_by_mistake", now=NOW
        )
    if is_agreed:
        with rls.acting(actor=cast["supervisor"], now=NOW):
            actions.approve_closure(actor=cast["supervisor"], reference=case, now=NOW)

    assert (counted("T1"), counted("T2")) == (left, left)


def test_nothing_can_be_marked_public(report: Report) -> None:
    report()
    build()

    with as_figures(), pytest.raises(DatabaseError):
        Release.objects.filter(audience="public").update(is_public=True)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT identity FROM casework_survivor",
        "SELECT wishes FROM casework_case",
        "SELECT code FROM casework_case",
        "SELECT * FROM casework_note",
        "SELECT given_name FROM network_user",
        "UPDATE casework_case SET counted = false",
        "DELETE FROM figures_cell",
    ],
)
def test_role_that_counts_reads_and_writes_nothing_else(sql: str) -> None:
    with (
        as_figures(),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_app_cannot_write_a_figure() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Release.objects.create(
            span="2026-11", audience="network", starts=NOW, ends=NOW, built_at=NOW
        )


def test_age_is_that_of_the_act_and_bands_never_overlap() -> None:
    day = NOW.date()
    ages = {15: "under_16", 16: "16_17", 17: "16_17", 18: "18_59", 59: "18_59", 60: "60_plus"}

    found = {age: sources.age_band(day.year - age, "", day) for age in ages}

    assert found == ages


def test_page_of_an_uncounted_month_does_not_exist() -> None:
    with pytest.raises(NotVisible):
        pages.page("2026-11", "network")


def test_due_periods_are_counted_in_order(report: Report) -> None:
    report(at=NOW - timedelta(days=70))

    with as_figures():
        counted = mart.build_due(now=DECEMBER)

    assert counted == ["2026-09", "2026-Q3", "2026-10", "2026-11"]


def test_a_year_whose_secret_is_not_made_yet_is_counted(report: Report) -> None:
    report(at=NOW - timedelta(days=400))

    build("2025-10")

    assert Release.objects.filter(span="2025-10").count() == 2


def test_without_the_years_secret_the_command_says_so_and_counts_nothing(report: Report) -> None:
    report(at=NOW - timedelta(days=800))
    ring = KeyRing(tuple(key for key in keys.read_ring().keys if key.year != 2024))

    with (
        as_figures(), keys.using(TextSource(dumps(ring))),
        pytest.raises(CommandError, match="key ring"),
    ):  # fmt: skip
        call_command("build_figures", period="2024-09")

    assert not Release.objects.exists()


def test_a_month_that_is_not_over_is_refused_in_a_sentence() -> None:
    with as_figures(), pytest.raises(CommandError, match="2099-01"):
        call_command("build_figures", period="2099-01")
