"""What the owner's people do: take on, describe, assess, plan, visit, close."""

from datetime import timedelta
from typing import Any

from casework import actions as casework
from casework.models import Incident, PlanItem, Survivor
from config.rehearsal import invented
from config.rehearsal.invented import QUIET
from config.rehearsal.scene.base import Base
from network import registry

HOUR = timedelta(hours=1)


class Work(Base):
    """The worker, the supervisor and a second person."""

    def claim(self) -> None:
        """Who is on duty takes it on; if the worker is not, the supervisor names one."""
        self.is_left = False
        if self.worker_id is not None or self.is_over:
            return
        member = self.stage.member(self.worker)
        duty = registry.on_duty(member.agency_id, self.stage.now)
        if any(person.user_id == member.user_id for person in duty):
            self.act(casework.claim_case, self.worker)
        else:
            self.assign()

    def assign(self) -> None:
        """The supervisor names a worker, for the first time or anew."""
        verb = casework.assign_worker if self.state == "DETECTED" else casework.reassign_worker
        worker = self.stage.member(self.worker).user.reference
        self.act(verb, self.team["supervisor"], worker=worker)

    def describe(self, **values: Any) -> None:
        """The worker writes down who she is and what kind of violence it was."""
        who = {"identity": invented.identity(self.dice, self.world, self.sex),
               "contact": invented.contact(self.dice), **values}  # fmt: skip
        with self.stage.acting(self.worker) as actor:
            survivor = Survivor.objects.visible_to(actor).get(case_id=self.case_id).reference
            incident = Incident.objects.filter(case_id=self.case_id).earliest("pk").reference
        self.act(casework.describe, self.worker, kind="survivor", record=survivor, values=who)
        self.act(casework.describe, self.worker, kind="incident", record=incident,
                 values=invented.incident(self.dice, self.world))  # fmt: skip

    def again(self) -> None:
        """It has happened once more while the case is worked on."""
        values = invented.incident(self.dice, self.world)
        self.act(casework.add_incident, self.worker, values=values)

    def held(self, days: int) -> None:
        """The police hold him, for some days."""
        until = registry.localdate(self.stage.now) + timedelta(days=days)
        self.act(casework.note_accused, self.worker, status="held", held_until=until)

    def free(self) -> None:
        """He is free again: the risk is judged again."""
        self.act(casework.note_accused, self.worker, status="near")

    def assess(self, level: str = "standard", **answers: str) -> None:
        """Risk and needs."""
        told = {"danger_to_life": "no", **QUIET, **answers}
        self.act(casework.assess_case, self.worker, answers=told, judged=level,
                 reasoning=self.dice.choice(self.world["words"]["reasoning"]))  # fmt: skip

    def plan(self, *needs: str, kind: str = "safety") -> None:
        """Agree on what is to be done."""
        items = [casework.Item(need=need) for need in needs]
        self.act(casework.agree_plan, self.worker, kind=kind, items=items, alone=True,
                 words=self.dice.choice(self.world["words"]["plan"]))  # fmt: skip

    def finish_plan(self) -> None:
        """Everything agreed on is done."""
        with self.stage.acting(self.worker) as actor:
            items = PlanItem.objects.visible_to(actor).filter(case_id=self.case_id, state="OPEN")
            open_ones = list(items.order_by("pk").values_list("reference", flat=True))
        for item in open_ones:
            self.act(casework.finish_item, self.worker, reference=item)

    def follow(self) -> None:
        """Two meetings, as she wished."""
        meetings = [self.stage.now + timedelta(days=days) for days in self.world["meetings_days"]]
        self.act(casework.start_follow_up, self.worker, mode="visit", schedule=meetings)

    def visit(self) -> Any:
        """Wait for the next planned meeting and hold it, or miss it; nothing once all were held."""
        if not self.visits:
            return
        due_at, reference = self.visits.pop(0)
        yield max(due_at - self.stage.now - HOUR, HOUR)
        if self.is_over:
            return
        if self.chance("meeting_missed"):
            self.act(casework.miss_follow_up, self.worker, reference=reference, reason="no_answer")
            yield 2 * HOUR
            self.note(reached=True, way="call", alone=True, safe_again="call")
        else:
            self.act(casework.hold_follow_up, self.worker, reference=reference, alone=True,
                     safe_again="call")  # fmt: skip

    def note(self, **contact: Any) -> None:
        """A contact, reached or not."""
        self.act(casework.add_note, self.worker, kind="contact",
                 words=self.dice.choice(self.world["words"]["note"]), **contact)  # fmt: skip

    def confer(self) -> None:
        """A conference of the owner's own people; high risk is not closed without one."""
        self.act(casework.record_conference, self.worker, held_at=self.stage.now,
                 agencies=[self.office(self.worker).reference],
                 minutes=self.dice.choice(self.world["words"]["minutes"]))  # fmt: skip

    def still_rings(self) -> bool:
        """Answer what can be answered; whether an office without anybody is rung even so."""
        self.stage.phones.answer_all(self.case_id, self.worker)
        return self.stage.phones.rings(self.case_id)

    def propose(self, reason: str) -> None:
        """What still rings is answered first: it would hold the closure."""
        self.stage.phones.answer_all(self.case_id, self.worker)
        self.act(casework.propose_closure, self.worker, reason=reason)

    def approve(self, by: str = "") -> None:
        """Another person of the office agrees, once nothing rings again."""
        self.stage.phones.answer_all(self.case_id, by or self.another())
        self.act(casework.approve_closure, by or self.another())

    def return_closure(self) -> None:
        """Another person does not agree yet."""
        self.act(casework.return_closure, self.another(), why="ask_again")

    def another(self) -> str:
        """Who leads the office, unless that is who works on it; the duty desk where nobody is."""
        people = (self.team["supervisor"], self.team["second"], *self.world["desk"])
        return next(str(name) for name in people if name != self.worker)
