"""The stage: a clock of its own, stories that take turns, and sweeps and jobs as in life.

Time leaps to whatever comes first: somebody's turn, or something that falls due. What an act
defers runs at once, as a worker would run it. At local midnight the house is kept: everything is
swept, what failed is mended, the chain's head is left outside.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any, Protocol

from config.rehearsal.habits import Habits
from config.rehearsal.kept import Looks
from network import registry
from network.actors import Actor
from network.dated import holds_on
from network.models import Membership, User
from network.roles import Role
from network.sittings import actor_for
from safekeeping import events, rls, sweeps

Story = Iterator[timedelta]
DAY = timedelta(days=1)


class Listener(Protocol):
    """Who wants to hear what happens in one case."""

    number: int

    @property
    def is_over(self) -> bool: ...

    def hear(self, event: events.Event) -> None: ...


class Answering(Protocol):
    """Who hears what rings, and answers it."""

    def hear(self, event: events.Event) -> None: ...

    def answer_all(self, case_id: int, who: str) -> None: ...

    def rings(self, case_id: int) -> bool: ...


@dataclass
class Stage:
    """Plays stories between two moments; whatever would come later is left untold.

    A story is a generator: it acts, then yields how long it waits. It is begun when its turn
    comes, so that ten thousand of them take no more room than those that are alive.
    scenes: the case of each living story by its id. newborn: who is just reporting. teams: who
    works for each office that may own a case, by its id.
    """

    now: datetime
    until: datetime
    seed: int
    habits: Habits
    phones: Answering = field(init=False)
    told: int = 0
    begun: int = 0
    recorded: int = 0
    digest: str = ""
    scenes: dict[int, Listener] = field(default_factory=dict)
    newborn: Listener | None = None
    teams: dict[int, dict[str, Any]] = field(default_factory=dict)
    looks: Looks = field(default_factory=Looks)
    ears: list[Callable[[events.Event], None]] = field(default_factory=list)
    every_night: Callable[[], None] = lambda: None
    _turns: list[tuple[datetime, int, Story]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    _due: sweeps.Due | None = None
    _asked: bool = False
    _deferred: bool = False
    _people: dict[str, Membership] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """How many turns are still to be taken."""
        return len(self._turns)

    def leave(self, story: int) -> None:
        """A story is over: its closed cases need not be heard of any more."""
        over = [k for k, one in self.scenes.items() if one.number == story and one.is_over]
        for case_id in over:
            del self.scenes[case_id]

    # Time

    def enter(self, story: Story, at: datetime) -> None:
        """A story begins at this moment."""
        heapq.heappush(self._turns, (at, next(self._order), story))

    def play(self) -> None:
        """Play until the last moment; what is due by then has fallen due."""
        self.enter(self._nights(), self.midnight())
        with events.overheard(self._hear):
            self._keep_house()
            while self._go_on():
                pass
            self._pass(self.until)
            self._keep_house()

    def _go_on(self) -> bool:
        """What comes next: something that falls due, or a turn; false once nothing does."""
        at = min(self._turns[0][0], self.until) if self._turns else self.until
        due = self._next_due()
        if due is not None and due.at <= at:
            self._fall_due(due)
            return True
        if not self._turns or self._turns[0][0] > self.until:
            return False
        at, _number, story = heapq.heappop(self._turns)
        self._pass(at)
        wait = next(story, None)
        self._settle()
        self.told += 1
        if wait is not None:
            self.enter(story, self.now + wait)
        return True

    def _fall_due(self, due: sweeps.Due) -> None:
        self._pass(due.at)
        done = sweeps.sweep_one(due.sweep, self.now)
        self._asked = False
        self._settle()
        if not done and self._next_due() == due:
            raise RuntimeError(f"{due.sweep}: something fell due and nothing was done")

    def _next_due(self) -> sweeps.Due | None:
        """Asked again only after something was done: what waits changes by acts alone."""
        if not self._asked:
            self._due, self._asked = sweeps.next_due(self.until), True
        return self._due

    def _pass(self, at: datetime) -> None:
        self.now = max(self.now, at)

    def midnight(self) -> datetime:
        """The next one of the province's own."""
        zone = registry.zone()
        tomorrow = self.now.astimezone(zone).date() + DAY
        return datetime.combine(tomorrow, time(), tzinfo=zone)

    def _nights(self) -> Story:
        while True:
            self._keep_house()
            self.every_night()
            yield self.midnight() - self.now

    def _keep_house(self) -> None:
        failed = [name for name, done in sweeps.keep_house(self.now).items() if done < 0]
        if failed:
            raise RuntimeError(f"swept in vain: {', '.join(failed)}")
        events.repair_all(self.now)
        self._asked = False
        self._settle()

    def _settle(self) -> None:
        """What was deferred runs at once, and what that defers."""
        while self._deferred:
            self._deferred = False
            events.run_jobs(self.now)

    # People

    @contextmanager
    def acting(self, username: str) -> Iterator[Actor]:
        """In the name of somebody of the province, now."""
        actor = self.actor(username)
        with rls.acting(actor=actor, now=self.now):
            yield actor

    def actor(self, username: str) -> Actor:
        """Somebody by sign-in name, in the first of their offices."""
        held = self.member(username)
        return actor_for(held.user, held, self.now)

    def member(self, username: str) -> Membership:
        """The same person's membership, read once until memberships or offices change."""
        held, today = self._people.get(username), registry.localdate(self.now)
        if held is None or not (held.is_live(self.now) and held.agency.holds(today)):
            there = holds_on(today, "agency__")
            members = Membership.objects.live(self.now).filter(there, user__username=username)
            held = members.select_related("user", "agency").earliest("pk")
            self._people[username] = held
        return held

    def is_there(self, username: str) -> bool:
        """Whether somebody still is a member of any office."""
        live = Membership.objects.live(self.now).filter(user__username=username)
        return username in self._people or live.exists()

    def somebody(self, agency_id: int) -> str:
        """Whoever answers requests for an office; the first by name."""
        return self.people_of(agency_id, Role.RESPONDER)[0]

    def people_of(self, agency_id: int, *roles: str) -> list[str]:
        """Everybody who works at an office now, by name; only those with a role, if named."""
        there = registry.members(agency_id, self.now, *roles)
        return [self.username(one.user_id) for one in there]

    def username(self, user_id: int) -> str:
        """Whose sign-in name this is."""
        if user_id not in self._names:
            self._names = dict(User.objects.values_list("pk", "username"))
        return self._names[user_id]

    # Chance and hearing

    def chance(self, *what: object) -> random.Random:
        """A die of its own for each story: one more story changes none of the others."""
        return random.Random(f"{self.seed}/{'/'.join(map(str, what))}")  # noqa: S311 - a play

    def _hear(self, event: events.Event) -> None:
        self.recorded += 1
        self._asked = False
        handlers = events.topics().get(event.topic, ())
        self._deferred = self._deferred or any(not each.within for each in handlers)
        if event.topic.startswith(("membership.", "agency.")):
            self._people.clear()
        listener = self.scenes.get(event.case_id) if event.case_id else None
        if listener is None and event.case_id and self.newborn is not None:
            # What a report opens in its own transaction is heard before the report itself.
            listener, self.newborn = self.newborn, None
            self.scenes[event.case_id] = listener
        if listener is not None:
            listener.hear(event)
        for ear in self.ears:
            ear(event)


def minutes(dice: random.Random, span: Any) -> timedelta:
    """Somewhere between two numbers of minutes."""
    least, most = span
    return timedelta(minutes=dice.randint(int(least), int(most)))
