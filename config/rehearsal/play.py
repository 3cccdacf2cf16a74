"""Casts a rehearsal: who tells which story when. Same seed, same world, same end: same play."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

from casework.actions import record_safe_check
from casework.models import Case, CaseState
from config.embedded import BASE_DIR
from config.rehearsal.scene import Scene
from config.rehearsal.stage import Stage
from config.rehearsal.stories import STORIES
from hotline.actions import acknowledge_alert
from hotline.models import Alert
from network.loading import people
from shelters.actions import loading as houses

WORLD = Path(__file__).with_name("world.yaml")
BETWEEN_ANSWERS = timedelta(hours=3)
LEFT_RINGING = timedelta(hours=6)
LIVE = [state for state in CaseState.values if state != CaseState.CLOSED]
LAST_ONES = ("fresh", "shelter_night", "support", "conflict", "walk_in", "life_first")


def read(path: Path = WORLD) -> dict[str, Any]:
    """A world file as plain values."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def rehearse(*, world: dict[str, Any], until: datetime, days: int, cases: int, seed: int) -> Stage:
    """Play so many cases in the days before `until`; returns the stage as it stands at the end.

    The last hours bring a few reports that nobody has finished with, so that queues and clocks
    are alive. Raises whatever an action refuses: a story that cannot be played is a mistake.
    """
    start = until - timedelta(days=days)
    people.load(BASE_DIR / world["people"], start, days=days + 15)
    houses.load(BASE_DIR / world["shelters"], start)
    stage = Stage(now=start, until=until, seed=seed)
    for number, name in enumerate(_cast(world, cases, seed)):
        dice = stage.chance("begin", number)
        stage.enter(_told(stage, world, number, name), start + _offset(dice, days))
    for number, name in enumerate(LAST_ONES[: max(1, cases // 7)], start=cases):
        dice = stage.chance("last", number)
        hours = dice.uniform(*world["quiet_hours"])
        stage.enter(_told(stage, world, number, name), until - timedelta(hours=hours))
    stage.after_sweep = lambda: _answer_what_rings(stage, world)
    stage.play()
    return stage


def _answer_what_rings(stage: Stage, world: dict[str, Any]) -> None:
    """Every few hours people take what still rings, and see that she is safe; not at the end."""
    if stage.now < stage.answered + BETWEEN_ANSWERS or stage.until - stage.now < LEFT_RINGING:
        return
    stage.answered = stage.now
    for name in _who_answers(world):
        with stage.acting(name) as actor:
            mine = Case.objects.visible_to(actor).filter(state__in=LIVE).in_bulk()
            # One act may settle several alerts, so each is asked for anew.
            while alert := Alert.objects.visible_to(actor).ringing().first():
                acknowledge_alert(actor=actor, reference=alert.reference, now=stage.now)
                if alert.emergency and alert.case_id in mine:
                    record_safe_check(
                        actor=actor,
                        reference=mine[alert.case_id].reference,
                        met_by="spoken_alone",
                        way="call",
                        safe_again="alone",
                        now=stage.now,
                    )


def _who_answers(world: dict[str, Any]) -> list[str]:
    teams = [[*team["workers"], team["supervisor"]] for team in world["communes"]]
    centre = list(world["centre"].values())
    return [name for team in teams for name in team] + centre + [world["health"], world["desk"][0]]


def _told(stage: Stage, world: dict[str, Any], number: int, name: str) -> Any:
    """One story, cast when its turn comes."""
    dice = stage.chance("story", number)
    team = world["communes"][number % len(world["communes"])]
    scene = Scene(stage=stage, world=world, dice=dice, team=team, number=number)
    yield from STORIES[name](scene)


def _cast(world: dict[str, Any], cases: int, seed: int) -> list[str]:
    """Names of stories: each once while there is room, the rest by weight, well shuffled."""
    weights = world["stories"]
    dice = Random(f"{seed}/cast")  # noqa: S311 - a play
    once = list(weights)[: max(0, cases - len(LAST_ONES))]
    more = dice.choices(list(weights), list(weights.values()), k=max(0, cases - len(once)))
    found = [*once, *more][:cases]
    dice.shuffle(found)
    return found


def _offset(dice: Random, days: int) -> timedelta:
    """Any time of the days, nights more than mornings; not in the last day."""
    hour = dice.choice((2, 7, 10, 14, 18, 20, 21, 22, 23, 23))
    return timedelta(
        days=dice.randint(0, max(0, days - 2)), hours=hour, minutes=dice.randint(0, 59)
    )
