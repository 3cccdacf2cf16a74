"""Each lock alone: policies without the app's filters, the app's filters without policies."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from safekeeping import rls
from shelters import actions
from shelters.models import Bed, BedUse, Outage, Room, Shelter, Stay
from tests import worlds
from tests.conftest import NOW, as_owner, empty
from tests.shelters.conftest import (
    actor_named,
    bed,
    do,
    load,
    make_admitted,
    make_held,
    make_stay,
)

# Who reads which rows without any filter of ours: the database alone decides.


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("worker", 1),
        ("leader", 1),
        ("keeper", 1),
        ("coordinator", 1),  # while it waits
        ("officer", 0),
        ("nurse", 0),
        ("stranger_worker", 0),
    ],
)
def test_the_database_shows_a_request_to_its_own_and_to_houses(houses, who, seen):
    make_stay()
    make_stay()  # of another case; the numbers double, nothing leaks

    with rls.acting(actor=actor_named(who), now=NOW):
        assert Stay.objects.count() == 2 * seen


@pytest.mark.parametrize(
    ("who", "seen"), [("worker", 1), ("keeper", 1), ("other_keeper", 0), ("coordinator", 0)]
)
def test_once_a_bed_is_held_only_its_house_and_the_owner_see_the_stay(houses, who, seen):
    make_held()

    with rls.acting(actor=actor_named(who), now=NOW):
        assert Stay.objects.count() == seen


@pytest.mark.parametrize(
    ("who", "seen"),
    [("secret_keeper", True), ("coordinator", True), ("keeper", False), ("worker", False)],
)
@pytest.mark.parametrize("model", [Shelter, Room, Bed, BedUse, Outage])
def test_a_secret_house_is_hidden_with_all_that_is_in_it(houses, model, who, seen):
    stay = make_stay()
    in_it = [bed("binh-minh", "2A").reference]
    do("coordinator", actions.hold_beds, reference=stay.reference, chosen=in_it)
    do("secret_keeper", actions.stop_bed, reference=bed("binh-minh", "1A").reference,
       reason="repair")  # fmt: skip
    hidden = bed("binh-minh", "2A").shelter_id

    with rls.acting(actor=actor_named(who), now=NOW):
        key = {"pk": hidden} if model is Shelter else {"shelter_id": hidden}
        assert model.objects.filter(**key).exists() is seen


def test_a_use_is_seen_by_every_claimer_and_names_no_case(houses):
    make_admitted()

    with rls.acting(actor=actor_named("other_keeper"), now=NOW):
        assert BedUse.objects.count() == 1
    assert "case" not in {field.name for field in BedUse._meta.fields}


# Writing: no row of a stay changes unless its case is in hand, whoever owns it.


@pytest.mark.parametrize("who", ["worker", "keeper", "coordinator"])
def test_no_stay_is_written_without_its_case_in_hand(houses, who):
    stay = make_held()

    with rls.acting(actor=actor_named(who), now=NOW):
        assert Stay.objects.filter(pk=stay.pk).update(reason="x") == 0


def test_another_case_in_hand_opens_nothing(houses):
    stay, other = make_held(), make_stay()

    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(other.case_id):
        assert Stay.objects.filter(pk=stay.pk).update(reason="x") == 0
        assert BedUse.objects.filter(stay_id=stay.pk).update(live=False) == 0


def test_no_use_is_made_up_for_another_stay(houses):
    stay, other = make_held(), make_stay()
    one = bed("hoan-long", "2C")

    with (
        rls.acting(actor=actor_named("worker"), now=NOW),
        rls.on_case(other.case_id),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        BedUse.objects.create(
            shelter_id=one.shelter_id, stay_id=stay.pk, bed_id=one.pk, period=(NOW, None)
        )


@pytest.mark.parametrize("who", ["worker", "other_keeper", "coordinator"])
def test_nobody_else_stops_a_houses_bed(houses, who):
    one = bed("hoan-long", "2C")

    with (
        rls.acting(actor=actor_named(who), now=NOW),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Outage.born(
            shelter_id=one.shelter_id, bed=one, reason="repair", starts=NOW,
            by_id=actor_named(who).user_id,
        )  # fmt: skip


def test_the_sweep_finds_holds_that_are_over_and_nothing_else(houses):
    over = make_held()
    make_held(make_stay(), names=("2B",), planned=True)
    make_stay()

    later = over.until
    with rls.acting(actor=None, now=later, system="sweep"):
        assert list(Stay.objects.values_list("pk", flat=True)) == [over.pk]


def test_two_live_uses_of_a_bed_are_refused_even_in_raw_sql(houses):
    held, other = make_held(), make_stay()
    (use,) = _uses(held)

    with (
        rls.acting(actor=actor_named("worker"), now=NOW),
        rls.on_case(other.case_id),
        pytest.raises(IntegrityError, match="one_use_of_a_bed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO shelters_beduse (shelter_id, stay_id, bed_id, period, live, persons)"
            " VALUES (%s, %s, %s, tstzrange(%s, NULL), true, 1)",
            [use.shelter_id, other.pk, use.bed_id, NOW],
        )


def _uses(stay: Stay) -> list[BedUse]:
    with rls.acting(actor=actor_named("worker"), now=NOW):
        return list(BedUse.objects.filter(stay_id=stay.pk))


# The app's own filters, with row-level security switched off by the owner.


@pytest.fixture
def without_policies(transactional_db: None) -> Any:
    tables = [m._meta.db_table for m in (Stay, BedUse, Bed, Room, Shelter, Outage)]
    empty()  # another test of this file may have left its houses
    worlds.bring(load)
    with as_owner() as db:
        for table in tables:
            db.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    yield
    connection.close()
    with as_owner() as db:
        for table in tables:
            db.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


@pytest.mark.django_db(transaction=True)
def test_without_policies_the_app_still_shows_nothing_to_others(without_policies):
    make_stay()
    make_held()

    seen = {
        who: (
            _count(Stay, who),
            _count(Shelter, who),
        )
        for who in ("worker", "keeper", "other_keeper", "coordinator", "officer", "nurse")
    }

    assert seen == {
        "worker": (2, 3),
        "keeper": (2, 3),
        "other_keeper": (1, 3),
        "coordinator": (1, 4),
        "officer": (0, 0),
        "nurse": (0, 0),
    }


def _count(model: Any, who: str) -> int:
    actor = actor_named(who)
    with rls.acting(actor=actor, now=NOW):
        return model.objects.visible_to(actor).count()
