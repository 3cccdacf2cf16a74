"""What raw SQL of the app's role may not do: bring a row into the world in a later state."""

import pytest
from django.db import IntegrityError, connection, transaction

from casework import actions
from casework.models import Case, Consent, FollowUp, PlanItem, Report
from safekeeping import rls
from safekeeping.states import births
from tests.casework.steps import S, act, bring, rows
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(cast, report):
    """A case with one row of every kind."""
    case = bring(cast, report(), S.FOLLOW_UP)
    act(cast["worker"], actions.record_consent, reference=case, answers=["talk"])
    act(
        cast["worker"], actions.agree_plan, reference=case, kind="support",
        items=[actions.Item("legal")],
    )  # fmt: skip
    return case


def copy_as(cast, case, model, field, state):
    """Insert a copy of the first row, in another state, as the app's role with the case in hand."""
    columns = [one.column for one in model._meta.concrete_fields if one.column != "id"]
    given = {field: "%s", "reference": "gen_random_uuid()"}
    row = rows(cast["worker"], model)[0]
    chosen = ", ".join(given.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    with rls.acting(actor=cast["worker"], now=NOW), transaction.atomic():
        with rls.on_case(Case.objects.get(reference=case).pk), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({names}) SELECT {chosen}"
                f" FROM {model._meta.db_table} WHERE id = %s",
                [state, row.pk],
            )
        transaction.set_rollback(True)


LATER = [
    (Report, "status", "HANDLED"), (Report, "status", "CLOSED"), (PlanItem, "state", "DONE"),
    (PlanItem, "state", "DROPPED"), (FollowUp, "state", "HELD"), (FollowUp, "state", "MISSED"),
    (FollowUp, "state", "CANCELLED"), (Consent, "state", "WITHDRAWN"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "field", "state"), LATER)
def test_the_database_refuses_a_birth_in_a_later_state(cast, made, model, field, state):
    with pytest.raises(IntegrityError, match="not born as"):
        copy_as(cast, made, model, field, state)


@pytest.mark.parametrize(
    ("model", "field"),
    [(Report, "status"), (PlanItem, "state"), (FollowUp, "state"), (Consent, "state")],
)
def test_what_the_actions_bring_is_let_in(cast, made, model, field):
    for state in births(model, field):
        copy_as(cast, made, model, field, state)
