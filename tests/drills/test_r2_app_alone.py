"""R2, the app's lock alone: the owner of the tables asks, whom every row is open to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps

from casework.models import Case, CaseRecord
from network.actors import Actor
from safekeeping import rls
from tests.conftest import NOW, log_in_as
from tests.drilling import Drill
from tests.drills.access import people
from tests.drills.access.matrix import Matrix, ask_all, matrix, verdict
from tests.drills.access.probes import Prober
from tests.shelters.conftest import loaded

__all__ = ["loaded", "matrix"]

pytestmark = pytest.mark.django_db


Rows = dict[tuple[str, str], set[int]]  # (who, table) → keys


def rows_of(matrix: Matrix, rows: Callable[[Any, Actor], Any]) -> Rows:
    """Of each person who asks and each table of cases: the rows of the scenes that are there."""
    cases = [scene.case_id for scene in matrix.scenes]
    found = {}
    for who, actor in matrix.cast.items():
        with rls.acting(actor=actor, now=NOW):
            for model in case_records():
                seen = rows(model, actor).filter(case_id__in=cases)
                found[who, model.__name__] = set(seen.values_list("pk", flat=True))
    return found


def case_records() -> list[type[CaseRecord]]:
    """Every model whose rows belong to a case and are asked for as somebody."""
    return [one for one in apps.get_models() if issubclass(one, CaseRecord)]


@pytest.fixture(scope="module")
def shown(matrix: Matrix, django_db_blocker: Any) -> Rows:
    """What the database shows, to whoever asks it for everything."""
    with django_db_blocker.unblock():
        return rows_of(matrix, lambda model, actor: model.objects)


@pytest.fixture(scope="module", autouse=True)
def _open_to_all(matrix: Matrix, shown: Rows, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        log_in_as("owner")
    yield
    with django_db_blocker.unblock():
        log_in_as("app")


def test_lock_of_the_database_is_off(matrix: Matrix) -> None:
    with rls.acting(actor=matrix.cast["elsewhere/supervisor"], now=NOW):
        seen = set(Case.objects.values_list("pk", flat=True))

    assert {scene.case_id for scene in matrix.scenes} <= seen


def test_the_app_shows_nobody_a_row_that_the_database_would_not(
    matrix: Matrix, shown: Rows, drill: Drill
) -> None:
    """Row by row: neither lock leans on the other."""
    asked_for = rows_of(matrix, lambda model, actor: model.objects.visible_to(actor))

    more = {place for place, rows in asked_for.items() if not rows <= shown[place]}

    drill.figure("R2", f"{len(shown):,} lists row by row by both locks, {len(more)} leaks of one")
    assert any(shown.values())
    assert more == set()


def test_the_app_alone_shows_nobody_what_no_line_allows(
    matrix: Matrix,
    drill: Drill,
) -> None:
    prober = Prober(matrix.cast)
    who = list(matrix.cast) if drill.at_length else list(people.FEW)

    every = drill.one_in(short=16, length=3)
    ask_all(matrix, prober, who, every=every, piece=drill.piece, whole=False)

    verdict(drill, prober, "the database's lock off")
