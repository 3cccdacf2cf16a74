"""A commune at work: each public action is done at least once, and its statements are counted.

`life` fills it; filled once more, every list is longer by as much and by the same things.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from casework import actions as case_actions
from casework.models import Case, Report
from casework.reports import Facts, Sealed
from config.embedded import BASE_DIR
from network import edition, registry
from network.actors import Actor
from network.loading import people
from network.models import Membership, User
from network.sittings import actor_for
from safekeeping import events, rls
from safekeeping.sweeps import sweep_all
from shelters.actions import loading as houses
from tests.conftest import NOW
from tests.statements.counting import Statements, counted

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TIEN_TIEN = "12424"
OFFICER, WORKER, SUPERVISOR, COLLEAGUE, SECOND = "dung", "hanh", "kien", "nhung", "phuc"
DESK, DOCTOR, HEAD_DOCTOR, KEEPER, SECOND_KEEPER = "thom", "chau", "duc", "van", "oanh"
OTHER_KEEPER, ADMIN, OPERATOR = "men", "xuan", "ngan"
QUIET = {"threat_to_kill": "no", "weapon": "no", "strangled": "no", "he_is_here": "no"}
RING_BACK = Sealed(ring_back="0900 000 117", exact_place="Thôn Hà Linh", account="Anh ta đánh.")


@dataclass
class Town:
    """`said`: action → the statements of its dearest success; `things`: references by name."""

    now: datetime = NOW
    said: dict[str, Statements] = field(default_factory=dict)
    things: dict[str, UUID] = field(default_factory=dict)
    round: int = 0

    @property
    def subject(self) -> UUID:
        """The case of which the pages tell."""
        return self.things["case"]

    @contextmanager
    def acting(self, username: str) -> Iterator[Actor]:
        """In the name of somebody, in the first of their offices."""
        members = Membership.objects.filter(user__username=username, ends=None)
        held = members.select_related("user", "agency").earliest("pk")
        actor = actor_for(held.user, held, self.now)
        with rls.acting(actor=actor, now=self.now):
            yield actor

    def do(self, who: str, action: Callable[..., Any], *, named: str = "", **given: Any) -> Any:
        """One action of one person, as a request would call it."""
        with self.acting(who) as actor, counted() as said:
            done = action(actor=actor, now=self.now, **given)
            self.note(action, said(), named)
        self.settle()
        return done

    def by_system(self, action: Callable[..., Any], **given: Any) -> None:
        """What nobody signed in does: a provider's receipt, a first password."""
        with counted() as said:
            action(now=self.now, **given)
            self.note(action, said())

    def note(self, action: Callable[..., Any], said: Statements, named: str = "") -> None:
        """Keep the dearest success of an action."""
        key = f"{action.__module__.split('.')[0]}.{action.__name__}{named}"
        if key not in self.said or len(said) > len(self.said[key]):
            self.said[key] = said

    def settle(self) -> None:
        """What an act deferred runs at once, as a worker would run it."""
        events.run_jobs(self.now)

    def sweep(self) -> None:
        """What fell due."""
        sweep_all(self.now)
        self.settle()

    def look(self, who: str, model: Any, **about: Any) -> list[Any]:
        """Rows that exist for a person, in order."""
        with self.acting(who) as actor:
            return list(model.objects.visible_to(actor).filter(**about).order_by("pk"))

    def report(self, *, by: str = OFFICER, named: str = "", seen_by: str = SUPERVISOR,
               place: str = TIEN_TIEN, **facts: Any) -> UUID:  # fmt: skip
        """A new case's reference."""
        where = registry.unit_on(place, registry.localdate(self.now)) if place else None
        told = Facts(place=where, **{"danger_now": "no", "conflict": "no", "dangers": QUIET,
                                     "sex": "female", "birth_year": 1994, **facts})  # fmt: skip
        made = self.do(by, case_actions.report_case, named=named, facts=told, sealed=RING_BACK)
        self.things["report"] = made
        row = self.look(by, Report, reference=made)[0]
        case: UUID = self.look(seen_by, Case, pk=row.case_id)[0].reference
        return case

    def claimed(self, **facts: Any) -> UUID:
        """A new case that the worker has taken on and asked about."""
        case = self.report(**facts)
        self.do(WORKER, case_actions.claim_case, reference=case)
        self.do(WORKER, case_actions.record_consent, reference=case, answers=("doctor", "bed"),
                asking=case_actions.Asking(alone=True, told_beforehand=True))  # fmt: skip
        return case

    def case_id(self, case: UUID) -> int:
        """The id of a case that the supervisor sees."""
        return int(self.look(SUPERVISOR, Case, reference=case)[0].pk)

    def person(self, username: str) -> UUID:
        """The reference of somebody."""
        found: UUID = User.objects.get(username=username).reference
        return found


def open_town() -> Town:
    """The demonstration's people and houses, with nothing done yet; outside any transaction."""
    people.load(BASE_DIR / "network/data/hung-yen/demo-people.yaml", NOW - 2 * DAY, days=12)
    houses.load(BASE_DIR / "shelters/data/hung-yen", NOW - 2 * DAY)
    edition.current()  # read once in each process, on no page in particular
    return Town()
