"""Requests to other agencies, and her consent under them: given, refused, taken back."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from casework import actions
from network.models import Agency
from referral import actions as referrals
from referral.actions.answer import Said
from referral.actions.sending import Order
from referral.models import Referral
from tests.drills.machines.base import Machine, mostly
from tests.drills.machines.cast import LEADERS, OWN, RECEIVERS
from tests.drills.machines.model import CONSENTED, Asked

# Service → (kind of agency, its offices that are asked, needs, the most that is agreed to).
SERVICES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], frozenset[str]]] = {
    "health": (
        "health_facility", ("ttyt-phucu", "bvsn-hungyen", "bvdk-thaibinh"), ("exam", "treatment"),
        frozenset({"person", "contact", "whereabouts", "needs", "health"}),
    ),
    "legal": ("legal_aid", ("tgpl",), ("advice",), frozenset({"account", "legal", "wishes"})),
    "psychosocial": (
        "social_work_centre", ("ctxh",), (), CONSENTED - {"accused", "children"},
    ),
}  # fmt: skip
SERVICE = st.sampled_from(sorted(SERVICES))
WHICH = st.integers(0, 99)
SCOPES = st.sampled_from(["service", "sharing", "contact", "counted"])
REACH = st.sampled_from(["companion", "goes_self", "safe_number"])
URGENCY = st.sampled_from(["emergency", "urgent", "routine"])
SENDERS = ("worker", "leader", "second leader")


class ReferralMachine(Machine):
    """The whole machine of a request; its model keeps what each has opened."""

    def __init__(self) -> None:
        super().__init__()
        self.on_case("worker", actions.claim_case, overriding="x")
        self.model.worker = self.cast["worker"].user_id
        self.sent: list[Any] = []

    @rule(who=mostly(*OWN), service=SERVICE, given=st.booleans(), fewer=st.booleans())
    def ask_her(self, who: str, service: str, given: bool, fewer: bool) -> None:
        kind, _, _, groups = SERVICES[service]
        agreed = sorted(groups)[: 2 if fewer else None]
        line = actions.Line(service, kind, tuple(agreed) if given else (), given=given)
        self.on_case(who, actions.record_consent, answers=[], sheet=[line])

    @rule(who=mostly(*OWN))
    def could_not_ask(self, who: str) -> None:
        self.on_case(who, actions.record_consent, answers=["could_not_ask"])

    @rule(who=mostly(*OWN, *RECEIVERS), scope=SCOPES, service=SERVICE)
    def she_takes_it_back(self, who: str, scope: str, service: str) -> None:
        given = {"scope": scope, "service": service if scope == "service" else ""}
        if self.on_case(who, actions.withdraw_consent, **given):
            self.model.withdrawn(scope, service)

    @rule(who=mostly(*SENDERS), service=SERVICE, to=WHICH, reach=REACH, life=st.booleans(),
          fewer=st.booleans(), urgency=URGENCY)  # fmt: skip
    def send(
        self, who: str, service: str, to: int, reach: str, life: bool, fewer: bool, urgency: str
    ) -> None:
        _, offices, needs, groups = SERVICES[service]
        office = Agency.objects.get(code=offices[to % len(offices)])
        asked = tuple(sorted(groups)[: 2 if fewer else None])
        order = Order(
            service=service, to_agency=office.reference, urgency=urgency, reach_by=reach,
            ground="life" if life else "consent", needs=needs, groups=asked,
        )  # fmt: skip
        self.on_case(who, referrals.send_referral, order=order, overriding="x")

    def refresh(self) -> None:
        """Requests that are new to the model: sent by somebody, or sent on by the sweep."""
        for row in self.rows(Referral):
            if row.reference not in self.model.asked:
                self.sent.append(row.reference)
                self.model.asked[row.reference] = Asked(
                    row.to_agency_id, row.service, row.ground, frozenset(row.groups),
                    reach_by=row.reach_by, handover=row.kind == "handover", outside=row.outside,
                )  # fmt: skip

    def some(self, which: int) -> Any:
        self.refresh()
        return self.sent[which % len(self.sent)] if self.sent else None

    @rule(who=mostly(*RECEIVERS), which=WHICH, partly=st.booleans())
    def accept(self, who: str, which: int, partly: bool) -> None:
        reference = self.some(which)
        if reference is None:
            return
        parts = ["exam"] if partly else None
        if self.attempt(who, referrals.accept_referral, reference=reference, parts=parts):
            self.model.accepted(reference, self.now)

    @rule(who=mostly(*RECEIVERS), which=WHICH, reason=st.sampled_from(["full", "conflict"]))
    def decline(self, who: str, which: int, reason: str) -> None:
        reference = self.some(which)
        if reference is None:
            return
        if self.attempt(who, referrals.decline_referral, reference=reference, reason=reason):
            self.model.over(reference)
            self._keep_out(reference, reason)

    def _keep_out(self, reference: Any, reason: str) -> None:
        if reason == "conflict":
            desk = self.cast["coordinator"].agency_id
            self.model.block_agency(self.model.asked[reference].agency, desk, self.now)

    @rule(who=mostly(*RECEIVERS), which=WHICH)
    def start(self, who: str, which: int) -> None:
        if reference := self.some(which):
            self.attempt(who, referrals.start_referral, reference=reference)

    @rule(who=mostly(*RECEIVERS), which=WHICH, came=st.booleans())
    def complete(self, who: str, which: int, came: bool) -> None:
        outcome = "helped" if came else "did_not_come"
        reference = self.some(which)
        if reference and self.attempt(
            who, referrals.complete_referral, reference=reference, outcome=outcome
        ):
            self.model.completed(reference, self.now)

    @rule(who=mostly(*RECEIVERS), which=WHICH,
          reason=st.sampled_from(["cannot_continue", "conflict"]))  # fmt: skip
    def give_back(self, who: str, which: int, reason: str) -> None:
        reference = self.some(which)
        if reference and self.attempt(
            who, referrals.return_referral, reference=reference, reason=reason
        ):
            self.model.over(reference)
            self._keep_out(reference, reason)

    @rule(who=mostly(*RECEIVERS, *OWN), which=WHICH)
    def void(self, who: str, which: int) -> None:
        reference = self.some(which)
        if reference and self.attempt(
            who, referrals.void_referral, reference=reference, reason="wrong_case"
        ):
            self.model.over(reference)

    @rule(who=mostly(*SENDERS), which=WHICH)
    def withdraw(self, who: str, which: int) -> None:
        reference = self.some(which)
        if reference and self.attempt(who, referrals.withdraw_referral, reference=reference):
            self.model.over(reference)

    @rule(who=mostly(*SENDERS, *RECEIVERS), which=WHICH)
    def read_the_stop_line(self, who: str, which: int) -> None:
        if reference := self.some(which):
            self.attempt(who, referrals.acknowledge_stop, reference=reference)

    @rule(who=mostly(*SENDERS), which=WHICH, yes=st.booleans())
    def write_down_an_answer(self, who: str, which: int, yes: bool) -> None:
        reference = self.some(which)
        if reference is None:
            return
        said = Said("accepted" if yes else "declined", "call", "x", self.now, reason="full")
        if self.attempt(who, referrals.record_answer, reference=reference, said=said):
            if yes:
                self.model.accepted(reference, self.now)
            else:
                self.model.over(reference)

    @rule(who=mostly(*SENDERS), which=WHICH, to=WHICH)
    def send_on(self, who: str, which: int, to: int) -> None:
        reference = self.some(which)
        if reference is None:
            return
        _, offices, _, _ = SERVICES.get(self.model.asked[reference].service, SERVICES["health"])
        office = Agency.objects.get(code=offices[to % len(offices)])
        self.attempt(who, referrals.send_on, reference=reference, to_agency=office.reference)

    @rule(who=mostly(*LEADERS, *OWN))
    def take_up_again(self, who: str) -> None:
        if self.on_case(who, actions.claim_case, overriding="x"):
            self.model.worker = self.cast[who].user_id
