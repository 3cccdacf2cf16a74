"""Casts a rehearsal: who tells which story when. Same seed, same world, same end: same play."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from config.embedded import BASE_DIR
from config.rehearsal import arrivals, digest, happenings, present
from config.rehearsal.habits import Habits
from config.rehearsal.phones import Phones
from config.rehearsal.scene import Scene
from config.rehearsal.stage import Stage, Story
from config.rehearsal.stories import LIVES, STORIES
from network import registry
from network.loading import people, province
from shelters.actions import loading as houses

ROSTER_AHEAD = 15  # days: a roster is written two weeks ahead


def rehearse(
    *,
    world: dict[str, Any],
    until: datetime,
    days: int,
    cases: int,
    seed: int,
    tell: Callable[[int, int], None] = lambda day, cases: None,
) -> Stage:
    """Play so many cases in the days before `until`; returns the stage as it stands at the end.

    The last hours bring a few reports that nobody has finished with, so that queues and clocks
    are alive. tell: called each night with the days played and the cases begun. Raises BadData,
    and nothing is written, for a world that does not fit the province or the days; whatever an
    action refuses later: a story that cannot be played is a mistake.
    """
    before = digest.last_id(until)
    start = until - timedelta(days=days)
    stage = set_stage(world=world, start=start, until=until, cases=cases, seed=seed)
    stage.every_night = lambda: tell((stage.now - start).days, stage.begun)
    stage.play()
    tell(days, stage.begun)
    stage.digest = digest.of_events(before, until)
    return stage


def set_stage(
    *, world: dict[str, Any], start: datetime, until: datetime, cases: int, seed: int
) -> Stage:
    """Everybody in their places, and nothing played yet. Raises BadData, and nothing is written."""
    present.require_untouched(start)
    with transaction.atomic():
        province.unsettle(registry.localdate(start))
        for path in _listed(world["people"]):
            people.load(BASE_DIR / path, start, days=(until - start).days + ROSTER_AHEAD)
        if world.get("shelters"):
            houses.load(BASE_DIR / world["shelters"], start)
        present.check(world, start)
        if cases:
            arrivals.require_some(start, until, world)
    stage = Stage(now=start, until=until, seed=seed, habits=Habits(world["habits"]))
    stage.phones = Phones(stage)
    stage.ears = [stage.phones.hear, stage.looks.hear]
    stage.teams = _teams(stage, world)
    happenings.enter_all(stage, world.get("happenings", []))
    stage.enter(_year(stage, world, cases), start)
    last = [one for one in world["last"].items() if one[1]][: min(cases, max(1, cases // 3))]
    for number, (name, hours) in enumerate(last, start=cases):
        stage.enter(_told(stage, world, number, name), until - timedelta(hours=hours))
    return stage


def _listed(paths: str | list[str]) -> list[str]:
    return [paths] if isinstance(paths, str) else paths


def _teams(stage: Stage, world: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Who works for each office that may own a case: communes, centres, the duty desk."""
    desk = world["desk"]
    led = {"workers": [desk[0]], "supervisor": desk[1], "second": desk[-1]}
    teams = [*world["communes"], *world["centres"], led]
    return {stage.member(team["supervisor"]).agency_id: team for team in teams}


def _year(stage: Stage, world: dict[str, Any], cases: int) -> Story:
    """Each morning the stories of that day are entered; one lives no longer than it is told."""
    cast = enumerate(_cast(world, cases, stage.seed))
    days = arrivals.moments(stage.now, stage.until, cases, world["rates"], stage.chance("arrivals"))
    for _day, moments in days:
        for at in moments:
            number, name = next(cast)
            stage.enter(_told(stage, world, number, name), at)
        yield stage.midnight() - stage.now


def _told(stage: Stage, world: dict[str, Any], number: int, name: str) -> Story:
    """One story, cast when its turn comes, and forgotten once its case is closed."""
    dice = stage.chance("story", number)
    team = _home(name, world["communes"], dice)
    scene = Scene(stage=stage, world=world, dice=dice, team=team, number=number, kind=name)
    stage.begun += 1
    stage.looks.keep(scene)
    yield from STORIES[name](scene)
    stage.leave(number)


def _home(name: str, teams: list[dict[str, Any]], dice: Random) -> dict[str, Any]:
    """In which commune a story is told: by their shares, where it can be told as it stands."""
    part, least = LIVES.get(name, ("workers", 1))
    fitting = [one for one in teams if len(one[part]) >= least] or teams
    return dice.choices(fitting, [one["share"] for one in fitting])[0]


def _cast(world: dict[str, Any], cases: int, seed: int) -> Iterator[str]:
    """Names of stories: each once while there is room, evenly spread; the rest by weight."""
    weights = {name: weight for name, weight in world["stories"].items() if weight}
    dice = Random(f"{seed}/cast")  # noqa: S311 - a play
    once = dice.sample(list(weights), len(weights))[:cases]
    every = cases / len(once) if once else 0
    for number in range(cases):
        if once and number >= cases - len(once) * every:
            yield once.pop()
        else:
            yield dice.choices(list(weights), list(weights.values()))[0]
