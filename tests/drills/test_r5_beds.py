"""R5: many processes want the same beds at the same moment; some of them fall over."""

import multiprocessing
from collections import Counter
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.db import connection

from safekeeping import rls
from shelters.models import Shelter, Stay
from shelters.rules import Party
from tests import worlds
from tests.conftest import NOW, as_owner
from tests.drilling import Drill
from tests.shelters.conftest import load, make_case, make_stay
from tests.shelters.test_races import FAMILY, claim, make_house

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, EACH = 6, 3  # so many stays each process asks for, one after another
UNDO = 5  # one in so many falls over after its claim
ALONE = Party(sex="female")
OVERLAPS = """
    SELECT count(*) FROM shelters_beduse a JOIN shelters_beduse b
        ON a.bed_id = b.bed_id AND a.id < b.id AND a.period && b.period WHERE a.live AND b.live
"""
FREE = """
    SELECT count(*) FROM shelters_bed b WHERE b.shelter_id = %s
        AND NOT EXISTS (SELECT FROM shelters_beduse u WHERE u.bed_id = b.id AND u.live)
"""
_gate: Any = None


class Named(NamedTuple):
    """A stay or a house as a claim names it: rows themselves do not pass between processes."""

    pk: int
    reference: UUID


@pytest.fixture(autouse=True)
def _loaded(transactional_db: None) -> None:
    worlds.bring(load)


def _enter(gate: Any) -> None:
    """A process of its own: nothing of its parent's line to the database."""
    global _gate  # noqa: PLW0603 - a barrier reaches a child at its birth alone
    _gate = gate
    connection.connection = None


def _claims(work: tuple[list[Named], Named]) -> list[str]:
    stays, house = work
    _gate.wait(60)
    return [_claimed(stay, house) for stay in stays]


def _claimed(stay: Named, house: Named) -> str:
    try:
        return claim(stay, house, undo=stay.pk % UNDO == 0)
    except Exception as fault:  # a deadlock would be one
        return type(fault).__name__


def race(stays: list[Stay], house: Shelter) -> Counter[str]:
    """What came of each claim; all processes begin at once."""
    connection.close()
    fork = multiprocessing.get_context("fork")
    wanted = [Named(stay.pk, stay.reference) for stay in stays]
    there = Named(house.pk, house.reference)
    shares = [(wanted[at::PROCESSES], there) for at in range(PROCESSES)]
    with fork.Pool(PROCESSES, _enter, (fork.Barrier(PROCESSES),)) as pool:
        return Counter(came for share in pool.map(_claims, shares, 1) for came in share)


def counted(sql: str, *given: Any) -> int:
    with as_owner() as db:
        row = db.execute(sql, given).fetchone()
        return int(row[0]) if row else 0


def stays_of(party: Party, many: int) -> list[Stay]:
    return [make_stay(make_case(), party=party) for _ in range(many)]


@pytest.mark.parametrize(("party", "size"), [(ALONE, 1), (FAMILY, 3)], ids=["alone", "families"])
def test_processes_that_want_the_same_beds_share_them(
    party: Party, size: int, drill: Drill
) -> None:
    rounds = drill.size(short=1, length=40)
    came, wrong = Counter[str](), []
    for _ in range(rounds):
        house = make_house(4, 5)
        found = race(stays_of(party, PROCESSES * EACH), house)
        came += found
        left = counted(FREE, house.pk)
        if found["HELD"] * size + left != 9 or (found["WAITING"] and left >= size):
            wrong.append(f"{found} with {left} free")
        _close(house)

    overlaps = counted(OVERLAPS)
    drill.figure("R5", f"{came.total():,} claims by {PROCESSES} processes of {size}: {dict(came)},"
                 f" {overlaps} overlaps, {len(wrong)} wrongly full")  # fmt: skip
    assert set(came) <= {"HELD", "WAITING", "undone"}
    assert (overlaps, wrong) == (0, [])


def _close(house: Shelter) -> None:
    """The next round has a house of its own."""
    with rls.acting(actor=None, now=NOW, system="setup"):
        Shelter.objects.filter(pk=house.pk).update(code=f"thu-{house.pk}")
