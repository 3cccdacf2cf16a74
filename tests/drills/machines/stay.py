"""Two families and few beds: asked for, held, slept in, left, moved between houses."""

from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from casework import actions
from safekeeping import rls
from shelters import actions as stays
from shelters.actions.walk_in import AtTheDoor
from shelters.groups import ArrivalCard
from shelters.models import Bed, Shelter, Stay
from shelters.rules import ELSEWHERE_AT_MOST, Party
from tests.drills.machines.base import Machine, mostly

HOUSES = ("hoan-long", "dinh-cao")
TENDS = ("keeper", "other keeper", "worker", "leader", "coordinator")
WHICH = st.integers(0, 99)
PARTIES = st.sampled_from(
    [Party(sex="female"), Party(sex="female", children=2, sharing=1), Party(adults=2, sex="mixed"),
     Party(sex="male"), Party(sex="female", needs=("private",))]
)  # fmt: skip


class StayMachine(Machine):
    """The whole machine of a stay, over two cases that want the same beds."""

    facts = {"danger_now": "yes"}

    def __init__(self) -> None:
        super().__init__()
        self.on_case("worker", actions.claim_case, overriding="x")
        self.model.worker = self.cast["worker"].user_id
        self.other, self.other_id = self.report()
        self.second = self.look_at(self.other_id, partial(rls.on_case, self.other_id))
        self.on_case("worker", stays.request_stay, party=Party(sex="female"), emergency=True)

    def check(self) -> None:
        super().check()
        self.second.at(self.now)

    def some(self, which: int) -> UUID | None:
        """One of all stays, the ended too."""
        found: list[UUID] = []
        for case_id in (self.case_id, self.other_id):
            with rls.on_case(case_id):
                rows = Stay.objects.filter(case_id=case_id).order_by("pk")
                found += list(rows.values_list("reference", flat=True))
        return found[-1 - which % min(len(found), 4)] if found else None

    def beds(self, which: int, many: int) -> list[UUID]:
        """Some beds of one house, side by side."""
        rows = Bed.objects.filter(shelter__code=HOUSES[which % 2]).order_by("pk")
        found = list(rows.values_list("reference", flat=True))
        start = which % len(found)
        return (found + found)[start : start + many]

    def tend(self, who: str, which: int, action: Any, **given: Any) -> Any:
        reference = self.some(which)
        return self.attempt(who, action, reference=reference, **given) if reference else None

    @rule(who=mostly("worker", "leader"), party=PARTIES, first=st.booleans(), soon=st.booleans())
    def ask(self, who: str, party: Party, first: bool, soon: bool) -> None:
        case = self.case if first else self.other
        self.attempt(
            who, stays.request_stay, reference=case, party=party, emergency=soon,
            card=ArrivalCard(alias="x"),
        )  # fmt: skip

    @rule(who=mostly(*TENDS), which=WHICH, beds=WHICH, many=st.integers(1, 3),
          planned=st.booleans())  # fmt: skip
    def hold_these(self, who: str, which: int, beds: int, many: int, planned: bool) -> None:
        given = {"chosen": self.beds(beds, many), "planned": planned, "overriding": "x"}
        self.tend(who, which, stays.hold_beds, **given)

    @rule(who=mostly(*TENDS), which=WHICH, house=st.sampled_from([None, *HOUSES]))
    def hold_best(self, who: str, which: int, house: str | None) -> None:
        found = Shelter.objects.filter(code=house or "").first()
        self.tend(who, which, stays.hold_beds, shelter=found.reference if found else None)

    @rule(who=mostly(*TENDS), which=WHICH)
    def admit(self, who: str, which: int) -> None:
        self.tend(who, which, stays.admit)

    @rule(who=mostly("keeper", "other keeper", "worker"), beds=WHICH, many=st.integers(1, 2),
          known=st.booleans(), late=st.booleans(), which=WHICH)  # fmt: skip
    def walk_in(self, who: str, beds: int, many: int, known: bool, late: bool, which: int) -> None:
        if not (known or late):  # a third case is a world of its own
            return
        door = AtTheDoor(
            danger_now="no", conflict="no", ring_back="1",
            case=None if late else self.case, late=self.some(which) if late else None,
        )  # fmt: skip
        if door.case is None and door.late is None:
            return
        self.attempt(
            who, stays.admit_walk_in, chosen=self.beds(beds, many), party=Party(sex="female"),
            door=door,
        )  # fmt: skip

    @rule(who=mostly(*TENDS), which=WHICH, back=st.booleans())
    def go_out_and_come_back(self, who: str, which: int, back: bool) -> None:
        if back:
            self.tend(who, which, stays.come_back)
        else:
            self.tend(who, which, stays.go_away, why="health")

    @rule(who=mostly(*TENDS), which=WHICH, beds=WHICH, many=st.integers(1, 3))
    def move(self, who: str, which: int, beds: int, many: int) -> None:
        self.tend(who, which, stays.move_bed, chosen=self.beds(beds, many))

    @rule(who=mostly(*TENDS), which=WHICH, forced=st.booleans())
    def leave(self, who: str, which: int, forced: bool) -> None:
        reason = "house_rules" if forced else "went_home"
        self.tend(who, which, stays.discharge, reason=reason, next_place="relatives")

    @rule(who=mostly(*TENDS), which=WHICH, agree=st.booleans())
    def answer_who_must_leave(self, who: str, which: int, agree: bool) -> None:
        self.tend(who, which, stays.confirm_leave if agree else stays.refuse_leave)

    @rule(who=mostly(*TENDS), which=WHICH)
    def leave_untold(self, who: str, which: int) -> None:
        self.tend(who, which, stays.leave_untold)

    @rule(who=mostly(*TENDS), which=WHICH, done=st.booleans())
    def move_house(self, who: str, which: int, done: bool) -> None:
        self.tend(who, which, stays.transfer if done else stays.ask_transfer)

    @rule(who=mostly(*TENDS), which=WHICH)
    def call_off(self, who: str, which: int) -> None:
        self.tend(who, which, stays.cancel_request, reason="own_decision")

    @rule(who=mostly(*TENDS), which=WHICH)
    def void(self, who: str, which: int) -> None:
        self.tend(who, which, stays.void_stay, reason="wrong_bed")

    @rule(who=mostly("worker", "coordinator"), which=WHICH, again=st.booleans(), safe=st.booleans())
    def safe_elsewhere(self, who: str, which: int, again: bool, safe: bool) -> None:
        if again:
            self.tend(who, which, stays.check_elsewhere, safe=safe)
        else:
            soon = self.now + ELSEWHERE_AT_MOST / 2
            self.tend(who, which, stays.settle_elsewhere, kind="relatives", next_check_at=soon)
