"""Who plays in one case, how long each takes, and what has been heard of it so far."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from casework.models import Case
from config.rehearsal.stage import Stage, minutes
from network.models import Agency
from safekeeping.events import Event

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Heard:
    """A referral or a stay: where it was asked, and its state as last heard."""

    reference: UUID
    agency_id: int | None
    kind: str
    state: str


@dataclass
class Base:
    """One case. `team`: the people by part of the office that has it now; `home`: of the commune
    that she lives in; `case`: its reference once reported.

    worker: who is meant to work on it. is_left: nobody does, since that one or the whole office
    left: who goes on takes it on first. blocked: whom a block keeps out. worker_id, owner_id,
    state, level: as last heard.
    """

    stage: Stage
    world: dict[str, Any]
    dice: random.Random
    team: dict[str, Any]
    number: int
    kind: str = ""
    case: UUID | None = None
    case_id: int = 0
    code: str = ""
    alias: str = ""
    worker: str = ""
    sex: str = ""
    born: int = 0
    worker_id: int | None = None
    owner_id: int | None = None
    state: str = ""
    level: str = ""
    referrals: dict[UUID, Heard] = field(default_factory=dict)
    stays: dict[UUID, Heard] = field(default_factory=dict)
    overrides: list[UUID] = field(default_factory=list)
    visits: list[tuple[datetime, UUID]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    acted_at: datetime = NEVER
    is_left: bool = False
    home: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home = self.home or self.team
        if not self.worker:
            self.worker = self.dice.choice(self.workers() or [self.team["supervisor"]])
        if not self.sex:
            self.sex = "male" if self.dice.random() < self.world["men"] else "female"
            self.born = self.stage.now.year - self.dice.choice(self.world["ages"])

    # Time

    def soon(self, what: str, who: str = "") -> timedelta:
        """A delay of the province's habit; a busy or lazy office takes longer."""
        pace = self.stage.habits.pace_of(self.office(who or self.worker))
        return minutes(self.dice, self.world["delay_minutes"][what]) * pace

    def chance(self, what: str) -> bool:
        """Whether a habit of the province shows this time."""
        return bool(self.dice.random() < self.world["chances"][what])

    def office(self, who: str) -> Agency:
        """Somebody's agency."""
        agency: Agency = self.stage.member(who).agency
        return agency

    # Hearing

    def hear(self, event: Event) -> None:
        """What was recorded about this case: by whomever, also by a sweep."""
        family, _, verb = event.topic.partition(".")
        row: Any = event.row  # type: ignore[attr-defined]
        if family == "case":
            self._hear_case(verb, event, row)
        elif family == "referral" and event.subject_kind == "referral":
            known = self.referrals.setdefault(
                event.subject, Heard(event.subject, row.to_agency_id, row.kind, "")
            )
            known.state, known.agency_id = str(row.state), row.to_agency_id
        elif family == "stay" and event.subject_kind == "stay":
            stay = self.stays.setdefault(event.subject, Heard(event.subject, None, "", ""))
            stay.state, stay.agency_id = str(row.state), row.agency_id
        elif event.topic == "override.used":
            self.overrides.append(event.subject)
        elif event.topic == "follow_up.planned":
            self.visits.append((row.due_at, event.subject))

    def _hear_case(self, verb: str, event: Event, row: Any) -> None:
        case: Case = row.case if verb == "reported" else row
        if verb == "reported":
            self.case, self.case_id, self.code = case.reference, case.pk, case.code
        if not isinstance(case, Case):
            return
        if self.owner_id not in (None, case.owner_id):
            self._follow(case.owner_id)
        if verb == "worker_left":
            self.worker = self._replacement()
        self.is_left = self.is_left or (self.worker_id is not None and case.worker_id is None)
        self.alias, self.state, self.level = case.alias, str(case.state), case.risk_level
        self.owner_id, self.worker_id = case.owner_id, case.worker_id

    def _follow(self, owner_id: int) -> None:
        """The case has passed to another office: its people play on."""
        team = self.stage.teams.get(owner_id)
        if team is not None:
            self.team = {**self.team, **team}
            self.worker = self._replacement()

    def _replacement(self) -> str:
        """Somebody else of the office; who leads it where nobody is left."""
        others = self.workers()
        return others[0] if others else str(self.team["supervisor"])

    def workers(self) -> list[str]:
        """Who may work on this case: beside who leads, and whom no block names."""
        stage, office = self.stage, self.stage.member(self.team["supervisor"]).agency_id
        there = [n for n in self.team["workers"] if stage.is_there(n) and n not in self.blocked]
        return [name for name in there if stage.member(name).agency_id == office]

    # Acting

    def act(self, action: Any, who: str, *, reference: UUID | None = None, **more: Any) -> Any:
        """One public action in the name of somebody, on this case unless told otherwise."""
        if self.is_left and who == self.worker:
            self.claim()
        self.acted_at = self.stage.now
        with self.stage.acting(who) as actor:
            return action(
                actor=actor, reference=reference or self.known, now=self.stage.now, **more
            )

    def claim(self) -> None:
        """Take the case on, if nobody has; see `Work`."""
        raise NotImplementedError

    @property
    def known(self) -> UUID:
        assert self.case is not None, "nobody has reported yet"
        return self.case

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to work on."""
        return self.state == "CLOSED"
