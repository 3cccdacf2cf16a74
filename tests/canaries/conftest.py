"""The cast of casework's tests, and a dump of the database as a thief would take it."""

from collections.abc import Callable, Iterator

import pytest

from network import edition
from network.actors import Actor
from tests import worlds
from tests.canaries.stealing import stolen
from tests.casework.conftest import actor, assigned, cast, commune, report
from tests.hotline.conftest import on_duty
from tests.shelters.conftest import load_houses

__all__ = ["actor", "assigned", "cast", "on_duty", "report"]


def with_houses() -> dict[str, Actor]:
    """Hưng Yên with the cast and its houses."""
    people = commune()
    load_houses()
    return people


@pytest.fixture(autouse=True)
def _hung_yen(request: pytest.FixtureRequest) -> Iterator[None]:
    """The province with its houses, for tests that commit; the scanner's own need none."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db")
        worlds.bring(with_houses)
    yield
    edition.forget()


@pytest.fixture
def dump() -> Callable[[], bytes]:
    """`dump()`: everything there is, in plain SQL, read as the superuser."""

    return stolen
