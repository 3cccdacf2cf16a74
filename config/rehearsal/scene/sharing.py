"""What she agrees to, and what other agencies are asked to do."""

from typing import Any
from uuid import UUID

from casework import actions as casework
from casework import minors
from casework.rules import AGREED
from config.rehearsal.scene.base import Base
from referral import actions as referral
from referral.actions.sending import Order

GROUPS = {agreed.service: agreed.groups for agreed in AGREED.values()}
ANSWERABLE = frozenset({"SENT", "LAPSED"})
IN_WORK = frozenset({"ACCEPTED", "PARTLY_ACCEPTED", "STARTED"})
OURS = frozenset({"service", "handover"})
HANDOVER = ("person", "contact")


class Sharing(Base):
    """Consent, wishes and referrals."""

    def ask(self, *answers: str) -> None:
        """Consent, in five big answers, and her wishes in her words."""
        self.act(casework.record_consent, self.worker, answers=answers, asking=self.asking())
        self.act(casework.record_wishes, self.worker, coded=["be_safe_tonight", "children_safe"],
                 words=self.dice.choice(self.world["wishes"]))  # fmt: skip

    def asking(self) -> casework.Asking:
        """Alone and told beforehand; a grandmother speaks for a child, who is asked too."""
        is_child = minors.Age(self.born).may_be_child(self.stage.now.year)
        voice = minors.Voice("grandparent", "agrees") if is_child else minors.Voice()
        return casework.Asking(alone=True, told_beforehand=True, voice=voice)

    def could_not_ask(self, why: str = "not_alone") -> None:
        """She could not speak; asked again within a day."""
        self.act(casework.record_consent, self.worker, answers=("could_not_ask",), why_not=why)

    def agree_to_handover(self, kind: str) -> None:
        """She agrees that another kind of agency takes her case."""
        line = casework.Line("case_management", kind, HANDOVER, True)
        self.act(casework.record_consent, self.worker, answers=("talk",), asking=self.asking(),
                 sheet=[line])  # fmt: skip

    def withdraw(self, scope: str, service: str = "") -> None:
        """She takes it back: what rested on it ends at once."""
        self.act(casework.withdraw_consent, self.worker, scope=scope, service=service)

    def renew(self, scope: str) -> None:
        """She wants it again."""
        self.act(casework.renew_consent, self.worker, scope=scope)

    def helper(self, service: str) -> str:
        """Who answers for this service here: the commune's own, else the province's."""
        own = self.team.get("services", {})
        return str(own.get(service) or self.world["services"][service])

    def send(self, service: str, urgency: str = "routine", *, to: str = "", **order: Any) -> UUID:
        """Ask an agency to act, within what she agreed to; returns the request."""
        agency = self.office(to or self.helper(service)).reference
        order.setdefault("groups", tuple(sorted(GROUPS.get(service, HANDOVER))))
        made: UUID = self.act(
            referral.send_referral, self.worker,
            order=Order(service=service, to_agency=agency, urgency=urgency, reach_by="companion",
                        **order),
        )  # fmt: skip
        return made

    def asked(self, who: str) -> list[UUID]:
        """Requests of this case that somebody's agency has not answered."""
        here = self.stage.member(who).agency_id
        waiting = [r for r in self.referrals.values() if r.state in ANSWERABLE]
        return [one.reference for one in waiting if one.agency_id == here and one.kind in OURS]

    def work_off(self, who: str, reference: UUID, outcome: str = "helped") -> Any:
        """Accept, begin and finish a request, with days between."""
        self.act(referral.accept_referral, who, reference=reference)
        yield self.soon("visit", who)
        self.begin(who, reference)
        yield self.soon("plan", who)
        if self._is_in("STARTED", reference):
            self.act(referral.complete_referral, who, reference=reference, outcome=outcome)

    def answer_request(self, who: str, reference: UUID) -> Any:
        """What the office does that is rung about a request: take note, take it on, or decline."""
        one = self.referrals[reference]
        if one.state not in ANSWERABLE or "responder" not in self.stage.member(who).roles:
            return
        if one.kind == "notify":
            self.act(referral.acknowledge_referral, who, reference=reference)
        elif self.dice.random() < self.stage.habits.declines(self.office(who)):
            self.decline(who, reference, "full")
        else:
            yield from self.work_off(who, reference)

    def decline(self, who: str, reference: UUID, reason: str) -> None:
        """Not for us, with a reason."""
        self.act(referral.decline_referral, who, reference=reference, reason=reason)

    def accept(self, who: str, reference: UUID, **parts: Any) -> None:
        """Take a request on, or the named parts of it."""
        if self.referrals[reference].state in ANSWERABLE:
            self.act(referral.accept_referral, who, reference=reference, **parts)

    def begin(self, who: str, reference: UUID) -> None:
        """The work has begun."""
        if self._is_in("ACCEPTED", reference):
            self.act(referral.start_referral, who, reference=reference)

    def void(self, who: str, reference: UUID) -> None:
        """Another person of the office sees that it was pressed by mistake."""
        self.act(referral.void_referral, who, reference=reference, reason="wrong_case")

    def give_back(self, who: str, reference: UUID, reason: str) -> None:
        """What was accepted cannot go on."""
        self.act(referral.return_referral, who, reference=reference, reason=reason)

    def send_on(self, reference: UUID) -> bool:
        """Ask the next one, if there is one."""
        with self.stage.acting(self.worker) as actor:
            offers = referral.next_choices(actor=actor, reference=reference, now=self.stage.now)
        for offer in (one for one in offers if one.connected):
            self.act(referral.send_on, self.worker, reference=reference, to_agency=offer.agency)
            return True
        return False

    def hear_notices(self) -> None:
        """The police that were told by law say that they know."""
        for one in list(self.referrals.values()):
            if one.kind == "notify" and one.state == "SENT":
                officer = self.team["officer"]
                if one.agency_id == self.stage.member(officer).agency_id:
                    self.act(referral.acknowledge_referral, officer, reference=one.reference)

    def end_referrals(self) -> None:
        """Nothing is left open: what waits is taken back, what is in work is finished.

        What lapsed holds no closure and falls with it; a former office may have sent it. A handover
        is finished with its acceptance.
        """
        for one in [each for each in self.referrals.values() if each.kind in OURS]:
            if one.state == "SENT":
                self.act(referral.withdraw_referral, self.worker, reference=one.reference)
            elif one.state in IN_WORK and one.kind == "service" and one.agency_id:
                self.act(referral.complete_referral, self.stage.somebody(one.agency_id),
                         reference=one.reference, outcome="partly_helped")  # fmt: skip

    def _is_in(self, state: str, reference: UUID) -> bool:
        return self.referrals[reference].state == state
