"""B10: a whole case in twenty acts of five agencies, each a transaction as a request would make it.

Beside it viewflow as it comes, on its own tables, with as many tasks and nothing else; and how
many whole cases two processes finish in a second.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from casework import actions as casework
from casework.groups import Identity
from casework.models import Case, PlanItem, Report, Survivor
from casework.reports import Facts, Sealed
from network import registry
from network.actors import Actor
from network.models import Agency
from referral import actions as referral
from referral.actions.sending import Order
from safekeeping import rls
from safekeeping.events import Event
from shelters import actions as shelters
from shelters.rules import Party
from tests.bench import stock, world
from tests.bench.crowd import Crowd
from tests.bench.measuring import Figure, Found, ms, rate, take_turns
from tests.bench.world import NOW

ACTS = 20
CALM = dict.fromkeys(
    ("danger_to_life", "weapon", "strangled", "threat_to_kill", "he_is_here"), "no"
)  # fmt: skip
PEOPLE = {
    "officer": "dung", "worker": "hanh", "supervisor": "kien", "doctor": "chau", "keeper": "van",
    "lawyer": "giang",
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    rounds: int = 9
    clients: int = 2
    rounds_of_crowd: int = 3
    each: int = 3


FULL, TINY = Size(), Size(rounds=1, rounds_of_crowd=1, each=1)


def run(size: Size) -> Found:
    """One after another, then by two processes at once."""
    cast = {part: world.actor(name) for part, name in PEOPLE.items()}
    made = stock.flow_of(ACTS)
    whole = Whole(cast)
    with world.seat(role="owner") as owner, world.raw() as db:
        taken = take_turns(
            size.rounds,
            {
                "case": whole.play,
                "stock": lambda: owner.run(lambda: stock.walk(made, ACTS)),
                "tidy": lambda: world.tidy(db),
            },
        )
    counts = whole.counted()
    seconds = _together(size, cast)
    alone = Figure(
        "B10", "a whole case of 20 acts by 5 agencies : viewflow alone, 20 tasks",
        ms(taken["case"]), ms(taken["stock"]), taken["case"] / taken["stock"], 1.5,
    )  # fmt: skip
    both = Figure(
        "B10", f"whole cases a second, {size.clients} processes", rate(1, seconds), "15/s",
        1 / seconds, 15, at_most=False,
    )  # fmt: skip
    return Found([alone, both], counts)


def _together(size: Size, cast: dict[str, Actor]) -> float:
    """Seconds a whole case."""

    def play(client: int) -> Callable[[Any], None]:
        whole = Whole(cast)
        return lambda _: whole.play()

    with Crowd(size.clients, {"case": play}) as crowd, world.raw() as db:
        taken = take_turns(
            size.rounds_of_crowd,
            {"case": lambda: crowd.do("case", times=size.each), "tidy": lambda: world.tidy(db)},
        )
    return taken["case"] / (size.clients * size.each)


class Whole:
    """Plays a case from the report to its closure."""

    def __init__(self, cast: dict[str, Actor]) -> None:
        self.cast = cast
        self.now = NOW
        self.acts = 0
        self.case: UUID
        self.office = {code: Agency.objects.get(code=code).reference
                       for code in ("ttyt-phucu", "tgpl")}  # fmt: skip

    def play(self) -> None:
        self.now, self.acts = NOW, 0
        for _ in self._acts():
            self.acts += 1
            self.now += timedelta(minutes=5)

    def counted(self) -> dict[str, Any]:
        """What the last case went through."""
        with rls.acting(actor=self.cast["worker"], now=self.now):
            case = Case.objects.get(reference=self.case)
            happened = Event.objects.filter(case_id=case.pk)
            agencies = set(happened.exclude(agency_id=None).values_list("agency_id", flat=True))
            return {"acts": self.acts, "agencies": len(agencies), "state": str(case.state),
                    "topics": set(happened.values_list("topic", flat=True))}  # fmt: skip

    def do(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        """One act in a transaction of its own."""
        actor = self.cast[who]
        with rls.acting(actor=actor, now=self.now):
            return action(actor=actor, now=self.now, **given)

    def own(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        return self.do(who, action, reference=self.case, **given)

    def find(self, who: str, look: Callable[[], Any]) -> Any:
        """What a page would have shown before the act."""
        with rls.acting(actor=self.cast[who], now=self.now):
            return look()

    def _acts(self) -> Iterator[Any]:
        yield self._report()
        yield self.own("worker", casework.claim_case)
        her = self.find("worker", lambda: Survivor.objects.get(case__reference=self.case).reference)
        identity = Identity(full_name="Nguyễn Thị Kim Nụ", address="xóm Chùa")
        yield self.own("worker", casework.describe, kind="survivor", record=her,
                       values={"identity": identity})  # fmt: skip
        asking = casework.Asking(alone=True, told_beforehand=True)
        yield self.own("worker", casework.record_consent, answers=("talk", "doctor", "bed"),
                       asking=asking, sheet=[LEGAL])  # fmt: skip
        yield self.own("worker", casework.assess_case, answers=CALM, judged="standard")
        yield self.own("worker", casework.agree_plan, kind="safety", alone=True,
                       items=[casework.Item("safety")], words="Túi đồ để sẵn.")  # fmt: skip
        yield from self._asked("doctor", "health", "ttyt-phucu", HEALTH)
        yield from self._asked("lawyer", "legal", "tgpl", ("person", "contact", "legal"))
        yield from self._slept()
        item = self.find("worker", lambda: PlanItem.objects.get(case__reference=self.case))
        yield self.do("worker", casework.finish_item, reference=item.reference)
        yield self.own("worker", casework.start_follow_up, mode="visit",
                       schedule=[self.now + timedelta(days=7)])  # fmt: skip
        yield self.own("worker", casework.propose_closure, reason="safe")
        yield self.own("supervisor", casework.approve_closure)

    def _report(self) -> UUID:
        facts = Facts(
            place=registry.unit_on(world.PLACE, NOW.date()), danger_now="no", conflict="no",
            dangers=CALM, tracks=("domestic",), sex="female", birth_year=1990, relation="spouse",
        )  # fmt: skip
        sealed = Sealed(ring_back="0900 000 117", exact_place="thôn Đông, nhà thứ 7")
        made = self.do("officer", casework.report_case, facts=facts, sealed=sealed)
        reports = Report.objects.filter(reference=made)
        case_id = self.find("officer", lambda: reports.values_list("case_id", flat=True).get())
        self.case = self.find("worker", lambda: Case.objects.get(pk=case_id).reference)
        return made

    def _asked(self, who: str, service: str, to: str, groups: tuple[str, ...]) -> Iterator[Any]:
        order = Order(service=service, to_agency=self.office[to], urgency="routine",
                      reach_by="companion", groups=groups)  # fmt: skip
        asked = self.own("worker", referral.send_referral, order=order)
        yield asked
        yield self.do(who, referral.accept_referral, reference=asked)
        yield self.do(who, referral.complete_referral, reference=asked, outcome="helped")

    def _slept(self) -> Iterator[Any]:
        party = Party(adults=1, sex="female")
        stay = self.own("worker", shelters.request_stay, party=party)
        yield stay
        yield self.do("keeper", shelters.hold_beds, reference=stay)
        yield self.do("keeper", shelters.admit, reference=stay)
        yield self.do("keeper", shelters.discharge, reference=stay, reason="relatives",
                      next_place="relatives")  # fmt: skip


HEALTH = ("person", "contact", "whereabouts", "needs", "health")
LEGAL = casework.Line("legal", "legal_aid", ("person", "contact", "legal"), True)
