"""B1: report a case: survivor, case, incident, assessment, clocks, access, card, event, jobs.

Seven groups are sealed and four indexes made. Beside it the same rows by the raw driver in one
transaction (as the owner: no policies), and by plain ORM saves with a flow of viewflow as it comes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from casework import actions, flow_listeners
from casework.groups import Contact, Identity, Number
from casework.reports import Facts, Sealed
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from tests.bench import copies, stock, world
from tests.bench.crowd import Crowd
from tests.bench.measuring import Figure, Found, ms, take_turns
from tests.bench.world import NOW

TOPIC = "case.reported"


@dataclass(frozen=True)
class Size:
    rounds: int = 25
    clients: int = 8
    rounds_of_crowd: int = 3
    each: int = 5  # reports of one client in one round


FULL, TINY = Size(), Size(rounds=1, clients=2, rounds_of_crowd=1, each=1)


def run(size: Size) -> Found:
    """Alone, then eight at a time."""
    officer = world.actor("dung")
    rows = copies.Rows.written_by(lambda: report(officer))
    counts = {"rows": len(rows.rows), "statements": _statements(officer)}
    with world.seat(role="owner") as owner, world.raw() as db:
        made = stock.flow_of(1)
        alone = take_turns(
            size.rounds,
            {
                "raw": lambda: copies.by_driver(db, rows.copy(next(copies.numbers))),
                "without": lambda: _without_flow(officer),
                "with": lambda: report(officer),
                "orm": lambda: owner.run(lambda: _by_orm(rows, made)),
                "tidy": lambda: world.tidy(db),
            },
        )
        counts["copied"] = _tables(rows.rows) == _tables(rows.copy(next(copies.numbers)))
    together = _together(size, rows, officer)
    return Found([*_figures(alone, "1 client"), *_figures(together, f"{size.clients} clients")],
                 counts)  # fmt: skip


def _figures(taken: dict[str, float], who: str) -> list[Figure]:
    lines = (("without", "raw", 2.5), ("with", "raw", 5), ("with", "orm", 1))
    names = {
        "without": "without its flow", "with": "with its flow", "raw": "raw driver",
        "orm": "ORM, viewflow start and first task",
    }  # fmt: skip
    return [
        Figure(
            "B1", f"a report {names[mine]} : {names[other]}, {who}", ms(taken[mine]),
            ms(taken[other]), taken[mine] / taken[other], target,
        )
        for mine, other, target in lines if other in taken
    ]  # fmt: skip


def report(officer: Actor) -> None:
    """What a request of an officer does."""
    with rls.acting(actor=officer, now=NOW):
        actions.report_case(actor=officer, facts=_facts(), sealed=SEALED, now=NOW)


def _facts() -> Facts:
    return Facts(
        place=registry.unit_on(world.PLACE, NOW.date()), danger_now="no", conflict="no",
        tracks=("domestic",), sex="female", birth_year=1990, relation="spouse",
        happened_on=NOW.date(), precision="day",
    )  # fmt: skip


SEALED = Sealed(
    ring_back="0900 000 117", exact_place="thôn Đông, nhà thứ 7", now_at="nhà chị gái",
    account="Bị đuổi ra khỏi nhà lúc nửa đêm cùng con nhỏ.",
    identity=Identity(full_name="Nguyễn Thị Kim Nụ", born_on=date(1990, 2, 28),
                      id_number="033190012345", address="xóm Chùa"),
    contact=Contact(numbers=(Number(number="0900 000 217", whose="self", safe_to_call=True),)),
)  # fmt: skip


def _without_flow(officer: Actor) -> None:
    with without_flow():
        report(officer)


@contextmanager
def without_flow() -> Iterator[None]:
    """Nobody opens the flow in this block."""
    kept = list(events._handlers[TOPIC])
    events._handlers[TOPIC] = [each for each in kept if each.work is not flow_listeners.follow]
    try:
        yield
    finally:
        events._handlers[TOPIC] = kept


def _by_orm(rows: copies.Rows, made: Any) -> None:
    with transaction.atomic():
        copies.by_orm(rows.copy(next(copies.numbers)))
        stock.begin(made)


def _statements(officer: Actor) -> dict[str, int]:
    """How many statements a report is, from BEGIN to COMMIT."""
    return {"with": _least(report, officer), "without": _least(_without_flow, officer)}


def _least(act: Callable[[Actor], None], officer: Actor) -> int:
    """Of three: one may draw a name that is taken, or look whether the law has changed."""
    counts = []
    for _each in range(3):
        with CaptureQueriesContext(connection) as said:
            act(officer)
        counts.append(len(said))
    return min(counts)


def _tables(rows: list[copies.Row]) -> list[str]:
    return [row.model._meta.label for row in rows]


def _together(size: Size, rows: copies.Rows, officer: Actor) -> dict[str, float]:
    """Seconds a report when so many processes report at once."""
    firsts = next(copies.numbers) + 10_000

    def raw(client: int) -> Callable[[Any], None]:
        db, mine = world.raw(), iter(range(firsts + client * 10_000, firsts + 10_000_000))
        return lambda _: copies.by_driver(db, rows.copy(next(mine)))

    work = {
        "raw": raw,
        "without": lambda client: lambda _: _without_flow(officer),
        "with": lambda client: lambda _: report(officer),
    }
    with Crowd(size.clients, work) as crowd, world.raw() as db:
        runs = {name: lambda name=name: crowd.do(name, times=size.each) for name in work}
        taken = take_turns(size.rounds_of_crowd, {**runs, "tidy": lambda: world.tidy(db)})
    return {name: taken[name] / (size.clients * size.each) for name in work}
