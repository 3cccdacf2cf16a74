"""The cast and cases of casework; this folder loads the province for each test by itself."""

from collections.abc import Iterator

import pytest

from network import edition
from network.loading import province
from tests.casework.conftest import HUNG_YEN, actor, cast, report
from tests.conftest import NOW

__all__ = ["actor", "cast", "report"]


@pytest.fixture
def hung_yen(transactional_db: None) -> Iterator[None]:
    """Committed rows, for the figures role reads them by a login of its own."""
    edition.forget()
    province.load(HUNG_YEN, NOW)
    yield
    edition.forget()
