"""The second lock alone: with every policy saying yes, the database refuses.

Two cases and two agencies, always: with one of each a policy that opens everything looks right.
"""

import inspect

import pytest
from django.db import ProgrammingError, transaction

from casework import access, policy
from casework.groups import EVERY
from casework.models import (
    Access,
    Assessment,
    Block,
    BreakGlass,
    Case,
    Consent,
    Deadline,
    EmergencyCard,
    FollowUp,
    Incident,
    Override,
    Plan,
    PlanItem,
    Report,
    Survivor,
    SurvivorIndex,
)
from casework.models.base import CaseQuerySet, CaseRecordQuerySet
from safekeeping import rls
from safekeeping.models import Event
from tests.casework import families, looks

pytestmark = pytest.mark.django_db
OF_A_CASE = (
    Access, Assessment, Block, BreakGlass, Case, Consent, Deadline, EmergencyCard, FollowUp,
    Incident, Override, Plan, PlanItem, Report, Survivor, SurvivorIndex, Event,
)  # fmt: skip


@pytest.fixture
def policy_off(monkeypatch):
    """Everybody sees and may everything, as far as the app is asked."""
    for queryset in [CaseQuerySet, CaseRecordQuerySet, *_subclasses(CaseRecordQuerySet)]:
        if "visible_to" in vars(queryset):
            monkeypatch.setattr(queryset, "visible_to", lambda self, actor: self.all())
    for name, _ in inspect.getmembers(policy, inspect.isfunction):
        if name != "require":
            monkeypatch.setattr(policy, name, lambda *args, **kwargs: True)
    monkeypatch.setattr(access, "groups_for", lambda *args: EVERY)


def _subclasses(kind):
    return [one for child in kind.__subclasses__() for one in (child, *_subclasses(child))]


def test_action_on_a_case_of_others_finds_nothing(request, cast, assigned, report, now):
    made, who = families.make(assigned(), cast, now), cast["strange_supervisor"]
    report(commune="12070")
    request.getfixturevalue("policy_off")

    assert families.not_found(who, made, now) == set(families.FAMILIES)


@pytest.mark.parametrize("model", OF_A_CASE)
def test_rows_of_two_agencies_do_not_mix(cast, assigned, report, now, model):
    families.make(assigned(), cast, now)
    other = looks.one(Case, report(commune="12070", conflict="no")).pk
    column = "pk" if model is Case else "case_id"

    with rls.acting(actor=cast["stranger"], now=now):
        rows = model.objects.exclude(**{column: None})
        seen = set(rows.values_list(column, flat=True))

    assert seen <= {other}


@pytest.mark.parametrize("model", [m for m in OF_A_CASE if m not in (Event, SurvivorIndex)])
def test_no_row_is_written_without_the_case_in_hand(cast, assigned, now, model):
    """Not even by its owner: a saving view or form changes nothing."""
    families.make(assigned(), cast, now)

    with rls.acting(actor=cast["supervisor"], now=now):
        assert model.objects.update(version=99) == 0


def test_nobody_grants_himself_access(cast, assigned, now):
    case = looks.one(Case, assigned())

    with (
        rls.acting(actor=cast["stranger"], now=now),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Access.born(
            case=case, agency_id=cast["stranger"].agency_id, reach=1, groups=["contact"],
            why="consent", starts=now,
        )  # fmt: skip


def test_nobody_lifts_a_block_by_hand(cast, report, now):
    looks.block(report(), now, agency_id=cast["supervisor"].agency_id)

    with rls.acting(actor=cast["supervisor"], now=now):
        assert Block.objects.update(live=False) == 0
        assert not Case.objects.exists()


@pytest.mark.parametrize("model", [m for m in OF_A_CASE if m not in (Access, Block, Report)])
def test_blocked_office_reads_no_row(cast, assigned, now, model):
    made = families.make(assigned(), cast, now)
    looks.block(made.case, now, agency_id=cast["supervisor"].agency_id)

    with rls.acting(actor=cast["supervisor"], now=now):
        rows = model.objects.exclude(case_id=None) if model is Event else model.objects.all()
        assert not rows.exists()


def test_ended_access_reads_no_row(cast, assigned, now, later):
    looks.share(assigned(), cast["health"], {"contact"}, ends=later(minutes=5))

    with rls.acting(actor=cast["health"], now=later(minutes=4)):
        assert Survivor.objects.count() == 1
    with rls.acting(actor=cast["health"], now=later(minutes=5)):
        assert Survivor.objects.count() == 0


def test_without_a_context_there_are_no_rows(assigned):
    assigned()

    assert [model.__name__ for model in OF_A_CASE if model.objects.exists()] == []
