"""The world that is asked, made once for a module, and how everybody asks it everything."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import time_machine

from network.models import Agency
from tests.conftest import NOW
from tests.drilling import Drill, part
from tests.drills.access import live, marks, people, probes, routes, world
from tests.drills.access.probes import Prober

# Of people and offices, which have a table of their own: one asker in so many, in the short form.
NAMES_NO_CASE = 5


@dataclass(frozen=True)
class Matrix:
    """The world that is asked, and who asks."""

    cast: people.Cast
    scenes: list[world.Scene]
    office: UUID
    pushes: list[live.Push]


@pytest.fixture(scope="module")
def matrix(loaded: None, django_db_blocker: Any) -> Iterator[Matrix]:
    """Committed once for the module: every question is taken back by itself."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        pytest.MonkeyPatch.context() as patch,
    ):
        pushes = live.listen(patch)
        names = people.every() if part() else [*people.FEW, *people.HELPERS]
        cast = people.make(names, NOW)
        world.on_duty(cast)
        scenes = [world.make(name, cast) for name in marks.SCENES]
        yield Matrix(cast, scenes, Agency.objects.get(code="ctxh").reference, pushes)


def ask_all(
    matrix: Matrix, prober: Prober, who: list[str], *, every: int, piece: int, whole: bool
) -> None:
    """Each person at each address. whole: of every scene by every way, else of one by one way."""
    for turn, route, name in turns(who, every=every, piece=piece):
        if not whole and route.names_no_case and turn % NAMES_NO_CASE:
            continue
        scenes = matrix.scenes if whole else [matrix.scenes[turn // every % len(matrix.scenes)]]
        for scene in scenes:
            asked = list(probes.questions(route, scene, whole=whole))
            for one in asked if whole else asked[turn % len(asked) :][:1]:
                prober.probe(name, one, matrix.office)


def turns(who: list[str], *, every: int, piece: int) -> Iterator[tuple[int, routes.Route, str]]:
    """Who asks which address, one in so many. piece: which one; another asks other things."""
    asking = ((route, name) for route in routes.routes() for name in who)
    for turn, (route, name) in enumerate(asking, start=-piece):
        if turn % every == 0:
            yield turn, route, name


def verdict(drill: Drill, prober: Prober, what: str) -> None:
    tally = prober.tally
    drill.figure("R2", f"{tally.probes:,} probes, {len(tally.leaks)} leaks ({what})")
    assert not tally.leaks, "\n".join(tally.leaks)
    assert not tally.faults, "\n".join(tally.faults)
