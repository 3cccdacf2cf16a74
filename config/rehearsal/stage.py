"""The stage: a clock of its own, stories that take turns, and sweeps and jobs as in life."""

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from network.actors import Actor, actor_for
from network.models import Membership
from safekeeping import events, rls
from safekeeping.sweeps import sweep_all

Story = Iterator[timedelta]
BETWEEN_SWEEPS = timedelta(minutes=30)


@dataclass
class Stage:
    """Plays stories between two moments; whatever would come later is left untold.

    A story is a generator: it acts, then yields how long it waits.
    """

    now: datetime
    until: datetime
    seed: int
    told: int = 0
    answered: datetime = field(init=False)
    after_sweep: Callable[[], None] = lambda: None
    _turns: list[tuple[datetime, int, Story]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    _swept: datetime | None = None
    _people: dict[str, Membership] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.answered = self.now

    def enter(self, story: Story, at: datetime) -> None:
        """A story begins at this moment."""
        heapq.heappush(self._turns, (at, next(self._order), story))

    def play(self) -> None:
        """Play until the last moment, then let everything that is due by then fall due."""
        while self._turns and self._turns[0][0] <= self.until:
            at, _number, story = heapq.heappop(self._turns)
            self._pass(at)
            wait = next(story, None)
            self._settle()
            if wait is not None:
                self.enter(story, at + wait)
        self._pass(self.until)
        self._sweep()

    @contextmanager
    def acting(self, username: str) -> Iterator[Actor]:
        """In the name of somebody of the province, now."""
        actor = self.actor(username)
        with rls.acting(actor=actor, now=self.now):
            yield actor

    def actor(self, username: str) -> Actor:
        """Somebody by sign-in name, in the first of their offices."""
        held = self._people.get(username)
        if held is None:
            members = Membership.objects.filter(user__username=username, ends=None)
            held = members.select_related("user", "agency").earliest("pk")
            self._people[username] = held
        return actor_for(held.user, held, self.now)

    def chance(self, *what: object) -> random.Random:
        """A die of its own for each story: one more story changes none of the others."""
        return random.Random(f"{self.seed}/{'/'.join(map(str, what))}")  # noqa: S311 - a play

    def _pass(self, at: datetime) -> None:
        """Time goes on; what fell due on the way is swept now and then, as in life."""
        if self._swept is None or at - self._swept >= BETWEEN_SWEEPS:
            self.now = at
            self._sweep()
        self.now = at

    def _sweep(self) -> None:
        sweep_all(self.now)
        events.repair_all(self.now)
        self._swept = self.now
        self.after_sweep()

    def _settle(self) -> None:
        """What an act deferred runs at once, as a worker would run it."""
        events.run_jobs(self.now)
        self.told += 1


def minutes(dice: random.Random, span: Any) -> timedelta:
    """Somewhere between two numbers of minutes."""
    least, most = span
    return timedelta(minutes=dice.randint(int(least), int(most)))
