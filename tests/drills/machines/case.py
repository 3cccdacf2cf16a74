"""A case: taken up, assessed, planned, followed, closed, opened again, handed over."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from casework import actions
from casework.models import Block, BreakGlass, Case, EmergencyCard
from network.models import Agency, User
from referral import actions as referrals
from referral.actions.sending import Order
from referral.models import Referral
from tests.drills.machines.base import EVERYBODY, Machine, mostly
from tests.drills.machines.cast import DESK, LEADERS, OWN, SOCIAL, WORKERS
from tests.drills.machines.model import Asked

CALM = dict.fromkeys(
    ("danger_to_life", "weapon", "strangled", "threat_to_kill", "he_is_here"), "no"
)  # fmt: skip
REASONS = st.sampled_from(["safe", "own_decision", "entered_by_mistake"])
PEOPLE_OF_IT = (*OWN, *SOCIAL, *DESK)


class CaseMachine(Machine):
    """The spine, with blocks, a broken glass and a handover beside it."""

    @rule(who=mostly(*WORKERS))
    def claim(self, who: str) -> None:
        if self.on_case(who, actions.claim_case, overriding="x"):
            self.model.worker = self.cast[who].user_id

    @rule(who=mostly(*LEADERS), whom=mostly(*WORKERS), again=st.booleans())
    def assign(self, who: str, whom: str, again: bool) -> None:
        worker = User.objects.get(pk=self.cast[whom].user_id).reference
        action = actions.reassign_worker if again else actions.assign_worker
        if self.on_case(who, action, worker=worker):
            self.model.worker = self.cast[whom].user_id

    @rule(who=mostly(*WORKERS), grave=st.booleans())
    def assess(self, who: str, grave: bool) -> None:
        answers = {**CALM, "weapon": "yes" if grave else "no"}
        self.take_along(who, actions.assess_case, answers=answers, overriding="x")

    def take_along(self, who: str, action: Callable[..., Any], **given: Any) -> None:
        """A step past the assignment makes a worker of whoever takes it."""
        fresh = self.the_case().state == "DETECTED"
        if self.on_case(who, action, **given) and fresh:
            self.model.worker = self.cast[who].user_id

    @rule(who=mostly(*WORKERS))
    def plan(self, who: str) -> None:
        self.on_case(who, actions.agree_plan, kind="safety")

    @rule(who=mostly(*WORKERS))
    def follow_up(self, who: str) -> None:
        self.take_along(who, actions.start_follow_up, mode="call", overriding="x")

    @rule(who=mostly(*WORKERS))
    def resume(self, who: str) -> None:
        self.on_case(who, actions.resume_support)

    @rule(who=mostly(*PEOPLE_OF_IT))
    def acknowledge(self, who: str) -> None:
        self.on_case(who, actions.acknowledge_notice)

    @rule(
        who=mostly(*PEOPLE_OF_IT),
        reason=st.sampled_from(["safe", "own_decision", "entered_by_mistake"]),
    )
    def propose(self, who: str, reason: str) -> None:
        self.on_case(who, actions.propose_closure, reason=reason)

    @rule(who=mostly(*PEOPLE_OF_IT))
    def approve(self, who: str) -> None:
        self.on_case(who, actions.approve_closure)

    @rule(who=mostly(*PEOPLE_OF_IT))
    def give_back(self, who: str) -> None:
        self.on_case(who, actions.return_closure, why="plan_open")

    @rule(who=mostly(*PEOPLE_OF_IT))
    def reopen(self, who: str) -> None:
        if self.on_case(who, actions.reopen_case, reason="asked"):
            row = self.the_case()
            actor = self.cast[who]
            if "caseworker" in actor.roles or self.model.worker is None:
                self.model.worker = actor.user_id
            assert row.worker_id == self.model.worker

    @rule(who=mostly(*LEADERS), which=st.integers(0, 9))
    def lift_a_block(self, who: str, which: int) -> None:
        blocks = self.rows(Block, live=True)
        if not blocks:
            return
        block = blocks[which % len(blocks)]
        if self.on_case(who, actions.lift_block, block=block.reference):
            self.model.users.discard(block.user_id or 0)
            self.model.agencies.discard(block.agency_id or 0)

    @rule(who=mostly(*DESK), by_card=st.booleans())
    def break_glass(self, who: str, by_card: bool) -> None:
        reference = self.rows(EmergencyCard)[0].reference if by_card else self.case
        given = {"reference": reference, "reason": "worker_absent", "fresh_mfa": True}
        if self.attempt(who, actions.break_glass, **given):
            self.model.broke_glass(self.cast[who], self.now)

    @rule(who=EVERYBODY, which=st.integers(0, 9))
    def review_glass(self, who: str, which: int) -> None:
        glasses = self.rows(BreakGlass)
        if glasses:
            reference = glasses[which % len(glasses)].reference
            self.attempt(who, actions.review_break_glass, reference=reference, verdict="right")

    @rule(who=mostly(*OWN, *SOCIAL), to=st.sampled_from(["ctxh", "truc"]))
    def ask_to_take_over(self, who: str, to: str) -> None:
        service = {"ctxh": "child_protection", "truc": "case_management"}[to]
        office = Agency.objects.get(code=to)
        order = Order(
            service=service, kind="handover", to_agency=office.reference, urgency="urgent",
            ground="life", reach_by="jointly",
        )  # fmt: skip
        sent = self.on_case(who, referrals.send_referral, order=order, overriding="x")
        if sent:
            self.model.asked[sent] = Asked(
                office.pk, service, "life", frozenset(), handover=True, sender=self.model.owner
            )

    @rule(who=mostly(*SOCIAL, *DESK), which=st.integers(0, 9), yes=st.booleans())
    def answer_the_handover(self, who: str, which: int, yes: bool) -> None:
        asked = self.rows(Referral, kind="handover")
        if not asked:
            return
        reference = asked[which % len(asked)].reference
        if not yes:
            self.attempt(who, referrals.decline_referral, reference=reference, reason="full")
        elif self.attempt(who, referrals.accept_referral, reference=reference):
            self.model.accepted(reference, self.now)

    def the_case(self) -> Case:
        row: Case = Case.objects.get(pk=self.case_id)
        return row

    def check(self) -> None:
        super().check()
        row = self.the_case()
        assert (row.owner_id, row.worker_id) == (self.model.owner, self.model.worker)
