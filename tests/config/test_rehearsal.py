"""The rehearsed province, played once as the demo of a first start is: what its end state says."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

import psycopg
import pytest

from casework.models import CaseState
from config.rehearsal import looks, play, worlds
from config.rehearsal.kept import Looks
from config.rehearsal.stage import Stage
from figures import mart, pages, rules, sources, tables
from network import edition
from network.loading import province
from network.roles import Role
from referral.models import State
from safekeeping import chain, keys, rls
from shelters.board import board_for
from shelters.models import StayState
from tests.conftest import NOW, as_owner, empty
from tests.figures.recount import Recount
from tests.figures.test_mart import as_figures
from tests.network.conftest import HUNG_YEN

pytestmark = pytest.mark.django_db
DAYS, CASES, SEED = 90, 42, 7


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """Three months of Hưng Yên, committed; gone after the module."""
    with django_db_blocker.unblock():
        edition.forget()
        province.load(HUNG_YEN, NOW)
        try:
            yield play.rehearse(world=worlds.read(), until=NOW, days=DAYS, cases=CASES, seed=SEED)
        finally:
            empty()
            edition.forget()


@pytest.fixture(scope="module")
def counted(played: Stage, django_db_blocker: Any) -> dict[str, dict[str, list[Any]]]:
    """Every period of the play that has ended: what was counted there, by table."""
    with django_db_blocker.unblock(), as_figures():
        names = mart.build_due(now=NOW)
        with rls.acting(actor=None, now=NOW, system="figures"):
            return {name: _counted(rules.span(name)) for name in names}


def _counted(span: rules.Span) -> dict[str, list[Any]]:
    return {table.code: list(sources.of_table(table.code, span)) for table in tables.TABLES}


@pytest.fixture
def sql(played: Stage) -> Iterator[psycopg.Connection[Any]]:
    """The owner's eyes: no policy hides a row from these questions."""
    with as_owner() as db:
        yield db


def rows(db: psycopg.Connection[Any], question: str) -> list[tuple[Any, ...]]:
    return db.execute(question).fetchall()


def states(db: psycopg.Connection[Any], table: str) -> set[str]:
    return {state for (state,) in rows(db, f"SELECT DISTINCT state FROM {table}")}


def test_every_state_of_a_case_has_somebody_in_it(sql: Any) -> None:
    assert states(sql, "casework_case") == set(CaseState.values)


def test_every_state_of_a_referral_has_somebody_in_it(sql: Any) -> None:
    assert states(sql, "referral_referral") == set(State.values)


def test_every_state_of_a_stay_has_somebody_in_it(sql: Any) -> None:
    assert states(sql, "shelters_stay") == set(StayState.values)


def test_every_story_was_told(played: Stage) -> None:
    world = worlds.read()

    assert set(played.looks.cases) == {*world["stories"], *world["last"]}


SHOWN = {
    "agency.ended", "block.set", "case.linked", "case.worker_left", "consent.withdrawn",
    "death.recorded", "death.reviewed", "deadline.found_late", "glass.broken", "glass.reviewed",
    "incident.added", "incident.carried", "membership.begun", "membership.ended",
    "override.reviewed", "override.used", "referral.declined", "referral.lapsed",
    "referral.revoked", "stay.lapsed", "stay.waiting",
}  # fmt: skip


def test_all_that_a_year_is_to_show_has_happened(sql: Any) -> None:
    topics = {topic for (topic,) in rows(sql, "SELECT DISTINCT topic FROM safekeeping_event")}
    ways = rows(sql, "SELECT count(DISTINCT detected_channel) FROM casework_case")

    assert sorted(SHOWN - topics) == []
    assert ways >= [(7,)]


def test_every_live_case_has_one_owner_with_access(sql: Any) -> None:
    assert not rows(
        sql,
        "SELECT c.id FROM casework_case c LEFT JOIN casework_access a ON a.case_id = c.id"
        " AND a.live AND a.reach = 2 AND a.agency_id = c.owner_id WHERE c.state <> 'CLOSED'"
        " GROUP BY c.id HAVING count(a.id) <> 1",
    )


def test_no_bed_has_two_bodies(sql: Any) -> None:
    assert rows(sql, "SELECT count(*) > 0 FROM shelters_beduse") == [(True,)]
    assert not rows(
        sql,
        "SELECT a.id FROM shelters_beduse a JOIN shelters_beduse b ON a.bed_id = b.bed_id"
        " AND a.id < b.id AND a.live AND b.live AND a.period && b.period",
    )


def test_every_emergency_ends_with_a_person_or_rings_on(sql: Any) -> None:
    assert not rows(
        sql,
        "SELECT id FROM hotline_alert WHERE emergency AND ("
        " (state = 'ACKNOWLEDGED' AND answered_by_id IS NULL)"
        " OR (state IN ('OPEN', 'NOTIFIED', 'EXHAUSTED') AND next_action_at IS NULL))",
    )


def test_a_phone_rings_at_the_end(sql: Any) -> None:
    assert rows(
        sql, "SELECT count(*) > 0 FROM hotline_alert WHERE state IN ('NOTIFIED', 'EXHAUSTED')"
    ) == [(True,)]


def test_every_event_is_sealed_and_the_chain_holds(played: Stage, sql: Any) -> None:
    assert not chain.verify(played.until)
    assert rows(
        sql,
        "SELECT count(*) FROM safekeeping_event e"
        " LEFT JOIN safekeeping_eventseal s ON s.event_id = e.id WHERE s.event_id IS NULL",
    ) == [(0,)]


def test_deadlines_agree_with_their_times(played: Stage, sql: Any) -> None:
    at = played.until.isoformat()

    assert not rows(
        sql,
        "SELECT clock, due_at, met_at, waived_at, breached_at FROM casework_deadline WHERE"
        " breached_at < due_at"  # not before its time
        " OR (met_at IS NOT NULL AND waived_at IS NOT NULL)"
        " OR (breached_at IS NULL AND met_at IS NULL AND waived_at IS NULL"
        f"    AND due_at <= '{at}')"  # nothing that is over is still taken for running
        " OR (breached_at IS NULL AND met_at > due_at + interval '1 minute' AND NOT late_entry)",
    )


def test_nothing_is_left_over(sql: Any) -> None:
    assert rows(sql, "SELECT count(*) FROM safekeeping_repair") == [(0,)]
    assert rows(sql, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    assert rows(sql, "SELECT count(*) FROM procrastinate_events") == [(0,)]


def test_nobody_but_the_addressee_answers(sql: Any) -> None:
    assert not rows(
        sql,
        "SELECT e.id FROM safekeeping_event e JOIN referral_referral r ON r.reference = e.subject"
        " WHERE e.topic IN ('referral.accepted', 'referral.declined') AND NOT r.outside"
        " AND e.agency_id <> r.to_agency_id",
    )


def test_closed_by_another_person(sql: Any) -> None:
    assert not rows(
        sql, "SELECT id FROM casework_closure WHERE approved AND decided_by_id = proposed_by_id"
    )


def test_what_to_look_at_names_who_sees_it_and_nobody_real(played: Stage) -> None:
    world, told = worlds.read(), "\n".join(looks.lines(played))
    begun = {f"{family} {middle}" for family in world["family"] for middle in _middles(world)}

    assert len(looks.found(played)) == len(played.looks.cases)
    assert "/so-lieu/2026-10" in told
    assert not {name for name in begun if name in told}
    assert "0900" not in told


@pytest.mark.parametrize(
    ("nobody_is", "said"),
    [((Role.ANALYST,), "sign in as"), ((), "nobody here may read it yet")],
)
def test_the_month_is_shown_with_somebody_who_may_read_it(
    played: Stage, monkeypatch: pytest.MonkeyPatch, nobody_is: tuple[Role, ...], said: str
) -> None:
    first_with = looks._first_with

    def without(stage: Stage, *roles: Role) -> str:
        return "" if nobody_is in ((), roles) else first_with(stage, *roles)

    monkeypatch.setattr(looks, "_first_with", without)

    told = next(line for line in looks.lines(played) if line.startswith("The month"))

    assert said in told
    assert "sign in as an analyst" not in told


def test_who_has_left_for_good_is_not_named(played: Stage) -> None:
    scene = replace(played.looks.cases["just_told"][0], worker="somebody-who-left")
    seen = deque([scene])

    (look,) = looks.found(replace(played, looks=Looks(cases={"just_told": seen})))

    assert look.username == scene.team["supervisor"]


def _middles(world: dict[str, Any]) -> list[str]:
    return [*world["middle_female"], *world["middle_male"]]


def test_what_is_over_is_forgotten(played: Stage, sql: Any) -> None:
    over = {scene.kind for scene in played.scenes.values() if scene.is_over}
    live = rows(sql, "SELECT count(*) FROM casework_case WHERE state <> 'CLOSED'")[0][0]

    assert over <= {"known_again"}  # whose second time is still to come
    assert len(played.scenes) <= live + 2
    assert len(played.phones.ringing) <= live


def test_time_is_the_plays_own(played: Stage, sql: Any) -> None:
    (latest,) = rows(sql, "SELECT max(recorded_at), min(recorded_at) FROM safekeeping_event")
    last: datetime = latest[0]

    assert last <= played.until


# The month, counted once more


PERIODS = ["2026-08", "2026-09", "2026-Q3", "2026-10"]


def recount(db: psycopg.Connection[Any], name: str) -> Recount:
    span = rules.span(name)
    secret = keys.figures_secret(span.start.year, now=NOW)
    return Recount(db, first=span.start, end=span.end, zone="Asia/Ho_Chi_Minh", secret=secret)


def test_every_period_that_has_ended_is_counted(counted: Any) -> None:
    assert list(counted) == PERIODS


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.code)
@pytest.mark.parametrize("name", PERIODS)
def test_what_is_counted_is_what_a_recount_finds(
    counted: Any, sql: Any, name: str, table: tables.Table
) -> None:
    found = recount(sql, name)

    assert {d: _cells(counted[name][table.code], d) for d in table.margins} == {
        d: {codes: sorted(ids) for codes, ids in found.exact(table.code, d).items()}
        for d in table.margins
    }


def _cells(told: list[Any], dimensions: tuple[str, ...]) -> dict[tuple[str, ...], list[int]]:
    codes = [(one.id, c) for one in told for c in product(*(one.codes[d] for d in dimensions))]
    return {cell: sorted(pk for pk, at in codes if at == cell) for cell in {c for _, c in codes}}


@pytest.mark.parametrize("audience", ["network", "public"])
@pytest.mark.parametrize("name", PERIODS)
def test_every_number_on_the_page_is_what_a_recount_rounds_to(
    counted: Any, sql: Any, name: str, audience: str
) -> None:
    found = recount(sql, name)

    page = pages.page(name, audience)

    shown = [_shown(grid.code, grid) for grid in page.grids]
    assert shown
    assert shown == [
        (g.code, g.dimensions, sorted(found.rounded(g.code, g.dimensions, audience).values()))
        for g in page.grids
    ]
    assert page.total == sum(found.rounded("T1", (), audience).values())


def _shown(code: str, grid: pages.Grid) -> tuple[str, tuple[str, ...], list[int]]:
    numbers = [number for _words, row in grid.rows for number in row if number]
    return code, grid.dimensions, sorted(numbers)


def test_the_deadlines_missed_that_are_printed_are_those_of_the_clocks(
    played: Stage, sql: Any
) -> None:
    found = rows(
        sql,
        "SELECT clock, count(*) FROM casework_deadline WHERE breached_at IS NOT NULL GROUP BY 1",
    )

    assert dict(played.looks.missed) == dict(found)


@pytest.mark.parametrize("username", ["thom", "van", "ly"])
def test_the_board_says_of_each_bed_what_a_recount_finds(
    played: Stage, sql: Any, username: str
) -> None:
    at = played.until.isoformat()
    with played.acting(username) as actor:
        board = board_for(actor, played.until)
    seen = ",".join(str(tile.bed.pk) for tile in board.tiles)

    found = rows(
        sql,
        "SELECT state, count(*) FROM (SELECT CASE"
        " WHEN s.state = 'HELD' THEN 'held' WHEN s.id IS NOT NULL THEN 'taken'"
        f" WHEN EXISTS (SELECT FROM shelters_outage o WHERE o.bed_id = b.id AND o.starts <= '{at}'"
        f" AND (o.ends IS NULL OR o.ends > '{at}')) THEN 'out' ELSE 'free' END AS state"
        " FROM shelters_bed b LEFT JOIN shelters_beduse u ON u.bed_id = b.id AND u.live"
        " LEFT JOIN shelters_stay s ON s.id = u.stay_id AND s.state IN ('HELD', 'ADMITTED', 'AWAY')"
        f" WHERE b.id IN ({seen})) x GROUP BY 1",
    )
    assert {state: n for state, n in board.counts.items() if n} == dict(found)
