"""The town, lived in once for the module; requests then run as in life, in transactions of theirs.

Inside a test's own transaction a request would begin with a savepoint and end by giving the
context back: other statements than those that a person waits for.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import time_machine

from casework import naming
from network import edition
from network.loading import province
from tests.casework.conftest import HUNG_YEN
from tests.conftest import NOW, empty
from tests.figures.test_mart import build
from tests.statements import life
from tests.statements.town import Town, open_town


@pytest.fixture(scope="module")
def _names_in_order() -> Iterator[None]:
    """A name drawn twice costs a savepoint and its way back, by chance: here none is."""
    numbers = count(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(naming, "_alias", lambda _number: f"Lan {next(numbers)}")
        yield


@pytest.fixture(scope="module")
def town(_names_in_order: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    edition.forget()
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
        try:
            province.load(HUNG_YEN, NOW)
            lived = open_town()
            life.first_round(lived)
            build()
            yield lived
        finally:
            empty()
    edition.forget()
