"""Each lock alone: with the app's own filter left out, and with the database's taken away."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from casework.models import Access, Block, Case
from referral import actions
from referral.models import Referral
from safekeeping import rls
from safekeeping.errors import NotVisible
from tests.conftest import NOW, as_owner
from tests.referral.conftest import row_of


def rows_of(people, who):
    with rls.acting(actor=people[who], now=NOW):
        return Referral.objects.count()


# The app's filter left out: the database refuses


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "sees"),
    [("worker", 1), ("supervisor", 1), ("doctor", 1), ("hospital", 0), ("stranger", 0),
     ("coordinator", 0), ("officer", 0)],
)  # fmt: skip
def test_the_database_shows_a_request_to_its_two_agencies_only(send, people, who, sees):
    send()

    assert rows_of(people, who) == sees


@pytest.mark.django_db
def test_without_context_there_is_nothing(send):
    send()

    assert Referral.objects.count() == 0


@pytest.mark.django_db
def test_two_cases_of_two_communes_stay_apart(send, report, people, do, case):
    send()
    report(by="stranger", commune="12070", needs=("doctor",))

    with rls.acting(actor=people["stranger"], now=NOW):
        own = {row.case_id for row in Referral.objects.all()}
    with rls.acting(actor=people["worker"], now=NOW):
        theirs = {row.case_id for row in Referral.objects.all()}
    assert len(own) == len(theirs) == 1
    assert own.isdisjoint(theirs)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["worker", "doctor"])
def test_nobody_writes_without_the_case_in_hand(send, people, who):
    reference = send()

    with rls.acting(actor=people[who], now=NOW):
        changed = Referral.objects.filter(reference=reference).update(outcome="helped")

    assert changed == 0


@pytest.mark.django_db
def test_nobody_inserts_without_the_case_in_hand(send, people):
    row = row_of(send(), people["worker"])
    row.pk, row.reference = None, None

    with (
        rls.acting(actor=people["worker"], now=NOW),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO referral_referral (reference, version, kind, service, ground, statute,"
            " outside, state, urgency, reach_by, area, age_band, risk, needs, parts, groups, round,"
            " passed_on, sent_at, recorded_at, answer_due, answered_how, reason, outcome, case_id,"
            " from_agency_id, to_agency_id) SELECT gen_random_uuid(), 1, kind, service, ground,"
            " statute, outside, state, urgency, reach_by, area, age_band, risk, needs, parts,"
            " groups, round, passed_on, sent_at, recorded_at, answer_due, answered_how, reason,"
            " outcome, case_id, from_agency_id, to_agency_id FROM referral_referral"
        )


@pytest.mark.django_db
def test_a_block_denies_what_the_address_would_allow(send, people):
    row = row_of(send(), people["worker"])
    with rls.acting(actor=people["worker"], now=NOW), rls.on_case(row.case_id):
        Block.objects.bulk_create(
            [Block(case_id=row.case_id, user_id=people["doctor"].user_id, why="asked", starts=NOW)]
        )

    assert rows_of(people, "doctor") == 0
    assert rows_of(people, "second_doctor") == 1


# The database's lock taken away: the app refuses


@contextmanager
def no_policies(*models):
    """Row-level security off for these tables, as the owner; the tests' rows must be committed."""
    tables = [model._meta.db_table for model in models]
    with as_owner() as db:
        for table in tables:
            db.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        with as_owner() as db:
            for table in tables:
                db.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("loaded")
def test_without_policies_the_app_still_hides_and_refuses(send, people, do):
    reference = send()

    with no_policies(Referral, Case, Access, Block):
        for who in ("hospital", "stranger", "officer"):
            with rls.acting(actor=people[who], now=NOW):
                assert Referral.objects.count() == 1
                assert Referral.objects.visible_to(people[who]).count() == 0
            with pytest.raises(NotVisible):
                do(who, actions.accept_referral, reference=reference)
        with pytest.raises(PermissionDenied):
            do("worker", actions.accept_referral, reference=reference)
        with pytest.raises(PermissionDenied):
            do("doctor", actions.withdraw_referral, reference=reference)
