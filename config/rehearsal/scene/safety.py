"""Where life, or trust, is at stake: overtaking, breaking glass, conflicts, being known again."""

from contextlib import suppress
from uuid import UUID

from casework import actions as casework
from casework import policy
from casework.models import BreakGlass, Death, Override
from casework.models.access import Reviewed
from config.rehearsal.scene.base import Base
from safekeeping.errors import NotVisible


class Safety(Base):
    """Overrides and reviews, emergency openings, the duty desk, links."""

    def safe(self, met_by: str = "spoken_alone") -> None:
        """She was spoken to alone, or seen safe."""
        self.act(casework.record_safe_check, self.worker, met_by=met_by, safe_again="",
                 way="call")  # fmt: skip

    def clear(self, desk: str) -> None:
        """The coordinator rang back: the office is free of him."""
        self.act(casework.clear_conflict, desk)

    def block(self, user: str) -> None:
        """Whoever leads keeps one person from this case for good."""
        reference = self.stage.member(user).user.reference
        self.blocked.add(user)
        self.act(
            casework.set_block,
            self.team["supervisor"],
            user=reference,
            reason="relative_works_here",
        )

    def overtake(self) -> None:
        """Help before anybody is assigned, in one sentence."""
        self.act(casework.agree_plan, self.worker, kind="safety",
                 items=[casework.Item("safety")],
                 overriding=self.dice.choice(self.world["words"]["overriding"]))  # fmt: skip

    def review_overrides(self) -> None:
        """Whoever is asked and did not act looks at it."""
        while self.overrides:
            used = self.overrides.pop()
            self.act(casework.review_override, self._reviewer(Override, used), verdict="right",
                     reference=used)  # fmt: skip

    def colleague(self) -> str:
        """Another caseworker of the office, who sees this case's existence and no more."""
        others = [name for name in self.workers() if name != self.worker]
        return others[0] if others else ""

    def break_glass(self, who: str) -> UUID:
        """A colleague opens the case for an hour; returns the opening."""
        made: UUID = self.act(casework.break_glass, who, reason="worker_absent", fresh_mfa=True)
        return made

    def explain(self, who: str, opening: UUID) -> None:
        """The same person says why."""
        self.act(casework.explain_break_glass, who, reference=opening,
                 words=self.dice.choice(self.world["words"]["glass"]))  # fmt: skip

    def review_glass(self, opening: UUID) -> None:
        """Whoever is asked looks at it."""
        self.act(casework.review_break_glass, self._reviewer(BreakGlass, opening),
                 reference=opening, verdict="right")  # fmt: skip

    def join(self, second: UUID) -> None:
        """The supervisor joins a second report of the same evening to this case."""
        self.act(casework.link_duplicate, self.team["supervisor"], other=second)

    def know_again(self, other: UUID) -> None:
        """The supervisor sees that both cases are one person's, where the office has both."""
        with suppress(NotVisible):  # the other may be with another office
            self.act(casework.link_person, self.team["supervisor"], other=other)

    def record_death(self, cause: str) -> UUID:
        """The worker writes down that she has died; returns the record."""
        made: UUID = self.act(casework.record_death, self.worker, cause=cause)
        return made

    def debrief(self) -> None:
        """Those who worked on it sit together."""
        self.act(casework.hold_debrief, self.worker)

    def look_back(self, death: UUID) -> None:
        """Somebody from outside the office: was anything to be learnt?"""
        self.act(casework.review_death, self._reviewer(Death, death), reference=death,
                 verdict="nothing_missed")  # fmt: skip

    def _reviewer(self, kind: type[Reviewed], reference: UUID) -> str:
        """Who may look at what another did: the case may have passed on, and the asking with it."""
        with self.stage.acting(self.team["supervisor"]) as actor:
            row: Reviewed = kind.objects.visible_to(actor).by_reference(reference)
        return next(
            name
            for name in self.stage.people_of(row.review_agency_id)
            if name not in self.blocked and policy.may_review(self.stage.actor(name), row)
        )
