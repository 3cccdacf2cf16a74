"""B2: list 1,000 survivors with ten secrets each, none opened and all opened.

Beside it the same list from plain columns under the same policies, and from the fields of four
packages that people choose for this, each with the ten secrets as its own encrypted columns. By
this process's CPU time: the server reads much the same rows for all of them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from time import process_time
from typing import Any
from uuid import uuid4

from django.db import connection, models, transaction

from casework.groups import Contact, Identity, Number, Whereabouts
from casework.models import Case, Survivor
from casework.models.base import CaseRecord
from network.actors import Actor
from safekeeping import policies, rls, sealed
from tests.bench import peers, world
from tests.bench.measuring import Figure, Found, rate, take_turns
from tests.bench.world import NOW

GROUPS = ("identity", "contact", "whereabouts")
SECRETS = (
    "full_name", "born_on", "id_number", "address", "number", "hours", "code_phrase", "place",
    "since", "with_whom",
)  # fmt: skip
OF_CASE = tuple(f"case__{name}" for name in sealed.sealed_names(Case))
# What no form of the list has: the case's own groups, and those of the survivor left empty here.
BESIDE = (*OF_CASE, *(name for name in sealed.sealed_names(Survivor) if name not in GROUPS))


@dataclass(frozen=True)
class Size:
    rows: int = 1000
    rounds: int = 11


MARK = "B2"
FULL, TINY = Size(), Size(rows=5, rounds=1)
List = Callable[[], list[Any]]


def run(size: Size) -> Found:
    """Make the same people in each form, list them in turn."""
    actor = world.actor("mien")  # in whose office no other bench leaves cases
    with world.seat(role="owner") as owner, _tables(owner) as tables:
        owner.run(lambda: _fill(tables, actor, size.rows))
        lists: dict[str, List] = {  # what is compared stands side by side
            "nothing": lambda: _listed(tables["plain"].objects.defer(*SECRETS, *OF_CASE), actor),
            "closed": lambda: _listed(Survivor.objects.defer(*GROUPS, *BESIDE), actor),
            "opened": lambda: _opened(actor),
            **{name: _lister(tables[name], actor) for name in tables},
        }
        found = {name: one() for name, one in lists.items()}
        taken = take_turns(size.rounds, lists, clock=process_time)
    best = min(peers.NAMES, key=lambda name: taken[name])
    return Found(_figures(taken, size.rows, best), _counts(found))


def _figures(taken: dict[str, float], rows: int, best: str) -> list[Figure]:
    def line(name: str, work: str, mine: str, other: str, target: float) -> Figure:
        return Figure(
            name, f"{rows:,} survivors, {work}", rate(rows, taken[mine]), rate(rows, taken[other]),
            taken[other] / taken[mine], target, at_most=False,
        )  # fmt: skip

    return [
        line("B2 closed", "none opened : plain columns, none read", "closed", "nothing", 0.95),
        line("B2 opened", "ten secrets opened : plain columns", "opened", "plain", 0.5),
        line("B2 peers", f"ten secrets opened : {best}", "opened", best, 4),
    ]


def _counts(found: dict[str, list[Any]]) -> dict[str, Any]:
    """What each list really held, so that nothing is measured that was not read."""
    counts: dict[str, Any] = {name: len(rows) for name, rows in found.items()}
    counts["fetched by closed"] = [g for g in GROUPS if f"{g}_sealed" in vars(found["closed"][0])]
    counts["secrets"] = {
        name: [str(getattr(rows[0], secret)) for secret in SECRETS]
        for name, rows in found.items() if name in {"plain", *peers.NAMES}
    }  # fmt: skip
    counts["secrets"]["opened"] = _secrets_of(found["opened"][0])
    return counts


def _secrets_of(row: Survivor) -> list[str]:
    who, reach, at = row.identity, row.contact, row.whereabouts
    number = reach.numbers[0]
    return [
        who.full_name, str(who.born_on), who.id_number, who.address, number.number, number.hours,
        reach.code_phrase, at.place, at.since, at.with_whom,
    ]  # fmt: skip


def _listed(rows: Any, actor: Actor) -> list[Any]:
    with rls.acting(actor=actor, now=NOW):
        return list(_ours(rows.visible_to(actor)))


def _opened(actor: Actor) -> list[Any]:
    with rls.acting(actor=actor, now=NOW):
        found = list(_ours(Survivor.objects.visible_to(actor).defer(*BESIDE)))
        sealed.open_fields(found, GROUPS)
        return found


def _ours(rows: Any) -> Any:
    """Those made here: the office has lived through a month."""
    return rows.filter(case__code__startswith=f"{MARK}-").select_related("case").order_by("pk")


def _lister(model: Any, actor: Actor) -> List:
    return lambda: _listed(model.objects.defer(*OF_CASE), actor)


# The same people in each form


@contextmanager
def _tables(owner: world.Seat) -> Iterator[dict[str, Any]]:
    """A table for each form, under the policies of survivors; gone after the block."""
    forms = {"plain": models.TextField, **peers.fields()}
    tables = {name: _model(name, field) for name, field in forms.items()}
    owner.run(lambda: [_make(model) for model in tables.values()])
    try:
        yield tables
    finally:
        owner.run(lambda: [_drop(model) for model in tables.values()])


def _model(name: str, field: Callable[..., Any]) -> Any:
    class Meta(CaseRecord.Meta):
        app_label = "bench"  # not installed: neither migrations nor checks see it
        db_table = f"bench_{name.replace('-', '_')}"

    columns = {each: field(null=True) for each in SECRETS}
    coded = {
        each.name: each.clone() for each in Survivor._meta.local_concrete_fields
        if each.name not in {"id", "reference", "version", "case", *sealed.sealed_names(Survivor)}
    }  # fmt: skip
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    space = {"__module__": __name__, "Meta": Meta, "case": case, **coded, **columns}
    return type(f"Bench{name.title().replace('-', '')}", (CaseRecord,), space)


def _make(model: Any) -> None:
    with transaction.atomic(), connection.schema_editor() as editor:
        editor.create_model(model)
        for statement in policies._statements(model._meta.db_table, policies.rule_of(Survivor)):
            editor.execute(statement)


def _drop(model: Any) -> None:
    with connection.schema_editor() as editor:
        editor.delete_model(model)


def _fill(tables: dict[str, Any], actor: Actor, count: int) -> None:
    with transaction.atomic():
        cases = world.cases(count, actor, MARK)
        Survivor.objects.bulk_create(_survivor(n, case) for n, case in enumerate(cases))
        for model in tables.values():
            model.objects.bulk_create(_plain(model, n, case) for n, case in enumerate(cases))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _values(number: int) -> dict[str, str]:
    texts = (
        f"Nguyễn Thị Kim {number}", "1990-02-28", f"0331900{number:05}", f"số {number}, xóm Chùa",
        f"0900{number:06}", "09:00–11:00", "Hỏi mua trứng gà", f"nhà chị gái, thôn Đông {number}",
        "tối qua", "hai con nhỏ",
    )  # fmt: skip
    return dict(zip(SECRETS, texts, strict=True))


def _survivor(number: int, case: Case) -> Survivor:
    told = _values(number)
    return Survivor(
        reference=uuid4(), case=case,
        identity=Identity(
            full_name=told["full_name"], born_on=date.fromisoformat(told["born_on"]),
            id_number=told["id_number"], address=told["address"],
        ),
        contact=Contact(
            numbers=(Number(number=told["number"], whose="self", safe_to_call=True,
                            safe_to_text=False, hours=told["hours"]),),
            code_phrase=told["code_phrase"],
        ),
        whereabouts=Whereabouts(
            place=told["place"], since=told["since"], with_whom=told["with_whom"]
        ),
    )  # fmt: skip


def _plain(model: Any, number: int, case: Case) -> Any:
    return model(reference=uuid4(), case=case, **_values(number))
