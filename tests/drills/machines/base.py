"""What every machine shares: a world for each run, an attempt at one action, a look after it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django_fsm import ConcurrentTransition, TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from casework import actions
from casework.models import Case, Report
from casework.reports import Facts, Sealed
from network import registry
from network.models import Agency, User
from safekeeping import rls, sweeps
from safekeeping.errors import NotGranted, NotVisible, RuleBroken
from tests.conftest import NOW
from tests.drilling import Drill
from tests.drills.machines import invariants
from tests.drills.machines.cast import LEADERS, PEOPLE, Cast
from tests.drills.machines.model import Model

# What an action may answer instead of doing; anything else is a fault of the product.
REFUSALS = (
    NotVisible, NotGranted, PermissionDenied, TransitionNotAllowed, ConcurrentTransition, RuleBroken
)  # fmt: skip
AS_THE_COMMIT_WOULD = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
PASSED = st.sampled_from(
    [timedelta(minutes=2), timedelta(minutes=20), timedelta(hours=2), timedelta(days=1),
     timedelta(days=8)]
)  # fmt: skip
# A block keeps people out for the rest of a run: where all are blocked nothing happens any more.
SELDOM = st.integers(0, 3).map(lambda drawn: drawn == 0)
EVERYBODY = st.sampled_from(sorted(PEOPLE))
# Most of the time the one who should, now and then anybody at all.


def mostly(*who: str) -> Any:
    return st.one_of(st.sampled_from(who), st.sampled_from(who), st.sampled_from(who), EVERYBODY)


class Machine(RuleBasedStateMachine):
    """One case of Tiên Tiến and everybody around it. `cast` is given by the test."""

    cast: Cast
    facts: dict[str, Any] = {}
    opened: dict[str, invariants.Groups] = {}
    runs = steps = refused = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).runs += 1
        self.world, self.rest = transaction.atomic(), ExitStack()
        self.world.__enter__()
        self.now = NOW
        self.model = Model(self.cast)
        self.case, self.case_id = self.report(**self.facts)
        self.model.owner = self.cast["worker"].agency_id
        self.look = self.look_at(self.case_id, nullcontext)
        self.rest.enter_context(self.past_locks(self.case_id))
        self.changed = True

    def teardown(self) -> None:
        self.rest.close()
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    def look_at(self, case_id: int, hand: Callable[[], Any]) -> invariants.Look:
        """A look at a case; what is known of constellations is shared by all runs."""
        return invariants.Look(case_id, self.cast, hand, self.opened)

    # Acting

    def report(self, **facts: Any) -> tuple[UUID, int]:
        """A case, reported by the police of the commune."""
        said = {"danger_now": "no", "conflict": "no", "sex": "female", **facts}
        place = registry.unit_on("12424", NOW.date())
        told = self.act(
            "officer", actions.report_case, facts=Facts(place=place, **said),
            sealed=Sealed(ring_back="1", account="x"),
        )  # fmt: skip
        with rls.acting(actor=self.cast["officer"], now=self.now):
            case_id = Report.objects.get(reference=told).case_id
        with rls.acting(actor=self.cast["worker"], now=self.now):
            return Case.objects.get(pk=case_id).reference, case_id

    def act(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        with rls.acting(actor=self.cast[who], now=self.now):
            return action(actor=self.cast[who], now=self.now, **given)

    def attempt(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        """The action's answer, or None if it was refused: then nothing may have changed."""
        type(self).steps += 1
        before = self.look.states() if type(self).steps % 5 == 0 else None
        try:
            with rls.acting(actor=self.cast[who], now=self.now), connection.cursor() as cursor:
                done = action(actor=self.cast[who], now=self.now, **given)
                cursor.execute(AS_THE_COMMIT_WOULD)
        except REFUSALS:
            type(self).refused += 1
            if before is not None:
                assert self.look.states() == before
            return None
        self.changed = True
        return done or True

    def on_case(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        return self.attempt(who, action, reference=self.case, **given)

    @contextmanager
    def past_locks(self, case_id: int) -> Iterator[None]:
        """With a case in hand and no policy in the way. So the machine rests between two acts."""
        with rls.acting(actor=None, now=self.now, system="setup"), rls.on_case(case_id):
            yield

    def rows(self, model: Any, **only: Any) -> list[Any]:
        """To look up references that nobody was told."""
        return list(model.objects.filter(case_id=self.case_id, **only).order_by("pk"))

    # What happens around every machine

    @rule(by=PASSED)
    def time_passes(self, by: timedelta) -> None:
        """And the sweeper does what fell due, as it does every few seconds."""
        self.now += by
        self.model.pass_to(self.now)
        self.sweep()
        self.changed = True

    def sweep(self) -> None:
        if sweeps.next_due(self.now) is None:
            return
        done = sweeps.sweep_all(self.now)
        assert [name for name, count in done.items() if count < 0] == []

    @rule(who=mostly(*LEADERS), named=EVERYBODY, today=SELDOM)
    def block_a_person(self, who: str, named: str, today: bool = True) -> None:
        if not today:
            return
        user = User.objects.get(pk=self.cast[named].user_id)
        if self.on_case(who, actions.set_block, reason="asked", user=user.reference):
            self.model.block_user(user.pk)

    @rule(who=mostly(*LEADERS), named=EVERYBODY, today=SELDOM)
    def block_an_office(self, who: str, named: str, today: bool = True) -> None:
        agency = Agency.objects.get(pk=self.cast[named].agency_id)
        if agency.code == "truc" or not today:  # then there is nobody left to turn to
            return
        if self.on_case(who, actions.set_block, reason="asked", agency=agency.reference):
            self.model.block_agency(agency.pk, self.cast["coordinator"].agency_id, self.now)

    @invariant()
    def every_sentence_holds(self) -> None:
        """After whatever was done; a refusal was looked at by itself."""
        if self.changed:
            self.changed = False
            self.check()

    def check(self) -> None:
        """What is looked at; a machine adds what it knows besides."""
        self.look.at(self.now)
        self.look.groups(self.now, self.model)


def go_on(machine: type[Machine], drill: Drill, name: str) -> None:
    """Run a machine and say how far it came; in `make test` the same way every time."""
    machine.runs = machine.steps = machine.refused = 0
    machine.opened = {}
    runs = drill.size(short=4, length=4_000)
    began = monotonic()
    try:
        run_state_machine_as_test(machine, settings=_settings(runs, drill))
    finally:
        took = monotonic() - began
        drill.figure(
            "R7",
            f"{name}: {machine.steps:,} acts ({machine.refused:,} refused)"
            f" in {machine.runs:,} runs, {machine.steps / took:.1f} a second",
        )


def _settings(runs: int, drill: Drill) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=50 if drill.at_length else 20,
        phases=(Phase.generate,),  # a run of 50 acts takes long to shorten; its acts are printed
        derandomize=not drill.at_length,
        report_multiple_bugs=False,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
