"""A world that is laid back is the one that was made, with every lock of the tables on it."""

from collections.abc import Iterator
from typing import Any

import pytest

from network.models import Agency, User
from tests import tables, worlds
from tests.casework.conftest import commune

pytestmark = pytest.mark.django_db
LOCKS = """
    SELECT tgrelid::regclass::text, tgname::text, tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL SELECT oid::regclass::text, relforcerowsecurity::text, relrowsecurity::text
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1, 2
"""


def locks() -> list[Any]:
    with tables.as_owner() as db:
        return db.execute(LOCKS).fetchall()


def _in_order(rows: tables.Rows) -> dict[str, list[bytes]]:
    """Each table's rows sorted: they lie where a vacuum left room, not as they came."""
    return {table: sorted(text.splitlines()) for table, text in rows.items()}


@pytest.fixture(scope="module")
def locked(django_db_setup: None) -> list[Any]:
    """Triggers and policies, before any world came."""
    return locks()


@pytest.fixture(scope="module")
def again(locked: list[Any], django_db_blocker: Any) -> Iterator[tables.Rows]:
    """The rows that were made; what stands now is the second laying of them."""
    with django_db_blocker.unblock():
        worlds.bring(commune)
        made = tables.take()
        worlds.leave()
        worlds.bring(commune)
        yield made
        worlds.leave()


def test_rows_are_those_that_were_made(again: tables.Rows) -> None:
    assert _in_order(tables.take()) == _in_order(again)
    assert len(again["network_agency"].splitlines()) == Agency.objects.count()


def test_whom_it_told_of_are_its_people(again: tables.Rows) -> None:
    told = worlds.told() or {}

    assert {each.user_id for each in told.values()} == set(
        User.objects.values_list("pk", flat=True)
    )


def test_every_trigger_and_policy_is_back(locked: list[Any], again: tables.Rows) -> None:
    assert {"A", "O", "true"} <= {row[2] for row in locked}
    assert locks() == locked


def test_emptied_tables_tell_of_nobody(again: tables.Rows, transactional_db: None) -> None:
    worlds.leave()

    assert worlds.told() is None
    assert not User.objects.exists()
