"""SQL of one's own as the app's role, without a case in hand: nothing of a case is written."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from psycopg.errors import UniqueViolation

from network.actors import Actor
from safekeeping import policies, rls
from tests.canaries import walk
from tests.canaries.people import SEALED
from tests.casework.conftest import _province, actor, assigned, cast, report
from tests.conftest import NOW

__all__ = ["_province", "actor", "assigned", "cast", "report"]

pytestmark = pytest.mark.django_db
WHO = ("worker", "supervisor", "coordinator", "health", "stranger", "analyst", None)
REFUSED = -1


def tables() -> Iterator[tuple[str, str, str]]:
    """Name, key and what makes a row one of a case, of every table with rows of cases."""
    for model in apps.get_models(include_auto_created=True):
        if isinstance(policies.rule_of(model), policies.Rows):
            yield model._meta.db_table, str(model._meta.pk.column), _of_case(model)


def _of_case(model: type[models.Model]) -> str:
    columns = {field.column for field in model._meta.concrete_fields}
    return "case_id IS NOT NULL" if "case_id" in columns else "true"


def attempt(sql: str) -> int:
    """How many rows it wrote; REFUSED where the database forbids it.

    A row that is only one too many (a key used twice) had been let in: it counts as written.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            return int(cursor.rowcount)
    except DatabaseError as refusal:  # no right, a policy's no, or a trigger's
        return 1 if isinstance(refusal.__cause__, UniqueViolation) else REFUSED


@pytest.fixture
def lived(cast: dict[str, Actor], report: Callable[..., UUID]) -> dict[str, Actor]:
    """A case that has been through everything."""
    walk.whole(walk.Walk(cast, report(sealed=SEALED, danger_now="yes")))
    return cast


@pytest.mark.parametrize("who", WHO)
def test_nobody_writes_a_row_of_a_case_by_sql_of_their_own(
    lived: dict[str, Actor], who: str | None
) -> None:
    written: dict[str, Any] = {}
    with rls.acting(actor=lived[who] if who else None, now=NOW):
        for table, key, of_case in tables():
            tries = {
                "update": attempt(f"UPDATE {table} SET {key} = {key} WHERE {of_case}"),
                "delete": attempt(f"DELETE FROM {table} WHERE {of_case}"),
                "insert": attempt(
                    f"INSERT INTO {table} SELECT * FROM {table} WHERE {of_case} LIMIT 1"
                ),
                "empty": attempt(f"TRUNCATE {table} CASCADE"),
            }
            written |= {f"{verb} {table}": n for verb, n in tries.items() if n not in (0, REFUSED)}

    assert len(list(tables())) > 20
    assert written == {}
