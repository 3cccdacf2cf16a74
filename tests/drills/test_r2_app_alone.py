"""R2, the app's lock alone: the owner of the tables asks, whom every row is open to."""

from collections.abc import Iterator
from typing import Any

import pytest

from casework.models import Case
from safekeeping import rls
from tests.conftest import NOW, log_in_as
from tests.drilling import Drill
from tests.drills.access import people
from tests.drills.access.matrix import Matrix, ask_all, matrix, verdict
from tests.drills.access.probes import Prober
from tests.shelters.conftest import loaded

__all__ = ["loaded", "matrix"]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _open_to_all(matrix: Matrix, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        log_in_as("owner")
    yield
    with django_db_blocker.unblock():
        log_in_as("app")


def test_lock_of_the_database_is_off(matrix: Matrix) -> None:
    with rls.acting(actor=matrix.cast["elsewhere/supervisor"], now=NOW):
        seen = set(Case.objects.values_list("pk", flat=True))

    assert {scene.case_id for scene in matrix.scenes} <= seen


def test_the_app_alone_shows_nobody_what_no_line_allows(
    matrix: Matrix,
    drill: Drill,
) -> None:
    prober = Prober(matrix.cast)
    who = list(matrix.cast) if drill.at_length else list(people.FEW)

    ask_all(matrix, prober, who, every=drill.one_in(short=16, length=3), whole=False)

    verdict(drill, prober, "the database's lock off")
