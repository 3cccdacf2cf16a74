"""A world file with a mistake in it is refused in one sentence a mistake; nothing is written."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from config.rehearsal import play, present, worlds
from network import edition
from network.loading import people
from network.loading.source import BadData
from network.models import User
from tests.casework.conftest import actor, cast, report
from tests.conftest import NOW
from tests.network.conftest import hung_yen_loaded

__all__ = ["actor", "cast", "hung_yen_loaded", "report"]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(stories={…})`: a world file like the first one, with these words."""

    def written(**words: Any) -> Path:
        path = tmp_path / "ours.yaml"
        told = {"like": str(worlds.WORLD), **words}
        path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        return path

    return written


def problems(path: Path) -> list[str]:
    with pytest.raises(BadData) as refused:
        worlds.read(path)
    return refused.value.problems


def test_what_a_file_does_not_say_is_as_in_the_one_it_is_like(write: Write) -> None:
    told = worlds.read(write(rates={"days_off": 0}, stories={"support": 1}))

    first = worlds.read()
    assert told["rates"] == first["rates"] | {"days_off": 0}
    assert told["stories"] == {"support": 1}
    assert told["communes"] == first["communes"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"ratse": {}}, "ours.yaml: “ratse” is not known here"),
        ({"stories": {"suport": 1}}, "ours.yaml, stories: “suport” is not known here"),
        ({"stories": {"support": -1}}, "stories: “support” should be a number, 0 or more."),
        ({"stories": {"support": 0}}, "“stories” needs one with a weight above 0."),
        ({"stories": []}, "“stories” should be words and colons."),
        ({"last": {"asleep": "soon"}}, "last: “asleep” should be a number, 0 or more."),
        ({"rates": {"month": [1, 2]}}, "rates: “month” should be 12 numbers."),
        ({"rates": {"hour": [0] * 24}}, "rates: “hour” needs one number above 0."),
        ({"rates": {"weekday": [1, 1, 1, 1, 1, 1, -1]}}, "rates: “weekday” should be numbers"),
        ({"rates": {"dayoff": 1}}, "rates: “dayoff” is not known here"),
        ({"delay_minutes": {"visit": [9, 1]}}, "“visit” should be two whole numbers"),
        ({"delay_minutes": {"visits": [1, 9]}}, "delay_minutes: “visits” is not known here"),
        ({"meetings_days": [7]}, "“meetings_days” should be two whole numbers"),
        ({"chances": {"meeting_missed": 2}}, "“meeting_missed” should be a number from 0"),
        ({"habits": {}}, "habits: “default” is missing"),
        ({"habits": {"default": {"pace": 1}}}, "habits, default: “answer” should be two whole"),
        ({"men": "many"}, "ours.yaml: “men” should be a number from 0 (never) to 1 (always)."),
        ({"ages": []}, "“ages” should be numbers in square brackets"),
        ({"family": "Lê"}, "“family” should be a list in square brackets."),
        ({"communes": []}, "“communes” needs one at least."),
        ({"communes": [{"code": "1"}]}, "communes 1: “officer” is missing."),
        ({"desk": ["thom"]}, "“desk” needs two people at least"),
        ({"services": {"health": "lien"}}, "“given_back” needs “psychosocial” in “services”"),
        ({"centres": []}, "stories: “handed_over” needs 1 of “centres” at least"),
        ({"keepers": {"tamlanh-dongtao": "van"}}, "“moves_on” needs 2 of “keepers” at least"),
        ({"people": "nobody.yaml"}, "“people”: there is no nobody.yaml in the project’s folder."),
        ({"shelters": "nowhere"}, "“shelters”: there is no nowhere in the project’s folder."),
        ({"happenings": [{"what": "flood", "at": 0}]}, "happenings 1: “what” is “flood”; known"),
        ({"happenings": [{"what": "leaves", "at": 0.5}]}, "happenings 1: “who” is missing."),
        ({"happenings": [{"what": "leaves", "who": "nhung", "by": "kien"}]},
         "happenings 1: “at” should be a number from 0 (never) to 1 (always)."),
        ({"happenings": [{"what": "leaves", "who": "nhung", "by": "kien", "on": "in May"}]},
         "happenings 1: “on” is 'in May'; write a day as 2025-07-01."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_key(
    write: Write, words: dict[str, Any], sentence: str
) -> None:
    assert any(sentence in problem for problem in problems(write(**words)))


def test_a_commune_may_have_no_union_no_school_and_no_trusted_address(write: Write) -> None:
    told = {"code": "12424", "officer": "dung", "workers": ["hanh"], "supervisor": "kien",
            "second": "phuc"}  # fmt: skip

    (commune,) = worlds.read(write(communes=[told]))["communes"]

    assert (commune["union"], commune["school"], commune["host"]) == ("", "", "")


def test_every_mistake_is_told_at_once(write: Write) -> None:
    assert len(problems(write(men=3, ages=[], stories={"suport": 1}))) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("like: nothing.yaml", "nothing.yaml: there is no such file."),
        ("like: ours.yaml", "“like” leads back to where it began."),
        ("stories: {", "ours.yaml, line 2: this is not well-formed YAML in UTF-8."),
        ("- a", "ours.yaml: should begin with words and colons."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(text)

    assert any(sentence in problem for problem in problems(path))


# What is not there in the province


def set_up(cases: int = 1) -> None:
    start = NOW - timedelta(days=9)
    play.set_stage(world=worlds.read(), start=start, until=NOW, cases=cases, seed=7)


@pytest.mark.django_db
def test_without_a_province_one_sentence_says_so() -> None:
    with pytest.raises(BadData, match="There is no province yet"):
        set_up()


@pytest.fixture
def hung_yen(hung_yen_loaded: None, db: None) -> None:
    edition.forget()


@pytest.mark.usefixtures("hung_yen")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"operator": "ngann"}, "“operator”: nobody called ngann is in any office on 2026-08-"),
        ({"operator": "uyen"}, "“operator”: uyen is no reporter of snv."),
        ({"desk": ["thom", "dung"]}, "“desk”: dung is no coordinator of ca-12424."),
        ({"elsewhere": ["99999"]}, "“elsewhere”: there is no unit 99999 on 2026-08-"),
        ({"habits": {"default": {"answer": [1, 2], "lets_ring": 0, "pace": 1, "declines": 0},
                     "ubnd": {"pace": 2}}}, "“habits”: there is no agency ubnd."),
        ({"relations": ["husband"]}, "“relations”: the list relation has no husband."),
        ({"track": "home"}, "“track”: the list legal_track has no home."),
        ({"happenings": [{"what": "leaves", "who": "nhungg", "by": "kien", "at": 0.5}]},
         "happenings 1: “who”: there is nobody called nhungg."),
        ({"communes": [{"code": "12424", "officer": "dung", "workers": ["mien"],
                        "supervisor": "kien", "second": "phuc"}]},
         "communes 1: “workers”: mien is not of ubnd-12424, as the “supervisor” is."),
        ({"communes": [{"code": "12070", "officer": "dung", "workers": ["hanh"],
                        "supervisor": "kien", "second": "phuc"}]},
         "“supervisor” is of ubnd-12424, but cases of 12070 are ubnd-12070’s on 2026-08-"),
        ({"rates": {"month": [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1]}},
         "ours.yaml: by “rates” no whole day from 2026-08-26 until 2026-11-24 brings a report."),
    ],
)  # fmt: skip
def test_who_or_what_is_not_there_is_named_and_nothing_is_written(
    write: Write, words: dict[str, Any], sentence: str
) -> None:
    world = worlds.read(write(**words))

    with pytest.raises(BadData) as refused:
        play.set_stage(world=world, start=NOW - timedelta(days=90), until=NOW, cases=1, seed=7)

    assert any(sentence in problem for problem in refused.value.problems)
    assert not User.objects.exists()


@pytest.mark.usefixtures("hung_yen")
def test_a_world_of_today_does_not_fit_days_before_its_offices_began() -> None:
    start, world = datetime(2025, 5, 1, tzinfo=UTC), worlds.read()
    people.load(Path(world["people"]), start, days=1)

    with pytest.raises(BadData, match="communes 1: “officer”: nobody called dung is in any office"):
        present.check(world, start)


@pytest.mark.usefixtures("hung_yen")
def test_where_cases_are_already_nothing_is_played(report: Callable[..., UUID]) -> None:
    report()

    with pytest.raises(BadData, match="There are cases here already"):
        set_up()
