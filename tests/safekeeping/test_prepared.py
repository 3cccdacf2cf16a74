"""Plans stay: psycopg's own limit would push them out one by one."""

import pytest
from django.db import connection

MORE_THAN_PSYCOPG_KEEPS = 150


@pytest.mark.django_db
def test_a_connection_keeps_the_plans_of_a_whole_case():
    with connection.cursor() as cursor:
        for _ in range(3):  # planned for good from the third time on
            for number in range(MORE_THAN_PSYCOPG_KEEPS):
                cursor.execute(f"SELECT %s::int + {number}", [1])
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%::int +%'"
        )
        kept = cursor.fetchone()[0]

    assert kept >= MORE_THAN_PSYCOPG_KEEPS
