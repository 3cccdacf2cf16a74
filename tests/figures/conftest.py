"""The cast and cases of casework; this folder loads the province for each test by itself."""

from collections.abc import Iterator

import pytest

from network import edition
from tests import worlds
from tests.casework.conftest import actor, cast, commune, report

__all__ = ["actor", "cast", "report"]


@pytest.fixture
def hung_yen(transactional_db: None) -> Iterator[None]:
    """Committed rows, for the figures role reads them by a login of its own."""
    worlds.bring(commune)
    yield
    edition.forget()
