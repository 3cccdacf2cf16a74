"""The rows that one piece of work wrote, written again by other means: the baselines of B1.

`Rows.written_by` runs the work and looks which rows are new; `by_driver` and `by_orm` write the
same rows under new ids and new uuids, so that every constraint is checked as it was.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.apps import apps
from django.db import models
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg import sql
from psycopg.types.json import Jsonb

from casework.models import AgencyTask, Run
from safekeeping.sealed import Sealed, SealedField
from tests.bench import world

STEP = 1_000_000  # each copy's ids lie a million further, away from those of sequences
# Procrastinate knows no such save; the flow is viewflow's own there.
NOT_BY_ORM = (ProcrastinateJob, Run, AgencyTask)
ONE_OF_A_KIND = ("code", "alias")  # of a case: no two may have the same


@dataclass(frozen=True)
class Row:
    """One row of a model by attnames' columns."""

    model: Any
    values: dict[str, Any]


@dataclass
class Rows:
    """New rows in an order in which each stands after what it refers to."""

    rows: list[Row]

    @classmethod
    def written_by(cls, work: Callable[[], object]) -> "Rows":
        with world.raw() as db:
            before = {model: _last(db, model) for model in _models()}
            work()
            db.rollback()
            return cls([row for model in _models() for row in _since(db, model, before[model])])

    def copy(self, number: int) -> list[Row]:
        """The same rows as of another case; `number` must not have been used before."""
        shift, uuids = number * STEP, dict[UUID, UUID]()
        ids = {model: {row.values["id"] for row in self.rows if row.model is model}
               for model in _models()}  # fmt: skip
        return [Row(row.model, _moved(row, shift, ids, uuids, number)) for row in self.rows]


def _models() -> list[Any]:
    """Every table with a number of its own that we write; jobs last."""
    ours = ("safekeeping", "casework", "referral", "shelters", "hotline")
    found = [model for app in ours for model in apps.get_app_config(app).get_models()
             if isinstance(model._meta.pk, models.BigAutoField)]  # fmt: skip
    case = apps.get_model("casework", "Case")
    return [case, *(model for model in found if model is not case), ProcrastinateJob]


def _last(db: psycopg.Connection[Any], model: Any) -> int:
    """What its sequence gave last: copies lie beyond."""
    found = db.execute(
        "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass), 0)",
        [model._meta.db_table],
    ).fetchone()
    return int(found[0]) if found else 0


def _since(db: psycopg.Connection[Any], model: Any, last: int) -> list[Row]:
    table = sql.Identifier(model._meta.db_table)
    asked = sql.SQL("SELECT * FROM {} WHERE id BETWEEN %s AND %s ORDER BY id").format(table)
    with db.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return [Row(model, values) for values in cursor.execute(asked, [last + 1, last + STEP])]


def _moved(
    row: Row, shift: int, ids: dict[Any, set[int]], uuids: dict[UUID, UUID], number: int
) -> dict[str, Any]:
    case = next(iter(ids))
    moved = {}
    for column, value in row.values.items():
        field = _field(row.model, column)
        target = row.model if column == "id" else case if column == "case_id" else (
            field.related_model if field is not None and field.is_relation else None
        )  # fmt: skip
        if isinstance(value, UUID):
            moved[column] = uuids.setdefault(value, uuid4())
        elif target is not None and value in ids.get(target, ()):
            moved[column] = value + shift
        elif column in ONE_OF_A_KIND and row.model is case:
            moved[column] = f"B{number}"
        else:
            moved[column] = value
    return moved


def _field(model: Any, column: str) -> Any:
    return next((each for each in model._meta.concrete_fields if each.column == column), None)


def by_driver(db: psycopg.Connection[Any], rows: list[Row]) -> None:
    """One transaction, one INSERT a table."""
    with db.transaction():
        for model, values in _by_table(rows).items():
            columns = list(values[0])
            line = f"({', '.join(['%s'] * len(columns))})"
            names = ", ".join(f'"{name}"' for name in columns)
            db.execute(
                f"INSERT INTO {model._meta.db_table} ({names}) VALUES "
                + ", ".join([line] * len(values)),
                [_value(one[name]) for one in values for name in columns],
            )


def _by_table(rows: list[Row]) -> dict[Any, list[dict[str, Any]]]:
    tables: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        tables.setdefault(row.model, []).append(row.values)
    return tables


def _value(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value


def by_orm(rows: list[Row]) -> None:
    """One `save` a row, as a view without our actions would; in the transaction that is open."""
    for row in rows:
        if row.model not in NOT_BY_ORM:
            _instance(row).save_base(force_insert=True)


def _instance(row: Row) -> Any:
    values = {}
    for field in row.model._meta.concrete_fields:
        value = row.values[field.column]
        values[field.attname] = Sealed(value) if isinstance(field, SealedField) else value
    return row.model(**values)


# Begun anywhere, so that two benches on one database do not meet.
numbers = count(secrets.randbelow(2**31))
