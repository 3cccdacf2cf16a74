"""The bare idiom for beds by the plain driver, without policies: the baselines of B4.

`Bare` is SELECT … FOR UPDATE SKIP LOCKED, INSERT, COMMIT: it keeps no answer, and says "full" while
another may still roll back. `Kept` does as our action must: it waits for the others before it says
"full", and writes the stay's new state, the hold's clock, the event and the word to open boards.
"""

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg

FREE = """
    SELECT b.id FROM shelters_bed b WHERE b.shelter_id = %s AND NOT EXISTS (
        SELECT FROM shelters_beduse u
        WHERE u.bed_id = b.id AND u.live AND u.period && %s::tstzrange)
    ORDER BY b.id LIMIT %s FOR UPDATE OF b
"""
GIVE = """
    INSERT INTO shelters_beduse (shelter_id, stay_id, bed_id, period, live, persons)
    VALUES (%s, %s, %s, %s::tstzrange, true, 1)
"""
HELD = """
    UPDATE shelters_stay SET state = 'HELD', version = version + 1, until = %(ends)s,
        shelter_id = %(house)s, agency_id = %(keeper)s
    WHERE id = %(stay)s AND state = 'REQUESTED'
"""
WAITING = """
    UPDATE shelters_stay SET state = 'WAITING', version = version + 1
    WHERE id = %(stay)s AND state = 'REQUESTED'
"""
CLOCK = """
    INSERT INTO casework_deadline (reference, version, case_id, clock, variant, agency_id,
        subject_kind, subject, source, started_at, due_at, waive_reason, late_entry)
    VALUES (%(new)s, 1, %(case)s, 'hold_until', '', %(owner)s, 'stay', %(reference)s, '', %(now)s,
        %(ends)s, '', false)
"""
EVENT = """
    INSERT INTO safekeeping_event (reference, topic, subject_kind, subject, case_id, actor_id,
        agency_id, happened_at, recorded_at, from_state, to_state, code, groups, out_of_order)
    VALUES (%(new)s, %(topic)s, 'stay', %(reference)s, %(case)s, %(actor)s, %(owner)s, %(now)s,
        %(now)s, 'REQUESTED', %(state)s, '', '{}', false)
"""
TELL = "SELECT pg_notify('live', %(reference)s::text)"


class Wish(NamedTuple):
    """One stay that asks for beds; undone: something after its claim goes wrong."""

    reference: UUID
    stay: int
    case: int
    undone: bool


class House(NamedTuple):
    """Where, by its id and that of its keeper's office, and for how long."""

    house: int
    keeper: int
    now: datetime
    ends: datetime

    @property
    def period(self) -> str:
        return f"[{self.now.isoformat()},{self.ends.isoformat()})"


@dataclass
class Bare:
    """One client's line to the database. owner, actor: ids of who asks."""

    db: psycopg.Connection[Any]
    owner: int | None = None
    actor: int | None = None

    def claim(self, wish: Wish, house: House, beds: int) -> tuple[str, float]:
        """What came of it, and when: a bed just before the commit, else just after it.

        SKIP LOCKED passes a bed that was given after our look: the constraint sends us back.
        """
        while True:
            try:
                return self._once(wish, house, beds)
            except psycopg.errors.ExclusionViolation:
                self.db.rollback()

    def _once(self, wish: Wish, house: House, beds: int) -> tuple[str, float]:
        free = self._free(house, beds)
        state = "HELD" if len(free) == beds else "WAITING"
        if state == "HELD":
            for (bed,) in free:
                self.db.execute(GIVE, [house.house, wish.stay, bed, house.period])
        self._keep(state, wish, house)
        at = perf_counter()
        if wish.undone:
            self.db.rollback()
            return "undone", at
        self.db.commit()
        return state, at if state == "HELD" else perf_counter()

    def _free(self, house: House, beds: int) -> list[Any]:
        given = [house.house, house.period, beds]
        return self.db.execute(FREE + "SKIP LOCKED", given).fetchall()

    def _keep(self, state: str, wish: Wish, house: House) -> None:
        """Nothing is kept of an answer but the uses of beds."""


class Kept(Bare):
    """The idiom that keeps its word, and what was answered."""

    def _free(self, house: House, beds: int) -> list[Any]:
        """Beds that were waited for may be given by then: the constraint sends us back.

        What was locked is given back before the wait, else families would wait in a circle.
        """
        free = super()._free(house, beds)
        if len(free) == beds:
            return free
        self.db.rollback()
        return self.db.execute(FREE, [house.house, house.period, beds]).fetchall()

    def _keep(self, state: str, wish: Wish, house: House) -> None:
        given = {**wish._asdict(), **house._asdict(), "owner": self.owner, "actor": self.actor}
        self.db.execute(HELD if state == "HELD" else WAITING, given)
        if state == "HELD":
            self.db.execute(CLOCK, {**given, "new": uuid4()})
        topic = f"stay.{state.lower()}"
        self.db.execute(EVENT, {**given, "new": uuid4(), "topic": topic, "state": state})
        self.db.execute(TELL, given)
