"""The sentences of the package in code, each read from the database past all locks."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value

from casework import access
from casework.models import Case, EmergencyCard
from hotline.models import Alert
from network.actors import Actor
from referral.models import Referral
from safekeeping import rls
from shelters.models import Stay
from tests.drills.machines.cast import WORK_CASES, Cast
from tests.drills.machines.edges import BORN, is_edge
from tests.drills.machines.model import Model
from tests.drills.machines.reading import OPENS_BY, SEEN

OF = {"referral": Referral, "stay": Stay, "alert": Alert}
HAS_BED, RINGING = ("HELD", "ADMITTED", "AWAY"), ("OPEN", "NOTIFIED", "EXHAUSTED")
ANSWERED = ("ACCEPTED", "PARTLY_ACCEPTED", "DECLINED", "ACKNOWLEDGED")
IN_WORK = ("ACCEPTED", "PARTLY_ACCEPTED", "STARTED")
SOME_CASE = -20843  # stands for a case in statements that are put together once


AGAIN = 25  # of so many answers that are known already, one is asked for again
Groups = dict[str, frozenset[str]]  # who → what they may open


@dataclass
class Look:
    """One look at one case after a step; taken while the machine rests with the case in hand.

    hand: takes the case in hand past all locks, where it is not the machine's own.
    """

    case_id: int
    cast: Cast
    hand: Callable[[], Any]
    opened: dict[str, Groups]  # constellation → who may open what, of all runs of the machine
    kept_out: set[str] = field(default_factory=set)
    looks: int = 0

    def at(self, now: datetime) -> None:
        """Every sentence but that of the groups."""
        seen = json.loads(self.states(), object_hook=lambda pairs: SimpleNamespace(**pairs))
        assert seen.repairs == []
        assert seen.owning == [seen.case.owner_id]
        for referral in seen.referral:
            self._answered_by_the_addressee(referral)
        self._one_bed_one_body(seen)
        for alert in seen.alert:
            self._ends_with_a_person(alert)
        self._events_and_changes(seen)
        waits_for_one = seen.case.worker_id is None and seen.case.state != "CLOSED"
        assert seen.waits == waits_for_one
        if seen.case.state == "CLOSED":
            self._closed_by_two(seen)
        if seen.blocks:
            self._blocked_see_nothing(seen, now)

    def states(self) -> str:
        """Every state, owner, worker and event: what a refusal may not change."""
        with self.hand():
            return self._one(SEEN)

    def _one(self, sql: str, **more: Any) -> str:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"case": self.case_id, **more})
            return str(cursor.fetchone()[0])

    # 2

    @staticmethod
    def _answered_by_the_addressee(referral: Any) -> None:
        if referral.answered_by_id is None:
            assert referral.state not in (*ANSWERED, *IN_WORK, "COMPLETED")
        # Its sender may have handed the case over since; then the former owner wrote it down.
        elif not referral.outside:
            assert referral.to_agency_id in referral.offices

    # 4

    @staticmethod
    def _one_bed_one_body(seen: Any) -> None:
        assert seen.overlaps == 0
        for stay in seen.stay:
            uses = [use for use in seen.uses if use.stay_id == stay.id]
            if stay.state in HAS_BED:
                assert sum(use.persons for use in uses) == stay.persons
                assert {use.shelter_id for use in uses} == {stay.shelter_id}
            else:
                assert uses == []

    # 5

    @staticmethod
    def _ends_with_a_person(alert: Any) -> None:
        if alert.state in RINGING:
            assert alert.next_action_at is not None
        elif alert.state == "ACKNOWLEDGED":
            assert alert.answered_by_id is not None
            # Looked at again, and nothing was left to ring for: somebody acted.
            assert alert.acted or alert.next_action_at or not alert.emergency

    # 6 and 7

    def _events_and_changes(self, seen: Any) -> None:
        told = [one for one in seen.events if one.topic.startswith("case.") and one.to_state]
        self._replay("case", seen.case, told)
        for kind in OF:
            of_row: dict[str, list[Any]] = {}
            for one in seen.events:
                if one.subject_kind == kind and one.topic.startswith(f"{kind}."):
                    of_row.setdefault(one.subject, []).append(one)
            rows = getattr(seen, kind)
            assert set(of_row) == {row.reference for row in rows}
            for row in rows:
                self._replay(kind, row, of_row[row.reference])

    @staticmethod
    def _replay(kind: str, row: Any, events: list[Any]) -> None:
        """The first event is the birth; each other begins where the one before ended."""
        state = events[0].to_state or next(iter(BORN[kind] & {"SENT", "REQUESTED", "OPEN"}), "")
        assert state in BORN[kind], (kind, events[0].topic, state)
        for event in events[1:]:
            if not event.to_state:
                continue
            assert event.from_state in (state, ""), (kind, event.topic, event.from_state, state)
            assert is_edge(kind, state, event.to_state), (kind, state, event.to_state)
            state = event.to_state
        assert state == row.state, (kind, [e.topic for e in events], state, row.state)

    # 8

    @staticmethod
    def _closed_by_two(seen: Any) -> None:
        assert seen.closure.approved
        assert seen.closure.decided_by_id not in (None, seen.closure.proposed_by_id)
        assert not [one for one in seen.stay if one.state in HAS_BED]
        services = [one for one in seen.referral if one.kind == "service"]
        assert not [one for one in services if one.state in ("SENT", *IN_WORK)]
        assert not [one for one in seen.alert if one.state in RINGING]

    # 9

    def _blocked_see_nothing(self, seen: Any, now: datetime) -> None:
        """Looked at whenever a block, a grant or a row has come or gone."""
        there = [[row.reference for row in getattr(seen, kind)] for kind in OF]
        stands = repr((seen.blocks, seen.granted, seen.case.owner_id, there))
        if stands in self.kept_out:
            return
        self.kept_out.add(stands)
        users = {one.user_id for one in seen.blocks}
        offices = {one.agency_id for one in seen.blocks}
        for who, actor in self.cast.items():
            if actor.user_id in users or actor.agency_id in offices:
                with seen_by(actor, now), connection.cursor() as cursor:
                    sql, given = all_that_is_seen(who, actor)
                    cursor.execute(sql, [self.case_id if v == SOME_CASE else v for v in given])
                    assert cursor.fetchall() == [], who

    # 3

    def groups(self, now: datetime, model: Model) -> None:
        """What each may open. The product's answer is a function of the case's owner, worker,
        grants and blocks as they stand: it is asked once for each of their constellations."""
        with self.hand():
            stands = self._one(OPENS_BY, now=now)
        self.looks += 1
        if stands not in self.opened or self.looks % AGAIN == 0:
            self.opened[stands] = {who: self._opened(self.cast[who], now) for who in WORK_CASES}
        for who, found in self.opened[stands].items():
            assert found == model.groups(self.cast[who], now), who

    def _opened(self, actor: Any, now: datetime) -> frozenset[str]:
        with seen_by(actor, now):
            case = Case.objects.visible_to(actor).filter(pk=self.case_id).first()
            return access.groups_for(actor, case, now) if case else frozenset()


def seen_by(actor: Actor, now: datetime) -> Any:
    """As `rls.acting`, without a savepoint: nothing is written meanwhile."""
    who = rls.Context(actor=str(actor.user_id), agency=str(actor.agency_id), now=now.isoformat())
    return rls._as(who)


@cache
def all_that_is_seen(who: str, actor: Actor) -> tuple[str, list[Any]]:
    """One statement for everything of SOME_CASE that a person sees, with its values."""
    first, *others = _rows_of(actor)
    sql, given = first.union(*others, all=True).query.sql_with_params()
    return sql, list(given)


def _rows_of(actor: Actor) -> Iterator["QuerySet[Any, Any]"]:
    for model in (Case, EmergencyCard, *OF.values()):
        mine = {"pk" if model is Case else "case_id": SOME_CASE}
        for rows in (model.objects.all(), model.objects.visible_to(actor)):
            yield rows.filter(**mine).order_by().values_list(Value(model.__name__))
