"""The cast of casework's tests, and a dump of the database as a thief would take it."""

from collections.abc import Callable, Iterator

import pytest

from network import edition
from network.loading import province
from tests.canaries.stealing import stolen
from tests.casework.conftest import HUNG_YEN, actor, assigned, cast, report
from tests.conftest import NOW
from tests.hotline.conftest import on_duty
from tests.shelters.conftest import load_houses

__all__ = ["actor", "assigned", "cast", "on_duty", "report"]


@pytest.fixture(autouse=True)
def _hung_yen(request: pytest.FixtureRequest) -> Iterator[None]:
    """The province with its houses, for tests that commit; the scanner's own need none."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db")
        edition.forget()
        province.load(HUNG_YEN, NOW)
        load_houses()
    yield
    edition.forget()


@pytest.fixture
def dump() -> Callable[[], bytes]:
    """`dump()`: everything there is, in plain SQL, read as the superuser."""

    return stolen
