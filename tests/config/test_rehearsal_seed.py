"""The same seed gives the same play, another seed another; and a long year takes no more room."""

import re
import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from config.rehearsal import arrivals, play, worlds
from config.rehearsal.scene import Scene
from config.rehearsal.stage import Stage
from config.rehearsal.stories import WANTS
from network import edition, registry
from network.loading import province
from tests.conftest import NOW, as_owner
from tests.network.conftest import HUNG_YEN
from tests.worlds import bring, loaded

DAYS, CASES = 9, 4
SONG_LAM = Path("tests/config/data/song-lam")
LAST = ("asleep", "just_told")
DESK = "truc"
EVENTS = """
    SELECT topic, subject_kind, from_state, to_state, event.code, office.code, recorded_at
    FROM safekeeping_event AS event LEFT JOIN network_agency AS office ON office.id = agency_id
    WHERE topic <> 'network.loaded' ORDER BY event.id
"""


@pytest.fixture
def play_once(transactional_db: None) -> Iterator[Callable[..., Stage]]:
    """`play_once(seed=…)`: a few days of Hưng Yên in an empty database."""

    def once(
        *, seed: int, folder: Path = HUNG_YEN, world: Path = worlds.WORLD, until: datetime = NOW,
        days: int = DAYS, cases: int = CASES,
    ) -> Stage:  # fmt: skip
        bring(loaded(folder, until))
        told = worlds.read(world)
        return play.rehearse(world=told, until=until, days=days, cases=cases, seed=seed)

    yield once
    edition.forget()


@pytest.fixture(scope="session")
def digests() -> list[Any]:
    """What each play of this module came to: its digest, and more of its events than that says."""
    return []


@cache
def outermost(sql: str) -> str:
    """A statement without what it says in parentheses."""
    less = re.sub(r"\([^()]*\)", "", sql)
    return sql if less == sql else outermost(less)


def turn_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows asked for in no order come as they lie, and may lie otherwise: here, last first."""
    execute, asked = psycopg.Cursor.execute, weakref.WeakKeyDictionary[Any, str]()

    def remember(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        asked[cursor] = str(query)
        return execute(cursor, query, *args, **kwargs)

    def turned(fetch: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def rows(cursor: Any, *args: Any) -> list[Any]:
            sql = outermost(asked[cursor])
            is_free = sql.startswith("SELECT") and "ORDER BY" not in sql
            return fetch(cursor, *args)[:: -1 if is_free else 1]

        return rows

    monkeypatch.setattr(psycopg.Cursor, "execute", remember)
    for name in ("fetchmany", "fetchall"):
        monkeypatch.setattr(psycopg.Cursor, name, turned(getattr(psycopg.Cursor, name)))


@pytest.mark.parametrize(("seed", "is_turned"), [(7, False), (7, True), (8, False)])
def test_a_play_has_a_digest(
    play_once: Any, digests: list[Any], seed: int, is_turned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_turned:
        turn_around(monkeypatch)

    stage = play_once(seed=seed)

    digests.append((stage.digest, asked(EVENTS)))

    assert stage.recorded > 20 * CASES


def test_the_same_seed_gives_the_same_play_however_rows_lie(digests: list[Any]) -> None:
    assert digests[0] == digests[1]


def test_another_seed_gives_another(digests: list[Any]) -> None:
    assert digests[0][0] != digests[2][0]


def asked(question: str) -> list[tuple[Any, ...]]:
    with as_owner() as db:
        return db.execute(question).fetchall()


def written(folder: Path, **words: Any) -> Path:
    """Hưng Yên, with other words."""
    path = folder / "world.yaml"
    told = {"like": str(worlds.WORLD), **words}
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return path


def stop_all_beds(stage: Stage) -> Stage:
    with as_owner() as db:
        db.execute(
            "INSERT INTO shelters_outage (reference, version, shelter_id, bed_id, reason, starts,"
            " by_id) SELECT gen_random_uuid(), 1, shelter_id, id, 'repair', %s,"
            " (SELECT min(id) FROM network_user) FROM shelters_bed",
            [stage.now],
        )
    return stage


def test_every_story_can_be_told_while_all_houses_are_full(
    play_once: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_stage = play.set_stage
    monkeypatch.setattr(play, "set_stage", lambda **given: stop_all_beds(set_stage(**given)))
    of_beds = [name for name, (what, _) in WANTS.items() if what == "keepers"]
    world = written(tmp_path, stories=dict.fromkeys(of_beds, 1))

    stage = play_once(seed=7, world=world, cases=len(of_beds))

    assert stage.begun >= len(of_beds)
    assert asked("SELECT count(*) FROM shelters_beduse") == [(0,)]


def test_who_is_kept_out_does_not_take_over_from_who_leaves(play_once: Any, tmp_path: Path) -> None:
    communes = worlds.read()["communes"][:1]
    first, second = communes[0]["workers"]
    leaves = {"at": 0.5, "what": "leaves", "who": first, "by": communes[0]["supervisor"]}
    world = written(tmp_path, stories={"kept_out": 1}, communes=communes, happenings=[leaves])

    play_once(seed=7, world=world, days=20, cases=8)

    took_over = (
        "SELECT count(*) FROM safekeeping_event e JOIN casework_block b USING (case_id)"
        " JOIN network_user u ON u.id = b.user_id"
        f" WHERE e.topic = 'case.worker_left' AND u.username = '{second}'"
    )
    assert asked(took_over)[0][0] > 0


def test_who_looks_back_at_a_death_is_asked_when_it_is_time(play_once: Any, tmp_path: Path) -> None:
    """The desk looks at the communes' cases; what passes to the desk is another's to look at."""
    communes, staff = worlds.read()["communes"][:1], ["kien", "phuc", "hanh", "nhung"]
    ends = {"at": 0.5, "what": "agency_ends", "agency": "ubnd-12424", "successor": DESK,
            "people": staff, "roles": ["coordinator"], "by": "xuan"}  # fmt: skip
    world = written(tmp_path, stories={"dies": 1}, communes=communes, happenings=[ends])

    play_once(seed=7, world=world, days=20, cases=12)

    looked_back = (
        "SELECT DISTINCT a.kind FROM safekeeping_event e JOIN network_agency a"
        " ON a.id = e.agency_id WHERE e.topic = 'death.reviewed'"
    )
    assert len(asked(looked_back)) > 1


def test_another_province_plays_by_its_own_world(play_once: Any) -> None:
    stage = play_once(seed=7, folder=SONG_LAM, world=SONG_LAM / "world.yaml", days=20, cases=8)

    hours = {at.astimezone(registry.zone()).hour for (at,) in asked(
        "SELECT opened_at FROM casework_case ORDER BY id LIMIT 8")}  # fmt: skip
    assert registry.zone().key == "Asia/Vientiane"
    assert set(stage.looks.cases) == {*worlds.read(SONG_LAM / "world.yaml")["stories"], *LAST}
    assert hours <= {5, 6}
    assert asked("SELECT count(DISTINCT owner_id) FROM casework_case") == [(2,)]


def test_a_play_over_the_reorganisation_leaves_no_case_with_an_office_that_is_no_more(
    play_once: Any,
) -> None:
    until = datetime(2025, 7, 14, 9, tzinfo=UTC)

    stage = play_once(
        seed=7, world=worlds.WORLD.with_name("world-2025.yaml"), until=until, days=30, cases=8
    )

    assert stage.begun > 8
    assert asked(
        "SELECT count(*) > 0 FROM safekeeping_event"
        " WHERE topic = 'case.handed_over' AND code = 'succession'"
    ) == [(True,)]
    assert not asked(
        "SELECT c.id FROM casework_case c JOIN network_agency a ON a.id = c.owner_id"
        " WHERE c.state <> 'CLOSED' AND a.valid_to IS NOT NULL"
    )
    assert asked(
        "SELECT count(*) > 0 FROM casework_case c JOIN network_adminunit u ON u.id = c.place_id"
        " WHERE u.valid_to = '2025-07-01'"
    ) == [(True,)]


def play_as_offices_end(play_once: Any, folder: Path, story: str) -> None:
    """One kind of story, a day or two between its steps, over 1 July 2025."""
    words = {"delay_minutes": {"plan": [1440, 2880]}, "stories": {story: 1}, "last": {}}
    of_2025 = str(worlds.WORLD.with_name("world-2025.yaml"))
    until = datetime(2025, 7, 4, 9, tzinfo=UTC)
    play_once(seed=7, world=written(folder, like=of_2025, **words), days=5, cases=6, until=until)


def test_who_goes_on_after_an_office_has_ended_takes_the_case_on_first(
    play_once: Any, tmp_path: Path
) -> None:
    """Asked on one day, helped on the next: between them the office becomes another."""
    play_as_offices_end(play_once, tmp_path, "support")

    assert asked(
        "SELECT count(*) > 0 FROM safekeeping_event AS sent JOIN safekeeping_event AS passed"
        " USING (case_id) WHERE sent.topic = 'referral.sent' AND passed.topic = 'case.handed_over'"
        " AND passed.code = 'succession' AND sent.id > passed.id"
    ) == [(True,)]


def test_what_an_office_was_to_look_at_is_looked_at_by_its_successor(
    play_once: Any, tmp_path: Path
) -> None:
    """The play begins before the office ends: it holds things then, whenever it was loaded."""
    play_as_offices_end(play_once, tmp_path, "life_first")

    assert asked(
        "SELECT bool_or(at < '2025-06-30 17:00+00' AND reviewed_at > '2025-06-30 17:00+00')"
        " FROM casework_override"
    ) == [(True,)]


@pytest.fixture
def stage_of(db: None) -> Callable[[int], Stage]:
    """A year's stage of so many cases, of which nothing was played."""
    edition.forget()
    province.load(HUNG_YEN, NOW)

    def set_up(cases: int) -> Stage:
        return play.set_stage(
            world=worlds.read(), start=NOW - timedelta(days=3), until=NOW, cases=cases, seed=7
        )

    return set_up


def test_stories_are_begun_when_their_turn_comes(stage_of: Any) -> None:
    stage = stage_of(10_000)

    assert stage.waiting < 40
    assert not [scene for scene in stage.scenes.values() if isinstance(scene, Scene)]


def test_reports_come_as_the_rates_say(hung_yen_days: Any) -> None:
    rates = worlds.read()["rates"] | {"weekday": [0, 0, 0, 0, 0, 1, 1], "month": [1] * 12}

    told = list(arrivals.moments(NOW - timedelta(days=60), NOW, 500, rates, hung_yen_days))

    assert sum(len(today) for _day, today in told) == 500
    assert {day.weekday() for day, today in told if today} == {5, 6}
    assert all(registry.localdate(at) == day for day, today in told for at in today)


@pytest.fixture
def hung_yen_days(db: None) -> Any:
    """A die, with the province's calendar loaded."""
    from random import Random

    edition.forget()
    province.load(HUNG_YEN, NOW)
    return Random(7)
