"""What she agrees to and takes back; each answer stays as it was said."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from casework import actions
from casework.models import Case, Consent
from network.models import Agency
from referral import actions as referrals
from referral.actions.sending import Order
from referral.models import Referral
from tests.drills.machines.base import Machine, mostly
from tests.drills.machines.cast import OWN
from tests.drills.machines.model import Asked

# What the five answers stand for, from the design: service → kinds of agency.
MEANS = {
    "doctor": ("health", 1), "bed": ("shelter", 3), "talk": ("psychosocial", 3),
    "police": ("police", 2),
}  # fmt: skip
ANSWERS = st.one_of(
    st.sets(st.sampled_from(sorted(MEANS)), min_size=1).map(sorted),
    st.sampled_from([["none"], ["could_not_ask"], ["none", "doctor"], []]),
)


class ConsentMachine(Machine):
    """Her answers, kept beside the product's rows: (service, given or refused or withdrawn)."""

    def __init__(self) -> None:
        super().__init__()
        self.on_case("worker", actions.claim_case, overriding="x")
        self.model.worker = self.cast["worker"].user_id
        self.said: list[list[str]] = []
        self.taken_back: set[str] = set()  # being counted, being contacted

    @rule(who=mostly(*OWN), answers=ANSWERS)
    def ask_her(self, who: str, answers: list[str]) -> None:
        if not self.on_case(who, actions.record_consent, answers=answers):
            return
        given = {service for service, state in self.said if state == "GIVEN"}
        if "could_not_ask" in answers:
            self.said.append(["", "NOT_POSSIBLE"])
            return
        for answer, (service, kinds) in MEANS.items():
            if answer in answers:
                self.said += [[service, "GIVEN"] for _ in range(kinds)]
            elif service not in given:
                self.said += [[service, "REFUSED"] for _ in range(kinds)]

    @rule(who=mostly(*OWN), scope=st.sampled_from(["service", "sharing", "contact", "counted"]),
          answer=st.sampled_from(sorted(MEANS)))  # fmt: skip
    def she_takes_it_back(self, who: str, scope: str, answer: str) -> None:
        service = MEANS[answer][0] if scope == "service" else ""
        if not self.on_case(who, actions.withdraw_consent, scope=scope, service=service):
            return
        self.model.withdrawn(scope, service)
        if scope in ("contact", "counted"):
            self.said.append(["", "REFUSED"])
            self.taken_back.add(scope)
            return
        for one in self.said:
            if one[0] and one[1] == "GIVEN" and service in ("", one[0]):
                one[1] = "WITHDRAWN"

    @rule(who=mostly(*OWN), scope=st.sampled_from(["sharing", "contact", "counted"]))
    def she_wants_it_again(self, who: str, scope: str) -> None:
        if self.on_case(who, actions.renew_consent, scope=scope):
            self.taken_back.remove(scope)
            self.said.append(["", "GIVEN"])

    @rule(who=mostly("worker", "leader"))
    def send_to_a_doctor(self, who: str) -> None:
        office = Agency.objects.get(code="ttyt-phucu")
        groups = ("contact", "health", "person")
        order = Order(
            service="health", to_agency=office.reference, urgency="urgent", reach_by="goes_self",
            needs=("exam",), groups=groups,
        )  # fmt: skip
        sent = self.on_case(who, referrals.send_referral, order=order)
        if sent:
            assert ["health", "GIVEN"] in self.said
            self.model.asked[sent] = Asked(
                office.pk, "health", "consent", frozenset(groups), reach_by="goes_self"
            )

    @rule(who=mostly("doctor"), which=st.integers(0, 9), done=st.booleans())
    def the_doctor(self, who: str, which: int, done: bool) -> None:
        rows = self.rows(Referral)
        if not rows:
            return
        reference = rows[which % len(rows)].reference
        if done:
            given = {"reference": reference, "outcome": "helped"}
            if self.attempt(who, referrals.complete_referral, **given):
                self.model.completed(reference, self.now)
        elif self.attempt(who, referrals.accept_referral, reference=reference):
            self.model.accepted(reference, self.now)

    def check(self) -> None:
        super().check()
        rows = [[one.service, str(one.state)] for one in self.rows(Consent)]
        assert sorted(rows) == sorted(self.said)
        case = Case.objects.get(pk=self.case_id)
        assert (case.counted, case.contactable) == (
            "counted" not in self.taken_back, "contact" not in self.taken_back
        )  # fmt: skip
