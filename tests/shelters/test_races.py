"""Many claimers at once, on real connections: no bed twice, no deadlock, no false "full"."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from network.models import Agency
from safekeeping import rls
from safekeeping.errors import RuleBroken
from safekeeping.keys import create_subject
from shelters import actions
from shelters.models import Bed, BedUse, Room, Shelter, Stay
from shelters.rules import Party
from tests import worlds
from tests.conftest import NOW, as_owner
from tests.shelters.conftest import actor_named, load, make_case, make_stay

pytestmark = pytest.mark.django_db(transaction=True)

FAMILY = Party(adults=1, children=2, sex="female")
CLAIMERS = 24


@pytest.fixture(autouse=True)
def _loaded(transactional_db: None) -> None:
    worlds.bring(load)


class _Undone(Exception):
    """Something after the claim went wrong; the transaction is rolled back."""


def make_house(*rooms: int, tags: tuple[str, ...] = ("women",)) -> Shelter:
    """A house of the keeper's agency with so many beds in each room; the only one with beds."""
    with rls.acting(actor=None, now=NOW, system="setup"):
        house = Shelter.born(
            agency=Agency.objects.get(code="tamlanh-dongtao"), code="thu", name_vi="Thử",
            name_en="Trial", publicity="published", subject=create_subject(), order=0,
        )  # fmt: skip
        for number, beds in enumerate(rooms):
            room = Room.born(
                shelter=house, code=str(number), name_vi="P", name_en="R", tags=list(tags),
                order=number,
            )  # fmt: skip
            for name in range(beds):
                Bed.born(shelter=house, room=room, name=str(name), order=name)
    return house


def claim(stay: Stay, house: Shelter, *, undo: bool = False, chosen: tuple[UUID, ...] = ()) -> str:
    """One claimer's whole transaction; what came of it."""
    worker = actor_named("worker")
    try:
        with rls.acting(actor=worker, now=NOW):
            actions.hold_beds(
                actor=worker, reference=stay.reference, now=NOW, chosen=chosen,
                shelter=None if chosen else house.reference,
            )  # fmt: skip
            if undo:
                raise _Undone
            return str(Stay.objects.values_list("state", flat=True).get(pk=stay.pk))
    except _Undone:
        return "undone"
    except RuleBroken as refusal:
        return refusal.code
    finally:
        connection.close()


def race(stays: list[Stay], house: Shelter, *, undo_each: int = 0, **more: Any) -> Counter[str]:
    """All at once."""
    ready = Barrier(len(stays))

    def run(at: int) -> str:
        ready.wait(30)
        return claim(stays[at], house, undo=bool(undo_each) and at % undo_each == 0, **more)

    with ThreadPoolExecutor(len(stays)) as pool:
        return Counter(pool.map(run, range(len(stays))))


def used_beds() -> list[int]:
    with as_owner() as db:
        return [n for (n,) in db.execute("SELECT bed_id FROM shelters_beduse WHERE live")]


def test_two_keepers_and_one_bed_give_it_once():
    house = make_house(1)
    stays = [make_stay(), make_stay()]
    with rls.acting(actor=None, now=NOW, system="setup"):
        chosen = (Bed.objects.get(shelter=house).reference,)

    came = race(stays, house, chosen=chosen)

    assert came == {"HELD": 1, "bed-taken": 1}
    assert len(used_beds()) == 1


def test_one_bed_and_many_claimers():
    house = make_house(1)
    stays = [make_stay() for _ in range(CLAIMERS)]

    came = race(stays, house)

    assert came == {"HELD": 1, "WAITING": CLAIMERS - 1}
    assert len(used_beds()) == 1


def test_a_bed_given_back_by_a_rollback_is_not_called_taken():
    house = make_house(1)
    stays = [make_stay() for _ in range(10)]

    came = race(stays, house, undo_each=2)

    assert came["HELD"] == 1
    assert len(used_beds()) == 1


@pytest.mark.parametrize("undo_each", [0, 10])
def test_twenty_beds_are_all_given_and_none_twice(undo_each):
    house = make_house(4, 6, 10)
    stays = [make_stay() for _ in range(CLAIMERS)]

    came = race(stays, house, undo_each=undo_each)

    used = used_beds()
    assert len(used) == len(set(used)) == came["HELD"] == min(20, CLAIMERS - came["undone"])
    assert came["HELD"] + came["WAITING"] + came["undone"] == CLAIMERS


@pytest.mark.parametrize("undo_each", [0, 5])
def test_families_of_three_get_all_or_none(undo_each):
    house = make_house(10, 10)
    stays = [make_stay(party=FAMILY) for _ in range(12)]

    came = race(stays, house, undo_each=undo_each)

    with as_owner() as db:
        per_stay = db.execute(
            "SELECT count(*) FROM shelters_beduse WHERE live GROUP BY stay_id"
        ).fetchall()
    assert {count for (count,) in per_stay} == {3}
    assert len(per_stay) == came["HELD"] == 6
    assert set(came) <= {"HELD", "WAITING", "undone"}


def test_a_private_room_goes_to_one_family_alone():
    house = make_house(3, tags=("private",))
    alone = Party(sex="female", needs=("private",))
    stays = [make_stay(party=alone) for _ in range(6)]

    came = race(stays, house)

    assert came["HELD"] == 1
    assert len(used_beds()) == 1


def test_the_database_refuses_a_second_use_by_itself():
    house = make_house(1)
    first, second = make_stay(), make_stay()
    claim(first, house)
    worker = actor_named("worker")

    with (
        rls.acting(actor=worker, now=NOW),
        rls.on_case(second.case_id),
        pytest.raises(Exception, match="one_use_of_a_bed"),
    ):
        bed_id = Bed.objects.values_list("pk", flat=True).get(shelter=house)
        BedUse.objects.create(
            shelter=house, stay_id=second.pk, bed_id=bed_id, period=(NOW, None), persons=1
        )


def test_sweep_and_arrival_in_the_same_moment_keep_one_of_both():
    house = make_house(1)
    stay = make_stay(make_case())
    claim(stay, house)
    late = stay.requested_at.replace(hour=stay.requested_at.hour + 2)
    ready = Barrier(2)

    def arrive() -> str:
        keeper = actor_named("keeper")
        ready.wait(10)
        try:
            with rls.acting(actor=keeper, now=late):
                actions.admit(actor=keeper, reference=stay.reference, now=late)
            return "ADMITTED"
        except Exception as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    def sweep() -> str:
        from shelters.sweeps import lapse_holds

        ready.wait(10)
        try:
            return f"lapsed {lapse_holds(late)}"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        came = {pool.submit(arrive).result, pool.submit(sweep).result}
        came = {each() for each in came}

    assert came in ({"ADMITTED", "lapsed 0"}, {"TransitionNotAllowed", "lapsed 1"})
