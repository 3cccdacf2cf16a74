"""Plans are made once for all values, and stay: psycopg's own limit would push them out."""

import re
from itertools import count

import pytest
from django.db import connection

from hotline.models import Alert
from referral.models import ASKED, Referral, State
from safekeeping import rls

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


def plan(rows, now):
    """As it is made for whatever values come."""
    number = count(1)
    text = re.sub("%s", lambda _: f"${next(number)}", rows.query.sql_with_params()[0])
    with rls.acting(actor=None, now=now, system="sweep"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {text}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.django_db
def test_a_plan_for_all_values_finds_the_index_of_a_state(now):
    due = Referral.objects.filter(state=State.SENT, answer_due__lte=now)

    assert "referral_due" in plan(due, now)


@pytest.mark.django_db
def test_a_plan_for_all_values_finds_the_index_of_some_states(now):
    asked = Referral.objects.filter(to_agency=3, state__in=ASKED).order_by("answer_due", "id")

    assert "referral_in " in plan(asked, now)


@pytest.mark.django_db
def test_plans_are_made_once_for_all_values():
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")

        assert cursor.fetchone() == ("force_generic_plan",)


def test_only_words_are_spelled_out():
    text, values = Alert.objects.filter(state__in=["OPEN' OR true", "OPEN"]).query.sql_with_params()

    assert "true" not in text
    assert values == ("OPEN' OR true", "OPEN")
