"""Who answers what rings, and how soon; heard as it rings, never looked for.

A person on duty of the rung takes it after some minutes, or nobody does and the ladder goes on.
Whoever took an emergency sees to it that she is safe; in the last hour of a play all keeps
ringing, so that its queues and clocks are alive.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django_fsm import TransitionNotAllowed

from casework.actions import record_safe_check
from casework.models import Case, CaseState
from config.rehearsal.stage import Stage, Story, minutes
from hotline.actions import acknowledge_alert
from network import registry
from network.models import Agency
from safekeeping.errors import NotVisible
from safekeeping.events import Event

RINGS = frozenset({"alert.rung", "alert.exhausted"})
ENDS = frozenset({"alert.acknowledged", "alert.cancelled"})
LEFT_RINGING = timedelta(hours=1)
LIVE = [state for state in CaseState.values if state != CaseState.CLOSED]


@dataclass(frozen=True)
class Rung:
    """An alert that rings: at whose phones now."""

    reference: UUID
    case_id: int
    agency_id: int
    also: tuple[int, ...]
    emergency: bool
    topic: str
    subject: UUID
    since: datetime

    @property
    def at(self) -> int:
        """The office that is rung now: the duty desk once the own one did not answer."""
        return self.also[-1] if self.also else self.agency_id


@dataclass
class Phones:
    """Every alert that rings on the stage, and the habits of those who hear it."""

    stage: Stage
    ringing: dict[UUID, Rung] = field(default_factory=dict)
    _heard: int = 0
    _offices: dict[int, Agency] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        """Keep what rings; let somebody answer it after a while."""
        if not event.topic.startswith("alert."):
            return
        if event.topic in ENDS:
            self.ringing.pop(event.subject, None)
            return
        alert: Any = event.row  # type: ignore[attr-defined]
        self.ringing[event.subject] = rung = Rung(
            event.subject, alert.case_id, alert.agency_id, tuple(alert.also), alert.emergency,
            alert.topic, alert.subject, self.stage.now,
        )  # fmt: skip
        if event.topic in RINGS:
            self._let_answer(rung)

    def answer_all(self, case_id: int, who: str) -> None:
        """Before a case closes everything about it that rings is answered, by whom it rings."""
        for rung in [one for one in self.ringing.values() if one.case_id == case_id]:
            mine = self.stage.member(who).agency_id in (rung.agency_id, *rung.also)
            taker = who if mine else self._taker(rung)
            if taker and rung.reference in self.ringing:
                self._take(rung, taker)

    def rings(self, case_id: int) -> bool:
        """Whether anything about this case still rings, anywhere."""
        return any(rung.case_id == case_id for rung in self.ringing.values())

    def _let_answer(self, rung: Rung) -> None:
        stage, office = self.stage, self._office(rung.at)
        self._heard += 1
        dice = stage.chance("ring", self._heard)
        if stage.until - stage.now < LEFT_RINGING or dice.random() < stage.habits.lets_ring(office):
            return
        wait = minutes(dice, stage.habits.answer_minutes(office))
        stage.enter(self._answer(rung), stage.now + wait)

    def _answer(self, rung: Rung) -> Story:
        rung = self.ringing.get(rung.reference, rung)
        if rung.reference not in self.ringing:
            return
        who, scene = self._taker(rung), self.scene_of(rung.case_id)
        if not who:
            return
        if scene is not None and rung.topic == "referral.sent" and not rung.also:
            yield from scene.answer_request(who, rung.subject)
        if rung.reference not in self.ringing or not self._take(rung, who) or not rung.emergency:
            return
        yield timedelta(minutes=5)
        if scene is None or scene.acted_at < rung.since:
            self._look_after(rung.case_id, who)

    def _take(self, rung: Rung, who: str) -> bool:
        """Say "I have it"; false where it exists for this person no more."""
        stage = self.stage
        try:
            with stage.acting(who) as actor:
                acknowledge_alert(actor=actor, reference=rung.reference, now=stage.now)
        except (NotVisible, TransitionNotAllowed):
            return False
        return True

    def _look_after(self, case_id: int, who: str) -> None:
        """She was spoken to: by who answered, or by the owner's people whom they reached."""
        scene = self.scene_of(case_id)
        for name in dict.fromkeys((who, *self._owners(scene))):
            with self.stage.acting(name) as actor:
                case = Case.objects.visible_to(actor).filter(pk=case_id, state__in=LIVE).first()
                if case is not None:
                    record_safe_check(
                        actor=actor, reference=case.reference, met_by="spoken_alone", way="call",
                        safe_again="alone", now=self.stage.now,
                    )  # fmt: skip
                    return

    def scene_of(self, case_id: int) -> Any:
        """The living story of a case, if any."""
        return self.stage.scenes.get(case_id)

    def _owners(self, scene: Any) -> tuple[str, ...]:
        return (scene.worker, scene.team["supervisor"]) if scene else ()

    def _taker(self, rung: Rung) -> str:
        """The first on duty where it rings; where nobody is, any member."""
        duty = registry.on_duty(rung.at, self.stage.now)
        if duty:
            return self.stage.username(duty[0].user_id)
        members = registry.members(rung.at, self.stage.now)
        return str(members[0].user.username) if members else ""

    def _office(self, agency_id: int) -> Agency:
        if agency_id not in self._offices:
            self._offices[agency_id] = Agency.objects.get(pk=agency_id)
        return self._offices[agency_id]
