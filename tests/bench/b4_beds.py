"""B4: two hundred claimers on one bed, on twenty, and families of three; one in ten rolls back.

Each claim is the whole action: who may, locks, uses, state, clock, event, live push. Beside it the
bare idiom on the same table (SELECT … FOR UPDATE SKIP LOCKED, INSERT, COMMIT) without policies,
alone and with the rows that an answer leaves; and our own locks and uses without the action around
them. Every answer comes with its moment: "full" while beds were given to too few is a false one.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import mean, median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from network.actors import Actor
from network.models import Agency
from safekeeping import rls
from safekeeping.errors import RuleBroken
from safekeeping.keys import create_subject
from shelters import actions, beds
from shelters.models import Bed, Room, Shelter, Stay
from shelters.rules import Party
from tests.bench import skip_locked, world
from tests.bench.crowd import Crowd
from tests.bench.measuring import Figure, Found, rate
from tests.bench.skip_locked import House, Wish
from tests.bench.world import NOW

UNDONE_EACH = 10
ENDS = NOW + timedelta(hours=1)
TWICE = "SELECT bed_id FROM shelters_beduse WHERE live GROUP BY bed_id HAVING count(*) > 1"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
WRONG = ("double bookings", "deadlocks", 'false "full"')


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
TIMED = 5  # so many runs of each kind are played by the others too, in turn


@dataclass
class Rush:
    """One rush: the house, how many beds each party wants, and who asks."""

    reference: UUID
    house: House
    party: int
    wishes: list[Wish]


class Answer(NamedTuple):
    """What a claimer heard, and when: a bed just before the commit, "full" just after it."""

    what: str
    at: float


def run(size: Size) -> Found:
    """Every kind of rush, by the action and by its baselines in turn."""
    worker = world.actor("hanh")
    with world.seat(role="owner") as owner, world.raw() as db:
        cases = owner.run(lambda: world.cases(size.claimers, worker, f"B4{uuid4().hex[:5]}"))
        houses = {kind.beds: owner.run(partial(_house, kind.beds)) for kind in size.kinds}
        db.execute("ANALYZE")  # as a database that has run for a day
        work = _work(worker, size.clients)
        seconds = {(name, kind): list[float]() for name in work for kind in size.kinds}
        came = {name: Counter[str]() for name in work}
        with Crowd(size.clients, work) as crowd:
            for kind in size.kinds:
                for number in range(kind.runs):
                    for name in work if number < TIMED else ["action"]:
                        rush = owner.run(partial(_rush, kind, houses[kind.beds], cases))
                        before, begun = _one(db, DEADLOCKS), perf_counter()
                        answers = crowd.do(name, given=rush)
                        if number < TIMED:
                            seconds[name, kind].append((perf_counter() - begun) / size.claimers)
                        came[name] += _counted(db, kind, [one for each in answers for one in each])
                        came[name]["deadlocks"] += _one(db, DEADLOCKS) - before
                        _clear(db)
    runs = sum(kind.runs for kind in size.kinds)
    took = {name: mean(median(seconds[name, kind]) for kind in size.kinds) for name in work}
    return Found(_figures(took, came, size.claimers, runs), dict(came["action"]))


def _figures(
    took: dict[str, float], came: dict[str, Counter[str]], claimers: int, runs: int
) -> list[Figure]:
    def zero(what: str) -> Figure:
        mine, other = came["action"][what], came["bare"][what]
        return Figure("B4", f"{what} in {runs} runs of {claimers} claimers : SKIP LOCKED alone",
                      f"{mine:,}", f"{other:,}", mine, 0)  # fmt: skip

    def speed(mine: str, other: str, work: str) -> Figure:
        return Figure(
            "B4", work, rate(1, took[mine]), rate(1, took[other]), took[other] / took[mine], 0.6,
            at_most=False,
        )  # fmt: skip

    return [
        *map(zero, WRONG),
        speed("alone", "bare", "answers of our locks and uses : SKIP LOCKED alone"),
        speed("action", "kept", "answers of the action : SKIP LOCKED and the same rows"),
        speed("action", "bare", "answers of the action : SKIP LOCKED alone"),
    ]


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
    wishes = [
        Wish(stay.reference, stay.pk, stay.case_id, number % UNDONE_EACH == UNDONE_EACH - 1)
        for number, stay in enumerate(stays)
    ]
    where = House(house.pk, house.agency_id, NOW, ENDS)
    return Rush(house.reference, where, kind.party, wishes)


def _counted(db: Any, kind: Kind, answers: list[Answer]) -> Counter[str]:
    """What came of one rush, and what of it was wrong."""
    came = Counter(one.what for one in answers)
    came["double bookings"] = len(db.execute(TWICE).fetchall())
    db.rollback()
    came['false "full"'] = sum(_is_false(one, kind, answers) for one in answers)
    return came


def _is_false(answer: Answer, kind: Kind, answers: list[Answer]) -> bool:
    """Whether enough beds were nobody's yet when this one had heard that all are taken."""
    if answer.what != "WAITING":
        return False
    given = bisect(sorted(one.at for one in answers if one.what == "HELD"), answer.at)
    return kind.beds - given * kind.party >= kind.party


def _clear(db: Any) -> None:
    db.execute("UPDATE shelters_beduse SET live = false WHERE live")
    db.commit()


def _one(db: Any, query: str) -> int:
    db.commit()
    return int(db.execute(query).fetchone()[0])


# What one client does with its share of a rush


class _Undone(Exception):
    pass


Claimed = Callable[[Rush, Wish], Answer]


def _work(worker: Actor, clients: int) -> dict[str, Any]:
    """In the order in which they take turns; each client makes its own line to the database."""

    def shared(begin: Callable[[], Claimed]) -> Any:
        def work(client: int) -> Callable[[Rush], list[Answer]]:
            claim = begin()
            return lambda rush: [claim(rush, one) for one in rush.wishes[client::clients]]

        return work

    def driver(kind: type[skip_locked.Bare]) -> Claimed:
        line = kind(world.raw(), worker.agency_id, worker.user_id)
        return lambda rush, wish: Answer(*line.claim(wish, rush.house, rush.party))

    return {
        "action": shared(lambda: partial(_hold, worker)),
        "alone": shared(lambda: partial(_alone, worker)),
        "kept": shared(lambda: driver(skip_locked.Kept)),
        "bare": shared(lambda: driver(skip_locked.Bare)),
    }


def _hold(worker: Actor, rush: Rush, wish: Wish) -> Answer:
    def claim() -> str:
        actions.hold_beds(actor=worker, reference=wish.reference, now=NOW, shelter=rush.reference)
        return str(Stay.objects.values_list("state", flat=True).get(reference=wish.reference))

    return _answered(worker, wish, claim)


def _alone(worker: Actor, rush: Rush, wish: Wish) -> Answer:
    party = Party(adults=1, children=rush.party - 1, sex="female")
    wanted = beds.Claim(party, NOW, ENDS, frozenset({rush.house.house}), start=wish.stay)

    def claim() -> str:
        with rls.on_case(wish.case):
            return "HELD" if beds.take_any(Stay(pk=wish.stay), wanted) else "WAITING"

    return _answered(worker, wish, claim)


def _answered(worker: Actor, wish: Wish, claim: Callable[[], str]) -> Answer:
    try:
        with rls.acting(actor=worker, now=NOW):
            came, at = claim(), perf_counter()
            if wish.undone:
                raise _Undone
    except _Undone:
        came = "undone"
    except RuleBroken as refusal:
        came = refusal.code
    return Answer(came, at if came == "HELD" else perf_counter())
