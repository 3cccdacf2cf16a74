"""Nights: alerts that ring, people who answer and do nothing, blocks, empty rosters."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from casework import actions
from casework.models import Block
from hotline import actions as alerts
from hotline.models import Alert, Attempt
from network.models import Agency, Shift
from referral import actions as referrals
from referral.actions.sending import Order
from referral.models import Referral
from shelters import actions as stays
from shelters.rules import Party
from tests.drills.machines.base import EVERYBODY, Machine, mostly
from tests.drills.machines.cast import ANSWERING, DESK, LEADERS, OWN, RECEIVERS, WORKERS

WHICH = st.integers(0, 99)


class AlertMachine(Machine):
    """A case of extreme danger; whoever is rung answers, acts, or does neither."""

    facts = {"danger_now": "yes"}

    def some(self, which: int) -> Any:
        rows = self.rows(Alert)
        return rows[which % len(rows)] if rows else None

    @rule(who=mostly(*ANSWERING), which=WHICH)
    def answer(self, who: str, which: int) -> None:
        if alert := self.some(which):
            self.attempt(who, alerts.acknowledge_alert, reference=alert.reference)

    @rule(who=mostly(*ANSWERING), which=WHICH)
    def pass_on(self, who: str, which: int) -> None:
        if alert := self.some(which):
            self.attempt(who, alerts.pass_to_desk, reference=alert.reference)

    @rule(who=mostly(*WORKERS))
    def claim(self, who: str) -> None:
        if self.on_case(who, actions.claim_case, overriding="x"):
            self.model.worker = self.cast[who].user_id

    @rule(who=mostly(*OWN, *DESK))
    def take_note(self, who: str) -> None:
        self.on_case(who, actions.acknowledge_notice)

    @rule(who=mostly(*OWN, *RECEIVERS))
    def she_is_safe(self, who: str) -> None:
        self.on_case(who, actions.record_safe_check, met_by="spoken_alone", safe_again="call")

    @rule(who=mostly(*OWN), to=st.sampled_from(["ttyt-phucu", "bvsn-hungyen"]))
    def send_to_a_doctor(self, who: str, to: str) -> None:
        order = Order(
            service="health", to_agency=Agency.objects.get(code=to).reference, ground="life",
            urgency="emergency", reach_by="companion", needs=("exam",),
        )  # fmt: skip
        self.on_case(who, referrals.send_referral, order=order, overriding="x")

    @rule(who=mostly(*RECEIVERS), which=WHICH, yes=st.booleans())
    def answer_a_request(self, who: str, which: int, yes: bool) -> None:
        rows = self.rows(Referral)
        if not rows:
            return
        given: dict[str, Any] = {"reference": rows[which % len(rows)].reference}
        if rows[which % len(rows)].kind == "notify":
            self.attempt(who, referrals.acknowledge_referral, **given)
        elif yes:
            self.attempt(who, referrals.accept_referral, **given)
        else:
            self.attempt(who, referrals.decline_referral, reason="full", **given)

    @rule(who=mostly("worker", "leader"))
    def ask_for_a_bed(self, who: str) -> None:
        self.on_case(who, stays.request_stay, party=Party(sex="female"), emergency=True)

    @rule(who=mostly(*LEADERS))
    def close(self, who: str) -> None:
        self.on_case(who, actions.propose_closure, reason="entered_by_mistake")

    @rule(who=mostly(*LEADERS))
    def approve(self, who: str) -> None:
        self.on_case(who, actions.approve_closure)

    @rule(named=EVERYBODY)
    def duty_ends(self, named: str) -> None:
        """Somebody's shift is over, and nobody took the next: the ladder has a gap."""
        shifts = Shift.objects.filter(membership_id=self.cast[named].membership_id)
        shifts.filter(ends__gt=self.now, starts__lt=self.now).update(ends=self.now)

    def check(self) -> None:
        self.look.at(self.now)
        self.blocked_are_not_rung()

    def blocked_are_not_rung(self) -> None:
        """Nobody of an office is rung about a case after a block has named it."""
        since = {one.agency_id: one.starts for one in self.rows(Block, live=True)}
        for one in self.rows(Attempt):
            assert one.agency_id not in since or one.queued_at <= since[one.agency_id]
