"""One case on the stage: an invented person, those who help, and what each of them does.

Every verb here calls one public action in the name of one person, and nothing else.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from casework import actions as casework
from casework.groups import Perpetrator
from casework.models import Case, FollowUp, Incident, Override, PlanItem, Report, Survivor
from casework.reports import Facts, Sealed
from config.rehearsal import invented
from config.rehearsal.beds import free_beds
from config.rehearsal.stage import Stage, minutes
from hotline import actions as hotline
from hotline.models import Alert
from network import registry
from network.models import User
from referral import actions as referral
from referral.actions.sending import Order
from referral.models import Referral
from shelters import actions as shelters
from shelters.actions.walk_in import AtTheDoor
from shelters.models import Stay
from shelters.rules import Party

ACTS = (["a"], ["a", "b"], ["b"], ["n", "o"], ["e", "b"], ["i"], ["q", "a"])
QUIET = {"threat_to_kill": "no", "weapon": "no", "strangled": "no", "he_is_here": "no"}


@dataclass
class Scene:
    """One case. `team`: the commune's people by part; `case`: its reference once reported."""

    stage: Stage
    world: dict[str, Any]
    dice: random.Random
    team: dict[str, Any]
    number: int
    case: UUID | None = None
    worker: str = ""

    def __post_init__(self) -> None:
        self.worker = self.worker or self.dice.choice(self.team["workers"])
        self.sex = "male" if self.dice.random() < self.world["men"] else "female"
        self.born = self.stage.now.year - self.dice.choice((19, 24, 27, 31, 34, 38, 42, 47, 55, 66))

    # Time

    def soon(self, what: str) -> timedelta:
        """A delay of the province's habit."""
        return minutes(self.dice, self.world["delay_minutes"][what])

    # The report

    def report(self, by: str, *, place: str | None = None, **facts: Any) -> UUID:
        """Somebody tells; sets and returns the case's reference."""
        code = self.team["code"] if place is None else place
        where = registry.unit_on(code, registry.localdate(self.stage.now)) if code else None
        told: dict[str, Any] = {
            "danger_now": "no",
            "conflict": "no",
            "dangers": QUIET,
            "tracks": ("domestic",),
            "sex": self.sex,
            "birth_year": self.born,
            "relation": self.dice.choice(("spouse", "spouse", "partner", "child", "sibling")),
            "place_kind": "home_shared",
            "accused_status": "near",
            "happened_on": registry.localdate(self.stage.now),
            "precision": "day",
        } | facts
        with self.stage.acting(by) as actor:
            made = casework.report_case(
                actor=actor,
                facts=Facts(place=where, **told),
                sealed=self._sealed(),
                now=self.stage.now,
            )
            report = Report.objects.by_reference(made)
        self.case = self._case_of(report.case_id)
        return self.case

    def _case_of(self, case_id: int) -> UUID:
        with self.stage.acting(self._owner_person(case_id)) as actor:
            case: Case = Case.objects.visible_to(actor).get(pk=case_id)
            return case.reference

    def _owner_person(self, case_id: int) -> str:
        """Somebody for whom the new case exists: the commune's, or else the duty desk's."""
        for name in (
            self.team["supervisor"],
            self.world["desk"][0],
            self.world["centre"]["worker"],
        ):
            with self.stage.acting(name) as actor:
                if Case.objects.visible_to(actor).filter(pk=case_id).exists():
                    return str(name)
        raise LookupError("nobody sees the new case")

    def _sealed(self) -> Sealed:
        road = self.dice.choice(self.world["roads"])
        return Sealed(
            ring_back=f"0900 000 {self.dice.randint(100, 199)}",
            exact_place=f"{road}, nhà thứ {self.dice.randint(2, 30)}",
            account=self.dice.choice(self.world["accounts"]),
        )

    # The office

    def answer_alerts(self, who: str) -> None:
        """Whoever is rung says: I have it."""
        with self.stage.acting(who) as actor:
            ringing = list(Alert.objects.visible_to(actor).ringing())
            for alert in ringing:
                hotline.acknowledge_alert(
                    actor=actor, reference=alert.reference, now=self.stage.now
                )

    def claim(self) -> None:
        """Whoever is on duty takes the case on; if the worker is not, the supervisor names one."""
        if self._has_worker():
            return
        on_duty = registry.on_duty(self.stage.actor(self.worker).agency_id or 0, self.stage.now)
        worker = User.objects.get(username=self.worker)
        if worker.pk in {person.user_id for person in on_duty}:
            self._act(casework.claim_case, self.worker)
        else:
            is_new = self._state() == "DETECTED"
            name = casework.assign_worker if is_new else casework.reassign_worker
            self._act(name, self.team["supervisor"], worker=worker.reference)

    def assign(self) -> None:
        """The supervisor names a worker."""
        worker = User.objects.get(username=self.worker).reference
        self._act(casework.assign_worker, self.team["supervisor"], worker=worker)

    def describe(self) -> None:
        """The worker writes down who she is and what kind of violence it was."""
        with self.stage.acting(self.worker) as actor:
            case = Case.objects.visible_to(actor).by_reference(self._ref)
            survivor = Survivor.objects.get(case=case).reference
            incident = Incident.objects.filter(case=case).earliest("pk").reference
        self._act(
            casework.describe, self.worker, kind="survivor", record=survivor,
            values={"identity": invented.identity(self.dice, self.world, self.sex),
                    "contact": invented.contact(self.dice)},
        )  # fmt: skip
        acts = self.dice.choice(ACTS)
        kinds = {"i": "rape", "a": "physical_assault", "n": "denial_of_resources"}
        kind = next((kinds[act] for act in acts if act in kinds), "psychological_abuse")
        self._act(
            casework.describe, self.worker, kind="incident", record=incident,
            values={"acts": acts, "gbvims_type": kind, "accused_sex": "male",
                    "perpetrator": Perpetrator(name=invented.name(self.dice, self.world, "male"))},
        )  # fmt: skip

    def assess(self, level: str = "standard", **answers: str) -> None:
        """Risk and needs."""
        told = {"danger_to_life": "no", **QUIET, **answers}
        self._act(casework.assess_case, self.worker, answers=told, judged=level,
                  reasoning="Đã nói chuyện riêng.")  # fmt: skip

    def ask(self, *answers: str) -> None:
        """Consent, in five big answers, and her wishes in her words."""
        asking = casework.Asking(alone=True, told_beforehand=True)
        self._act(casework.record_consent, self.worker, answers=answers, asking=asking)
        self._act(casework.record_wishes, self.worker, coded=["be_safe_tonight", "children_safe"],
                  words=self.dice.choice(self.world["wishes"]))  # fmt: skip

    def could_not_ask(self) -> None:
        self._act(casework.record_consent, self.worker, answers=("could_not_ask",),
                  why_not="not_alone")  # fmt: skip

    def plan(self, *needs: str, kind: str = "safety") -> None:
        """Agree on what is to be done."""
        items = [casework.Item(need=need) for need in needs]
        self._act(casework.agree_plan, self.worker, kind=kind, items=items, alone=True,
                  words="Túi đồ để sẵn ở nhà chị gái; báo hàng xóm khi cần.")  # fmt: skip

    def finish_plan(self) -> None:
        """Everything agreed on is done."""
        with self.stage.acting(self.worker) as actor:
            case = Case.objects.visible_to(actor).by_reference(self._ref)
            items = [i.reference for i in PlanItem.objects.filter(case=case, state="OPEN")]
        for item in items:
            self._act(casework.finish_item, self.worker, reference=item)

    def follow(self) -> None:
        """Two meetings, as she wished."""
        meetings = [self.stage.now + timedelta(days=days) for days in (7, 21)]
        self._act(casework.start_follow_up, self.worker, mode="visit", schedule=meetings)

    def note(self, **contact: Any) -> None:
        self._act(casework.add_note, self.worker, kind="contact", words="Gọi theo giờ đã hẹn.",
                  **contact)  # fmt: skip

    def confer(self) -> None:
        """A conference of the owner's own people; high risk is not closed without one."""
        with self.stage.acting(self.worker) as actor:
            owner = Case.objects.visible_to(actor).by_reference(self._ref).owner.reference
        self._act(casework.record_conference, self.worker, held_at=self.stage.now,
                  agencies=[owner], minutes="Đã thống nhất các bước.")  # fmt: skip

    def propose(self, reason: str) -> None:
        """What still rings is answered first: it would hold the closure."""
        self.answer_alerts(self.worker)
        self._act(casework.propose_closure, self.worker, reason=reason)

    def approve(self, by: str = "") -> None:
        """Another person of the office agrees."""
        self._act(casework.approve_closure, by or self.team["supervisor"])

    def another(self) -> str:
        """Somebody of the office who is not its supervisor on duty."""
        second = self.team["second"]
        return self.worker if second == self.team["supervisor"] else str(second)

    def return_closure(self) -> None:
        self._act(casework.return_closure, self.team["supervisor"], why="ask_again")

    def withdraw(self, scope: str, service: str = "") -> None:
        self._act(casework.withdraw_consent, self.worker, scope=scope, service=service)

    def safe(self) -> None:
        """She was spoken to alone."""
        self._act(casework.record_safe_check, self.worker, met_by="spoken_alone",
                  safe_again="", way="call")  # fmt: skip

    def visit(self) -> Any:
        """Wait for the next planned meeting and hold it; nothing once all were held."""
        with self.stage.acting(self.worker) as actor:
            case = Case.objects.visible_to(actor).by_reference(self._ref)
            planned = FollowUp.objects.filter(case=case, state="PLANNED").order_by("due_at").first()
        if planned is None:
            return
        yield max(planned.due_at - self.stage.now, timedelta(hours=1))
        self._act(casework.hold_follow_up, self.worker, reference=planned.reference,
                  alone=True, safe_again="call")  # fmt: skip

    def clear(self, desk: str) -> None:
        """The coordinator rang back: the office is free of him."""
        self._act(casework.clear_conflict, desk)

    def join(self, second: UUID | None) -> None:
        """The supervisor joins a second report to this case."""
        self.answer_alerts(self.team["supervisor"])
        self._act(casework.link_duplicate, self.team["supervisor"], other=second)

    def overtake(self) -> None:
        """Police are asked in before anybody is assigned, in one sentence."""
        self.overriding = "Anh ta cầm dao đứng ngoài cửa."
        self._act(casework.agree_plan, self.worker, kind="safety", items=[casework.Item("safety")],
                  overriding=self.overriding)  # fmt: skip

    def review_overrides(self) -> None:
        """A supervisor who did not act looks at it."""
        who = self.team["supervisor"]
        with self.stage.acting(who) as actor:
            rows = Override.objects.filter(case_id=self._case_id_for(who), reviewed_at=None)
            found = [row.reference for row in rows.exclude(by_id=actor.user_id)]
        for row in found:
            self._act(casework.review_override, who, reference=row, verdict="right")

    def colleague(self) -> str:
        """Another caseworker of the office, who sees this case's existence and no more."""
        others = [name for name in self.team["workers"] if name != self.worker]
        return str(others[0]) if others else ""

    def break_glass(self, who: str) -> None:
        """A colleague opens the case for an hour and says why the same day."""
        made = self._act(casework.break_glass, who, reason="worker_absent", fresh_mfa=True)
        self._act(casework.explain_break_glass, who, reference=made,
                  words="Người làm vụ việc nghỉ ốm, cần số an toàn.")  # fmt: skip

    # Referrals

    def send(self, service: str, urgency: str = "routine", **order: Any) -> UUID:
        """Ask the first connected agency that she agreed to."""
        with self.stage.acting(self.worker) as actor:
            offers = referral.choices_for(
                actor=actor, reference=self._ref, service=service, now=self.stage.now
            ).offers
            chosen = next(o for o in offers if o.connected and o.consented is not None)
            made: UUID = referral.send_referral(
                actor=actor,
                reference=self._ref,
                order=Order(
                    service=service,
                    to_agency=chosen.agency,
                    urgency=urgency,
                    reach_by="companion",
                    groups=tuple(sorted(chosen.consented or ())),
                    **order,
                ),
                now=self.stage.now,
            )
        return made

    def asked(self, who: str, **about: Any) -> list[UUID]:
        """Requests of this case that wait at somebody's agency."""
        with self.stage.acting(who) as actor:
            rows = Referral.objects.visible_to(actor).filter(to_agency_id=actor.agency_id, **about)
            return [row.reference for row in rows.order_by("pk") if row.case_id == self._case_id()]

    def work_off(self, who: str, reference: UUID, outcome: str = "helped") -> Any:
        """Accept, begin and finish a request, with days between."""
        self._act(referral.accept_referral, who, reference=reference)
        yield self.soon("visit")
        self._act(referral.start_referral, who, reference=reference)
        yield self.soon("plan")
        self._act(referral.complete_referral, who, reference=reference, outcome=outcome)

    def decline(self, who: str, reference: UUID, reason: str) -> None:
        self._act(referral.decline_referral, who, reference=reference, reason=reason)

    def accept(self, who: str, reference: UUID) -> None:
        self._act(referral.accept_referral, who, reference=reference)

    def end_referrals(self) -> None:
        """Nothing is left open: what nobody answered is taken back."""
        with self.stage.acting(self.worker) as actor:
            rows = Referral.objects.visible_to(actor).filter(case_id=self._case_id())
            waiting = [r.reference for r in rows.filter(state__in=("SENT", "LAPSED"))]
            notices = [r.reference for r in rows.filter(kind="notify")]
        for reference in waiting:
            if reference not in notices:
                self._act(referral.withdraw_referral, self.worker, reference=reference)

    def agree_to_handover(self) -> None:
        """She agrees that the centre takes her case."""
        line = casework.Line("case_management", "social_work_centre", ("person", "contact"), True)
        asking = casework.Asking(alone=True, told_beforehand=True)
        self._act(casework.record_consent, self.worker, answers=("talk",), asking=asking,
                  sheet=[line])  # fmt: skip

    def hand_over(self) -> UUID:
        """Ask the provincial centre to take the whole case on."""
        return self.send("case_management", kind="handover")

    # Beds

    def stay(self, who: str, **about: Any) -> UUID | None:
        """The case's stay, for somebody for whom it exists."""
        with self.stage.acting(who) as actor:
            rows = Stay.objects.visible_to(actor).filter(case_id=self._case_id(), **about)
            found = rows.order_by("-pk").first()
            return found.reference if found else None

    def request_bed(self, adults: int = 1, children: int = 0, **more: Any) -> UUID:
        party = Party(adults=adults, children=children, sharing=min(children, 1), sex="female")
        reference: UUID = self._act(shelters.request_stay, self.worker, party=party, **more)
        return reference

    def bed(self, verb: str, who: str, stay: UUID, **more: Any) -> None:
        """Any verb of a stay: hold_beds, admit, discharge …"""
        self._act(getattr(shelters, verb), who, reference=stay, **more)

    def walk_in(self, keeper: str) -> None:
        """She stands at the door: the keeper takes her in at once."""
        with self.stage.acting(keeper) as actor:
            free = free_beds(actor, self.stage.now)
            shelters.admit_walk_in(
                actor=actor,
                chosen=[free[0]],
                party=Party(adults=1, sex="female"),
                door=AtTheDoor(danger_now="no", conflict="no"),
                now=self.stage.now,
            )

    # Within

    @property
    def _ref(self) -> UUID:
        assert self.case is not None, "nobody has reported yet"
        return self.case

    def _has_worker(self) -> bool:
        with self.stage.acting(self.team["supervisor"]) as actor:
            case = Case.objects.visible_to(actor).by_reference(self._ref)
            return case.worker_id is not None

    def _state(self) -> str:
        with self.stage.acting(self.team["supervisor"]) as actor:
            return str(Case.objects.visible_to(actor).by_reference(self._ref).state)

    def _case_id(self) -> int:
        return self._case_id_for(self.worker)

    def _case_id_for(self, who: str) -> int:
        with self.stage.acting(who) as actor:
            return int(Case.objects.visible_to(actor).case_of(self._ref))

    def _act(self, action: Any, who: str, *, reference: UUID | None = None, **more: Any) -> Any:
        with self.stage.acting(who) as actor:
            return action(actor=actor, reference=reference or self._ref, now=self.stage.now, **more)
