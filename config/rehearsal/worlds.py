"""A world file: read with the one that it is like, and looked at before anybody plays in it.

Every mistake becomes a sentence that names file and key; all are told at once. Whether what is
named is there on the first day, `present.py` asks the province.
"""

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any, TypeGuard

import yaml

from config.embedded import BASE_DIR
from config.rehearsal.happenings import KINDS
from config.rehearsal.stories import ASKS, STORIES, WANTS
from network.loading.source import LOADER, BadData, Row

World = dict[str, Any]
WORLD = Path(__file__).with_name("world.yaml")
# Of these one says only what differs; everything else is said anew or not at all.
ADDED_TO = ("rates", "delay_minutes", "chances", "words")
KNOWN = (
    "like", "people", "shelters", "communes", "elsewhere", "desk", "operator", "centres", "keepers",
    "services", "track", "child_track", "work_track", "relations", "rates", "delay_minutes",
    "meetings_days", "habits", "chances", "happenings", "stories", "last", "men", "ages", "family",
    "middle_female", "middle_male", "given_female", "given_male", "roads", "accounts", "wishes",
    "words",
)  # fmt: skip
TEAM = ("workers", "supervisor", "second")
COMMUNE = ("code", "share", "officer", *TEAM, "union", "school", "host", "services")
HABITS = ("answer", "lets_ring", "pace", "declines")
DELAYS = ("answer", "claim", "visit", "answer_request", "plan", "work")
CHANCES = ("meeting_missed", "closure_returned")
WORDS = ("reasoning", "plan", "note", "minutes", "overriding", "glass")
MAY_LACK = {"share": 1, "union": "", "school": "", "host": "", "services": {}}
NAMES = (
    "family", "middle_female", "middle_male", "given_female", "given_male", "roads", "accounts",
    "wishes", "relations",
)  # fmt: skip
HAPPENINGS = {
    "leaves": ("who", "by"),
    "comes_back": ("who", "agency", "roles", "by"),
    "agency_ends": ("agency", "successor", "people", "roles", "by"),
    "communes_change": ("units", "becomes", "offices", "by"),
}


def read(path: Path = WORLD) -> World:
    """A world file as plain values, with its name as `file`. Raises BadData with every mistake."""
    problems: list[str] = []
    found = _merged(path, problems, ())
    if not problems:
        _check(Row(path.name, found, problems))
    if problems:
        raise BadData(problems)
    communes = [{**MAY_LACK, **one} for one in found["communes"]]
    return {**found, "communes": communes, "file": path.name}


def _merged(path: Path, problems: list[str], seen: tuple[Path, ...]) -> World:
    row = Row(path.name, _plain(path, problems), problems)
    row.only(*KNOWN)
    model = row.data.pop("like", None)
    if model is None:
        return row.data
    if path.resolve() in seen:
        row.wrong("“like” leads back to where it began.")
        return row.data
    world = _merged(path.parent / str(model), problems, (*seen, path.resolve()))
    for key in ADDED_TO:
        if isinstance(row.data.get(key), dict) and isinstance(world.get(key), dict):
            row.data[key] = world[key] | row.data[key]
    return world | row.data


def _plain(path: Path, problems: list[str]) -> World:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 - safe
    except OSError:
        problems.append(f"{path}: there is no such file.")
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problems.append(f"{path.name}{line}: this is not well-formed YAML in UTF-8.")
        return {}
    if not isinstance(found, dict):
        problems.append(f"{path.name}: should begin with words and colons.")
        return {}
    return found


# The shape


def _check(world: Row) -> None:
    _files(world)
    for key in ("track", "child_track", "work_track", "operator"):
        world.text(key)
    for key in NAMES:
        names(world, key)
    _people(world)
    _rates(inside(world, "rates"))
    span(world, "meetings_days")
    for key, known, of in (
        ("delay_minutes", DELAYS, span), ("chances", CHANCES, share), ("words", WORDS, names),
    ):  # fmt: skip
        one = inside(world, key)
        one.only(*known)
        for name in known:
            of(one, name)
    _habits(inside(world, "habits"))
    share(world, "men")
    numbers(world, "ages")
    for happening in world.inner("happenings"):
        _happening(happening)
    _stories(world)


def _files(world: Row) -> None:
    if not world.data.get("people"):
        world.wrong("“people” is missing: the file of those who act.")
    for key in ("people", "shelters"):
        said = world.data.get(key) or []
        for path in [said] if isinstance(said, str) else said:
            if not (BASE_DIR / str(path)).exists():
                world.wrong(f"“{key}”: there is no {path} in the project’s folder.")


def _people(world: Row) -> None:
    for one in world.inner("communes"):
        one.only(*COMMUNE)
        one.text("code")
        one.text("officer")
        number(one, "share", 1)
        _team(one)
    if not world.many("communes"):
        world.wrong("“communes” needs one at least.")
    for one in world.inner("centres"):
        one.only(*TEAM)
        _team(one)
    if len(set(names(world, "desk"))) < len(("leads", "works")):
        world.wrong("“desk” needs two people at least: one works, another leads.")


def _team(one: Row) -> None:
    names(one, "workers")
    one.text("supervisor")
    one.text("second")


def _rates(rates: Row) -> None:
    rates.only("month", "weekday", "days_off", "hour")
    number(rates, "days_off")
    for key, many in (("month", 12), ("weekday", 7), ("hour", 24)):
        found = numbers(rates, key)
        if len(found) != many:
            rates.wrong(f"“{key}” should be {many} numbers.")
        elif not any(found):
            rates.wrong(f"“{key}” needs one number above 0.")


def _habits(habits: Row) -> None:
    of_habit: dict[str, Callable[[Row, str], object]] = {
        "answer": span,
        "lets_ring": share,
        "pace": number,
        "declines": share,
    }
    if "default" not in habits.data:
        habits.wrong("“default” is missing: what holds for every other office.")
    for office in habits.data:
        one = inside(habits, office)
        one.only(*HABITS)
        said = HABITS if office == "default" else tuple(key for key in HABITS if key in one.data)
        for key in said:
            of_habit[key](one, key)


def _happening(one: Row) -> None:
    what = one.one_of("what", KINDS)
    if what not in HAPPENINGS:
        return
    one.only("what", "at", "on", "least_days", *HAPPENINGS[what])
    for key in HAPPENINGS[what]:
        if one.data.get(key) in (None, "", []):
            one.wrong(f"“{key}” is missing.")
    if "on" in one.data:
        one.data["on"] = one.day("on")
    else:
        share(one, "at")
    number(one, "least_days", 0)


def _stories(world: Row) -> None:
    for key in ("stories", "last"):
        told = inside(world, key)
        told.only(*sorted(STORIES))
        for name in told.data:
            if number(told, name):
                _wants(world, told, name)
    if not any(inside(world, "stories").data.values()):
        world.wrong("“stories” needs one with a weight above 0.")


def _wants(world: Row, told: Row, story: str) -> None:
    key, least = WANTS.get(story, ("communes", 1))
    if len(world.data.get(key) or ()) < least:
        told.wrong(f"“{story}” needs {least} of “{key}” at least; else leave it out.")
    for service in (one for one, stories in ASKS.items() if story in stories):
        if not inside(world, "services").data.get(service):
            told.wrong(f"“{story}” needs “{service}” in “services”; else leave it out.")


# Values


def inside(row: Row, key: str) -> Row:
    """What stands under a key, as a row of its own; empty after a mistake was reported."""
    data = row.data.get(key)
    if not isinstance(data, dict):
        row.wrong(f"“{key}” should be words and colons.")
        data = {}
    return Row(f"{row.place}, {key}", data, row.problems)


def number(row: Row, key: str, default: float | None = None) -> float:
    """A number, 0 or more."""
    value = row.data.get(key, default)
    if _is_number(value):
        return value
    row.wrong(f"“{key}” should be a number, 0 or more.")
    return 0


def share(row: Row, key: str) -> None:
    """A number from 0 (never) to 1 (always)."""
    value = row.data.get(key)
    if not _is_number(value) or value > 1:
        row.wrong(f"“{key}” should be a number from 0 (never) to 1 (always).")


def span(row: Row, key: str) -> None:
    """Two whole numbers, the least and the most."""
    match row.data.get(key):
        case [int(least), int(most)] if 0 <= least <= most:
            return
    row.wrong(f"“{key}” should be two whole numbers, the least and the most.")


def numbers(row: Row, key: str) -> list[float]:
    """A list of numbers, 0 or more; never empty."""
    found = row.many(key)
    if not found or not all(_is_number(each) for each in found):
        row.wrong(f"“{key}” should be numbers in square brackets, 0 or more each.")
        return []
    return found


def names(row: Row, key: str) -> list[str]:
    """A list of words; never empty."""
    found = row.many(key)
    if not found or not all(isinstance(each, str) and each for each in found):
        row.wrong(f"“{key}” should be words in square brackets, one at least.")
        return []
    return found


def _is_number(value: Any) -> TypeGuard[float]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return isfinite(value) and value >= 0
