"""B4: two hundred claimers on one bed, on twenty, and families of three; one in ten rolls back.

Each claim is the whole action: who may, locks, uses, state, clock, event, jobs. Beside it the bare
idiom on the same table (SELECT … FOR UPDATE SKIP LOCKED, INSERT, COMMIT) without policies; and our
own locks and rows alone, without the action around them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import psycopg

from network.actors import Actor
from network.models import Agency
from safekeeping import rls
from safekeeping.errors import RuleBroken
from safekeeping.keys import create_subject
from shelters import actions, beds
from shelters.models import Bed, Room, Shelter, Stay
from shelters.rules import Party
from tests.bench import world
from tests.bench.crowd import Crowd
from tests.bench.measuring import Figure, Found, rate
from tests.bench.world import NOW

UNDONE_EACH = 10
ENDS = NOW + timedelta(hours=1)
FREE = """
    SELECT b.id FROM shelters_bed b WHERE b.shelter_id = %s AND NOT EXISTS (
        SELECT FROM shelters_beduse u
        WHERE u.bed_id = b.id AND u.live AND u.period && %s::tstzrange)
    ORDER BY b.id LIMIT %s FOR UPDATE OF b SKIP LOCKED
"""
GIVE = """
    INSERT INTO shelters_beduse (shelter_id, stay_id, bed_id, period, live, persons)
    VALUES (%s, %s, %s, %s::tstzrange, true, 1)
"""
TWICE = "SELECT bed_id FROM shelters_beduse WHERE live GROUP BY bed_id HAVING count(*) > 1"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True)
class Kind:
    """One kind of rush: so many beds, so many for each party, played so often."""

    beds: int
    party: int
    runs: int


@dataclass(frozen=True)
class Size:
    claimers: int = 200
    clients: int = 16
    kinds: tuple[Kind, ...] = (Kind(1, 1, 20), Kind(20, 1, 20), Kind(20, 3, 10))


FULL = Size()
TINY = Size(claimers=10, clients=2, kinds=(Kind(1, 1, 1), Kind(6, 3, 1)))
Claims = list[tuple[UUID, int, bool]]  # stay's reference, its id, whether it rolls back


@dataclass
class Rush:
    """One rush: the house, how much each party wants, and the claims."""

    house: UUID
    house_id: int
    party: int
    claims: Claims


def run(size: Size) -> Found:
    """Every kind of rush, by the action and by both baselines in turn."""
    worker = world.actor("hanh")
    with world.seat(role="owner") as owner, world.raw() as db:
        cases = owner.run(lambda: world.cases(size.claimers, worker, f"B4{uuid4().hex[:5]}"))
        houses = {kind.beds: owner.run(partial(_house, kind.beds)) for kind in size.kinds}
        seconds: dict[str, list[float]] = {"action": [], "raw": [], "alone": []}
        came: Counter[str] = Counter()
        before = _one(db, DEADLOCKS)
        with Crowd(size.clients, _work(worker, size.clients)) as crowd:
            for kind in size.kinds:
                for number in range(kind.runs):
                    timed = seconds if number < 5 else {"action": seconds["action"]}
                    for name in timed:
                        rush = owner.run(partial(_rush, kind, houses[kind.beds], cases))
                        begun = perf_counter()
                        answers = crowd.do(name, given=rush)
                        timed[name].append((perf_counter() - begun) / size.claimers)
                        if name == "action":
                            came += _counted(db, kind, answers)
                        _clear(db)
        came["deadlocks"] = _one(db, DEADLOCKS) - before
    runs = sum(kind.runs for kind in size.kinds)
    took = {name: median(each) for name, each in seconds.items()}
    return Found(_figures(took, came, size.claimers, runs), dict(came))


def _figures(took: dict[str, float], came: Counter[str], claimers: int, runs: int) -> list[Figure]:
    def zero(what: str) -> Figure:
        return Figure("B4", f"{what} in {runs} runs of {claimers} claimers", f"{came[what]:,}", "0",
                      came[what], 0)  # fmt: skip

    def speed(mine: str, work: str) -> Figure:
        return Figure(
            "B4", f"{work} : SKIP LOCKED alone", rate(1, took[mine]), rate(1, took["raw"]),
            took["raw"] / took[mine], 0.6, at_most=False,
        )  # fmt: skip

    return [
        zero("double bookings"), zero("deadlocks"), zero('false "full"'),
        speed("alone", "answers of our locks and rows"), speed("action", "answers of the action"),
    ]  # fmt: skip


def _house(count: int) -> Shelter:
    house = Shelter.born(
        agency=Agency.objects.get(code="tamlanh-dongtao"), code=f"b4-{uuid4().hex[:6]}",
        name_vi="Thử", name_en="Trial", publicity="published", subject=create_subject(),
    )  # fmt: skip
    room = Room.born(shelter=house, code="1", name_vi="P", name_en="R", tags=["women"])
    Bed.objects.bulk_create(
        Bed(shelter=house, room=room, name=str(number), order=number) for number in range(count)
    )
    return house


def _rush(kind: Kind, house: Shelter, cases: list[Any]) -> Rush:
    stays = Stay.objects.bulk_create(
        Stay(case=case, level="standard", adults=1, children_count=kind.party - 1, sex="female",
             requested_at=NOW)
        for case in cases
    )  # fmt: skip
    claims = [(stay.reference, stay.pk, number % UNDONE_EACH == UNDONE_EACH - 1)
              for number, stay in enumerate(stays)]  # fmt: skip
    return Rush(house.reference, house.pk, kind.party, claims)


def _counted(db: Any, kind: Kind, answers: list[Counter[str]]) -> Counter[str]:
    """What came of one rush; beds that stayed free although somebody was told "full"."""
    came = sum(answers, Counter[str]())
    wanted = min(kind.beds // kind.party, came["HELD"] + came["WAITING"])
    twice = len(db.execute(TWICE).fetchall())
    db.rollback()
    return came + Counter({"double bookings": twice, 'false "full"': wanted - came["HELD"]})


def _clear(db: Any) -> None:
    db.execute("UPDATE shelters_beduse SET live = false WHERE live")
    db.commit()


def _one(db: Any, query: str) -> int:
    db.commit()
    return int(db.execute(query).fetchone()[0])


# What one client does with its share of a rush


class _Undone(Exception):
    pass


def _work(worker: Actor, clients: int) -> dict[str, Any]:
    def shared(claim: Callable[[Rush, UUID, int, bool], str]) -> Any:
        def work(client: int) -> Callable[[Rush], Counter[str]]:
            return lambda rush: Counter(claim(rush, *one) for one in rush.claims[client::clients])

        return work

    return {
        "action": shared(lambda rush, ref, pk, undo: _hold(worker, rush, ref, undo)),
        "alone": shared(lambda rush, ref, pk, undo: _alone(worker, rush, pk, undo)),
        "raw": _raw_work(clients),
    }


def _hold(worker: Actor, rush: Rush, reference: UUID, undo: bool) -> str:
    try:
        with rls.acting(actor=worker, now=NOW):
            actions.hold_beds(actor=worker, reference=reference, now=NOW, shelter=rush.house)
            if undo:
                raise _Undone
            return str(Stay.objects.values_list("state", flat=True).get(reference=reference))
    except _Undone:
        return "undone"
    except RuleBroken as refusal:
        return refusal.code


def _alone(worker: Actor, rush: Rush, stay_id: int, undo: bool) -> str:
    party = Party(adults=1, children=rush.party - 1, sex="female")
    claim = beds.Claim(party, NOW, ENDS, frozenset({rush.house_id}), start=stay_id)
    try:
        with rls.acting(actor=worker, now=NOW):
            stay = Stay.objects.select_related("case").get(pk=stay_id)
            with rls.on_case(stay.case_id):
                places = beds.take_any(claim)
                if places:
                    beds.give(stay, places, claim)
                if undo:
                    raise _Undone
                return "HELD" if places else "WAITING"
    except _Undone:
        return "undone"


def _raw_work(clients: int) -> Any:
    def work(client: int) -> Callable[[Rush], Counter[str]]:
        db = world.raw()
        return lambda rush: Counter(
            _until_answered(db, rush, pk, undo) for _, pk, undo in rush.claims[client::clients]
        )

    return work


def _until_answered(db: Any, rush: Rush, stay_id: int, undo: bool) -> str:
    """SKIP LOCKED passes a bed that was given after our look: the constraint sends us back."""
    while True:
        try:
            return _raw(db, rush, stay_id, undo)
        except psycopg.errors.ExclusionViolation:
            db.rollback()


def _raw(db: Any, rush: Rush, stay_id: int, undo: bool) -> str:
    period = f"[{NOW.isoformat()},{ENDS.isoformat()})"
    free = db.execute(FREE, [rush.house_id, period, rush.party]).fetchall()
    if len(free) == rush.party:
        for (bed_id,) in free:
            db.execute(GIVE, [rush.house_id, stay_id, bed_id, period])
    if undo:
        db.rollback()
    else:
        db.commit()
    return "HELD" if len(free) == rush.party else "WAITING"
