"""R7, the proof of the proof: the product is broken in one place, and the machine finds it.

Each line of `WRONG` breaks one rule and says what people do then and which sentence must object.
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework import access, deadlines, policy
from casework.models import Access, Block
from hotline import actions as alerts
from hotline import rules as ladder
from hotline.models import Alert
from network.models import Agency
from referral import policy as requests
from referral.models import Referral
from safekeeping import events
from shelters import beds
from shelters.rules import Party
from tests.conftest import NOW, as_owner
from tests.drills.machines import cast, edges
from tests.drills.machines.alert import AlertMachine
from tests.drills.machines.base import Machine
from tests.drills.machines.case import CaseMachine
from tests.drills.machines.model import CONSENTED
from tests.drills.machines.referral import ReferralMachine
from tests.drills.machines.stay import StayMachine
from tests.shelters.conftest import loaded

__all__ = ["loaded"]

pytestmark = pytest.mark.django_db
Patch = pytest.MonkeyPatch


def another_owner(patch: Patch) -> None:
    """The row by which the database knows the owner is of another office."""
    own = access.own

    def wrong(case: Any, *, at: Any) -> Access:
        row = own(case, at=at)
        Access.objects.filter(pk=row.pk).update(agency_id=Agency.objects.get(code="tgpl").pk)
        return row

    patch.setattr(access, "own", wrong)


def anybody_answers(patch: Patch) -> None:
    patch.setattr(requests, "may_answer", lambda actor, referral: True)


def everything_is_granted(patch: Patch) -> None:
    grant = access.grant
    patch.setattr(access, "grant", lambda case, **g: grant(case, **{**g, "groups": CONSENTED}))


def consent_withdrawn_ends_nothing(patch: Patch) -> None:
    patch.setattr(access, "end", lambda **given: 0)


def fewer_beds_than_bodies(patch: Patch) -> None:
    give = beds.give
    alone = Party(sex="female")
    patch.setattr(
        beds, "give",
        lambda stay, places, claim: give(stay, places[:1], replace(claim, party=alone)),
    )  # fmt: skip


def every_bed_looks_free(patch: Patch) -> None:
    look = beds.look
    patch.setattr(
        beds, "look", lambda *args, **given: [p._replace(free=True) for p in look(*args, **given)]
    )


def nobody_answered_the_alert(patch: Patch) -> None:
    answer = Alert.acknowledge
    patch.setattr(
        Alert, "acknowledge", lambda self, **given: answer(self, **{**given, "user_id": None})
    )


def alert_forgets_its_next_rung(patch: Patch) -> None:
    patch.setattr(ladder, "next_rung", lambda *args, **given: None)


def change_without_event(patch: Patch) -> None:
    record = events.record

    def wrong(topic: str, **given: Any) -> Any:
        return None if topic == "case.assigned" else record(topic, **given)

    patch.setattr(events, "record", wrong)


def event_without_change(patch: Patch) -> None:
    save = Referral.save

    def wrong(self: Referral, *args: Any, **given: Any) -> None:
        if self.state != "DECLINED":
            save(self, *args, **given)

    patch.setattr(Referral, "save", wrong)


def a_move_that_no_table_knows(patch: Patch) -> None:
    patch.setitem(edges.EDGES, "case", edges.EDGES["case"] - {("DETECTED", "ASSIGNED")})


def a_listener_fails(patch: Patch) -> None:
    """One whose fault the product survives, by keeping a note of it."""
    listeners = events.topics()["case.assigned"]

    def wrong(event: events.Event, *, now: Any) -> None:
        raise ValueError

    optional = [replace(one, work=one.work if one.must else wrong) for one in listeners]
    patch.setitem(events.topics(), "case.assigned", optional)


def one_person_closes_alone(patch: Patch) -> None:
    patch.setattr(policy, "may_decide_closure", lambda *args, **given: True)


def blocks_are_not_asked(patch: Patch) -> None:
    none = type(Block.objects.all()).none
    patch.setattr(type(Block.objects.all()), "against", lambda self, actor: none(self))


def the_blocked_are_rung(patch: Patch) -> None:
    """What was asked of an office goes on ringing there once the list of conflicts names it."""
    patch.setattr(access, "blocked", lambda case_id: (set(), set()))
    patch.setattr(alerts, "cancel_for", lambda **given: None)


def nobody_waits_for_a_worker(patch: Patch) -> None:
    patch.setattr(deadlines, "MET_BY_A_WORKER", ())


MINUTES, FAMILY = timedelta(minutes=2), Party(sex="female", children=2, sharing=1)
SENT = (
    ("ask_her", {"who": "worker", "service": "health", "given": True, "fewer": False}),
    ("send", {"who": "worker", "service": "health", "to": 0, "reach": "companion", "life": False,
              "fewer": True, "urgency": "urgent"}),
)  # fmt: skip
ACCEPTED = (*SENT, ("accept", {"who": "doctor", "which": 0, "partly": False}))
CLAIMED = (("claim", {"who": "worker"}),)
HELD = ("hold_these", {"who": "keeper", "which": 0, "beds": 0, "many": 2, "planned": False})
ASKED_TOO = ("ask", {"who": "worker", "party": FAMILY, "first": False, "soon": True})
CLOSED = (
    *CLAIMED, ("propose", {"who": "leader", "reason": "entered_by_mistake"}),
    ("approve", {"who": "leader"}),
)  # fmt: skip

Break = Callable[[Patch], None]
Acts = tuple[tuple[str, dict[str, Any]], ...]
# What is broken; the machine, what people do, and the sentence that objects.
WRONG: dict[Break, tuple[type[Machine], Acts, str]] = {
    another_owner: (CaseMachine, (), "at"),
    anybody_answers: (
        ReferralMachine, (*SENT, ("accept", {"who": "leader", "which": 0, "partly": False})),
        "_answered_by_the_addressee",
    ),
    everything_is_granted: (ReferralMachine, ACCEPTED, "groups"),
    consent_withdrawn_ends_nothing: (
        ReferralMachine,
        (*ACCEPTED, ("she_takes_it_back", {"who": "worker", "scope": "sharing", "service": ""})),
        "groups",
    ),
    fewer_beds_than_bodies: (StayMachine, (ASKED_TOO, HELD), "_one_bed_one_body"),
    every_bed_looks_free: (StayMachine, (HELD, ASKED_TOO, HELD), "_one_bed_one_body"),
    nobody_answered_the_alert: (
        AlertMachine, (("answer", {"who": "worker", "which": 0}),), "_ends_with_a_person",
    ),
    alert_forgets_its_next_rung: (
        AlertMachine, (("time_passes", {"by": MINUTES}),), "_ends_with_a_person",
    ),
    change_without_event: (CaseMachine, CLAIMED, "_replay"),
    event_without_change: (
        ReferralMachine, (*SENT, ("decline", {"who": "doctor", "which": 0, "reason": "full"})),
        "_replay",
    ),
    a_move_that_no_table_knows: (CaseMachine, CLAIMED, "_replay"),
    a_listener_fails: (CaseMachine, CLAIMED, "at"),
    one_person_closes_alone: (CaseMachine, CLOSED, "_closed_by_two"),
    blocks_are_not_asked: (
        CaseMachine, (("block_a_person", {"who": "leader", "named": "worker"}),),
        "_blocked_see_nothing",
    ),
    the_blocked_are_rung: (
        AlertMachine,
        (*CLAIMED, ("send_to_a_doctor", {"who": "worker", "to": "ttyt-phucu"}),
         ("block_an_office", {"who": "leader", "named": "doctor"}),
         ("time_passes", {"by": MINUTES})),
        "blocked_are_not_rung",
    ),
    nobody_waits_for_a_worker: (CaseMachine, CLAIMED, "at"),
}  # fmt: skip
# What the database refuses besides, for the length of the test: else it would be first to object.
UNLOCKED = {
    every_bed_looks_free: (
        "ALTER TABLE shelters_beduse DROP CONSTRAINT one_use_of_a_bed",
        "ALTER TABLE shelters_beduse ADD CONSTRAINT one_use_of_a_bed {}",
    ),
    blocks_are_not_asked: (
        "ALTER POLICY denies ON casework_case USING (true)",
        "ALTER POLICY denies ON casework_case USING ({})",
    ),
}
KEPT = {
    every_bed_looks_free:
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'one_use_of_a_bed'",
    blocks_are_not_asked:
        "SELECT qual FROM pg_policies WHERE tablename = 'casework_case' AND policyname = 'denies'",
}  # fmt: skip


@contextmanager
def unlocked(wrong: Break) -> Iterator[None]:
    """Without the database's own lock, where it has one."""
    if wrong not in UNLOCKED:
        yield
        return
    away, back = UNLOCKED[wrong]
    with as_owner() as db:
        (kept,) = db.execute(KEPT[wrong]).fetchone()
        db.execute(away)
    try:
        yield
    finally:
        with as_owner() as db:
            db.execute("SET LOCAL lock_timeout = '10s'")
            db.execute(back.format(kept))


@pytest.fixture
def _broken(request: pytest.FixtureRequest, loaded: None) -> Iterator[Break]:
    """Before the test's transaction begins, which would wait for the table."""
    with unlocked(request.param):
        yield request.param


def lived(machine: Machine, acts: Acts) -> None:
    """These acts by these people, and a look after each."""
    machine.every_sentence_holds()
    for name, given in acts:
        getattr(machine, name)(**given)
        if not machine.changed:
            raise LookupError(name)  # refused: then nothing is shown
        machine.every_sentence_holds()


@pytest.mark.parametrize("_broken", WRONG, indirect=True, ids=lambda wrong: wrong.__name__)
def test_the_sentence_that_is_broken_objects(_broken: Break, db: None, monkeypatch: Patch) -> None:
    kind, acts, objects = WRONG[_broken]
    kind.cast, kind.opened = cast.make(NOW), {}
    _broken(monkeypatch)

    machine = kind()
    try:
        with pytest.raises(AssertionError) as found:
            lived(machine, acts)
    finally:
        machine.teardown()

    assert traceback.extract_tb(found.value.__traceback__)[-1].name == objects
