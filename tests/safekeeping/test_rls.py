"""The context of a transaction, and what the database does without one."""

import pytest
from django.db import DataError, ProgrammingError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from safekeeping import rls
from safekeeping.models import Event


def setting(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [f"app.{name}"])
        return cursor.fetchone()[0] or ""


@pytest.mark.django_db(transaction=True)
def test_context_ends_with_its_transaction(now):
    with rls.acting(actor=rls.Ids(7, 3), now=now):
        assert (setting("actor"), setting("agency")) == ("7", "3")

    assert setting("actor") == ""
    assert rls.context() == rls.NOBODY


@pytest.mark.django_db
def test_nested_context_gives_the_outer_one_back(now):
    with rls.acting(actor=rls.Ids(7, 3), now=now):
        with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(12):
            assert (setting("actor"), setting("system"), setting("case")) == ("", "sweep", "12")

        assert (setting("actor"), setting("system"), setting("case")) == ("7", "", "")


@pytest.mark.django_db
def test_context_is_given_back_after_an_error(now):
    with rls.acting(actor=rls.Ids(7, 3), now=now):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), rls.on_case(12):
            raise ZeroDivisionError

        assert setting("case") == ""
        assert rls.context().case == ""


@pytest.mark.django_db
def test_case_cannot_be_taken_outside_a_transaction_of_ours(now):
    with pytest.raises(ValueError, match="thief"), rls.acting(actor=None, now=now, system="thief"):
        pass


@pytest.mark.django_db
def test_event_in_another_name_is_refused_by_the_database(now):
    with (
        rls.acting(actor=rls.Ids(7, 3), now=now),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Event(
            topic="t",
            subject="0" * 32,
            reference="1" * 32,
            actor_id=8,
            agency_id=3,
            happened_at=now,
            recorded_at=now,
        ).save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE", "DELETE"])
def test_event_is_never_changed(now, statement):
    sql = {
        "UPDATE": "UPDATE safekeeping_event SET topic = 'x'",
        "DELETE": "DELETE FROM safekeeping_event",
    }
    with (
        rls.acting(actor=rls.Ids(7, 3), now=now),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql[statement])


def told(captured):
    return [q["sql"] for q in captured if "set_config('app.actor'" in q["sql"]]


@pytest.mark.django_db(transaction=True)
def test_each_context_is_told_once_and_only_if_something_is_asked(now):
    with CaptureQueriesContext(connection) as captured:
        with rls.acting(actor=rls.Ids(7, 3), now=now):
            pass
        with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(12):
            setting("case")

    assert len(told(captured)) == 1


@pytest.mark.django_db
def test_a_rollback_to_a_savepoint_leaves_the_context_that_holds(now):
    with rls.acting(actor=rls.Ids(7, 3), now=now):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            with rls.acting(actor=rls.Ids(8, 4), now=now):
                assert setting("actor") == "8"
            assert setting("actor") == "7"
            raise ZeroDivisionError

        assert (setting("actor"), setting("agency")) == ("7", "3")


@pytest.mark.django_db
def test_a_failed_statement_leaves_the_context_that_holds(now):
    with rls.acting(actor=rls.Ids(7, 3), now=now):
        inner = rls.acting(actor=rls.Ids(8, 4), now=now)
        with pytest.raises(DataError), inner, connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

        assert setting("actor") == "7"


@pytest.mark.django_db
def test_a_plain_transaction_goes_on_in_nobodys_name(now):
    with rls.acting(actor=rls.Ids(7, 3), now=now):
        setting("actor")

    assert setting("actor") == ""


@pytest.mark.django_db
def test_a_wrapper_that_comes_and_goes_does_not_take_ours_along(now):
    del vars(connections["default"])["mai_am"]
    wrappers = connection.execute_wrappers
    before, wrappers[:] = list(wrappers), [one for one in wrappers if one is not rls._tell]
    passing = connection.execute_wrapper(lambda execute, *rest: execute(*rest))
    with passing, rls.acting(actor=rls.Ids(7, 3), now=now):
        assert setting("actor") == "7"
    assert rls._tell in wrappers
    wrappers[:] = before
