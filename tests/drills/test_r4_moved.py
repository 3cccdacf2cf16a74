"""R4: what lies sealed in the rows of two people opens nowhere but where it lies.

Every sealed column of the apps that the two have filled: its bytes are laid into every other one,
of the same row, of another, and of the other person.
"""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.apps import apps

from casework.models import Case
from safekeeping import rls
from safekeeping.errors import Unreadable
from safekeeping.sealed import Sealed, is_empty, open_fields, sealed_names
from tests.canaries import walk
from tests.canaries.people import SEALED
from tests.casework.conftest import _province, actor, assigned, cast, report
from tests.conftest import NOW
from tests.drilling import Drill

__all__ = ["_province", "actor", "assigned", "cast", "report"]

pytestmark = pytest.mark.django_db
COLUMNS_AT_LEAST = 20


class Cell(NamedTuple):
    """One sealed value where it lies."""

    record: Any
    name: str

    @property
    def box(self) -> Sealed:
        box: Sealed = self.record._meta.get_field(self.name).box_of(self.record)
        return box

    @property
    def column(self) -> str:
        return f"{self.record._meta.db_table}.{self.name}"


@pytest.fixture
def cells(cast: Any, report: Callable[..., UUID]) -> list[Cell]:
    """Of two people who went the same way."""
    found: list[Cell] = []
    for _ in range(2):
        her = walk.Walk(cast, report(sealed=SEALED, danger_now="yes"))
        for part in (walk.asked_and_planned, walk.referred, walk.sheltered, walk.mended):
            part(her)
        with rls.acting(actor=cast["worker"], now=NOW):
            case_id = Case.objects.get(reference=her.case).pk
        with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(case_id):
            found += _cells_of(case_id)
    return found


def _cells_of(case_id: int) -> Iterator[Cell]:
    for model in apps.get_models():
        names = sealed_names(model)
        column = "pk" if model is Case else "case_id"
        if not names or not (model is Case or hasattr(model, "case_id")):
            continue
        for row in model._default_manager.filter(**{column: case_id}):
            assert row.key_subject  # looked up while the case is in hand
            yield from (Cell(row, name) for name in names if not is_empty(row, name))


def test_nothing_opens_where_it_was_moved_to(cells: list[Cell], drill: Drill) -> None:
    pairs = list(permutations(cells, 2))
    tried = pairs if drill.at_length else pairs[:: len(pairs) // 400 + 1]

    opened = [
        (there.column, other.column)
        for there, other in tried if opens(there, other.box.stored)
    ]  # fmt: skip

    columns = {cell.column for cell in cells}
    drill.figure(
        "R4",
        f"{len(tried):>6,} tried, {len(opened)} accepted: real values of {len(columns)} columns"
        " moved to another column, row or person",
    )
    assert len(columns) >= COLUMNS_AT_LEAST
    assert opened == []
    assert all(opens(cell, cell.box.stored) for cell in cells)


def opens(there: Cell, stored: bytes | None) -> bool:
    """Whether these bytes open in this place; what lay there is put back."""
    box, kept = there.box, there.box.stored
    box.stored, box.known = stored, False
    try:
        open_fields([there.record], [there.name])
    except Unreadable:
        return False
    finally:
        box.stored = kept
    return True
