"""Who may open what, worked out from what was done; knows nothing of the product's rows.

Written from safekeeping §3 and domain §2–3. Ends are exclusive.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from network.actors import Actor

CONSENTED = frozenset(
    {"person", "contact", "whereabouts", "children", "needs", "account", "accused", "risk",
     "health", "legal", "wishes"}
)  # fmt: skip
KEPT = CONSENTED | {"notes", "minutes", "evidence", "follow_up", "reasons", "holds"}
EVERY = KEPT | {"informant"}
AFTER_HANDOVER = CONSENTED - {"whereabouts", "contact"}
FORTNIGHT, GLASS = timedelta(days=14), timedelta(minutes=60)
WORKS = frozenset({"caseworker", "supervisor", "responder", "coordinator"})


@dataclass
class Asked:
    """One request: to whom, for what, on which ground, and how far it has come."""

    agency: int
    service: str
    ground: str
    groups: frozenset[str]
    reach_by: str = "companion"
    handover: bool = False
    sender: int | None = None
    outside: bool = False
    state: str = "asked"  # then open, done, over
    done_at: datetime | None = None


@dataclass
class Grant:
    """What is open to an office or one person until a moment."""

    agency: int
    groups: frozenset[str]
    until: datetime
    user: int | None = None


@dataclass
class Model:
    cast: dict[str, Actor]
    owner: int | None = None
    worker: int | None = None
    users: set[int] = field(default_factory=set)  # whom a block names
    agencies: set[int] = field(default_factory=set)
    asked: dict[UUID, Asked] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)

    def pass_to(self, now: datetime) -> None:
        self.grants = [one for one in self.grants if one.until > now]

    # What may be opened

    def groups(self, actor: Actor, now: datetime) -> frozenset[str]:
        if actor.user_id in self.users or actor.agency_id in self.agencies:
            return frozenset()
        if not actor.roles & WORKS:
            return frozenset()
        if actor.agency_id == self.owner:
            desk = actor.agency_kind == "duty_desk" and "coordinator" in actor.roles
            if "supervisor" in actor.roles or desk:
                return EVERY
            if "caseworker" in actor.roles and actor.user_id == self.worker:
                return KEPT
        return self._granted(actor, now)

    def _granted(self, actor: Actor, now: datetime) -> frozenset[str]:
        found = {
            group
            for one in self.grants
            if one.agency == actor.agency_id and one.user in (None, actor.user_id)
            and one.until > now
            for group in one.groups
        }  # fmt: skip
        for one in self.asked.values():
            if one.agency == actor.agency_id and self._is_open(one, now):
                found |= one.groups
        return frozenset(found)

    @staticmethod
    def _is_open(one: Asked, now: datetime) -> bool:
        if one.handover or one.outside:
            return False
        if one.state == "done":
            return one.done_at is not None and now < one.done_at + FORTNIGHT
        return one.state == "open"

    # What was done

    def accepted(self, reference: UUID, now: datetime) -> None:
        """Raises AssertionError where nobody could have accepted any more."""
        one = self.asked[reference]
        assert one.state == "asked"
        one.state = "open"
        if one.handover:
            assert self.owner == one.sender  # else somebody else gives away the case
            self.hand_over(one.agency, now)

    def hand_over(self, agency: int, now: datetime) -> None:
        assert self.owner is not None
        self.grants.append(Grant(self.owner, AFTER_HANDOVER, now + FORTNIGHT))
        self.owner, self.worker = agency, None

    def completed(self, reference: UUID, at: datetime) -> None:
        """Raises AssertionError where there was no work to complete."""
        one = self.asked[reference]
        assert one.state == "open"
        one.state, one.done_at = "done", at

    def over(self, reference: UUID) -> None:
        self.asked[reference].state = "over"

    def withdrawn(self, scope: str, service: str) -> None:
        """Her consent is taken back: what rested on it ends. Statute and life stand."""
        for one in self.asked.values():
            if one.ground != "consent":
                continue
            if scope == "contact":
                if one.state in ("asked", "open") and one.reach_by != "goes_self":
                    one.state = "over"
            elif scope == "sharing" or (scope == "service" and one.service == service):
                one.state = "over"

    def broke_glass(self, actor: Actor, now: datetime) -> None:
        assert actor.agency_id is not None
        self.grants.append(Grant(actor.agency_id, KEPT, now + GLASS, user=actor.user_id))

    def block_user(self, user: int) -> None:
        self.users.add(user)
        if self.worker == user:
            self.worker = None

    def block_agency(self, agency: int, desk: int | None, now: datetime) -> None:
        """Deny beats every allow; what it owned passes to the duty desk, what it did ends."""
        self.agencies.add(agency)
        for one in self.asked.values():
            if one.agency == agency and one.state in ("asked", "open"):
                one.state = "over"
        if self.owner == agency:
            self.owner, self.worker = desk, None
