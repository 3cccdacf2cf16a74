"""Lean nodes: what viewflow does, in as few statements as the case's lock allows.

A step is one row: inserted when its turn comes, updated once when it is done. Gates, starts and
ends are passed in memory and leave no row. The moment comes with the run (`run.at`), never from
the clock: a rehearsal lives in its own time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.checks import CheckMessage, Error, register
from django.db.models.signals import pre_save
from django.dispatch import receiver
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.models import AbstractTask
from viewflow.workflow.nodes import mixins
from viewflow.workflow.nodes.handle import HandleActivation
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from casework.models import AgencyTask, Deadline, Run
from safekeeping import rls

CANCELED = str(STATUS.CANCELED)  # a task's and a run's word alike


@contextmanager
def case_in_hand(flow_class: type, process_pk: int) -> Iterator[None]:
    """The lock of all our flows is the case's own: whoever has it in hand is alone with the flow.

    viewflow's row lock would lock nothing, silently, where row-level security hides the process.
    """
    rls.require_hand()
    yield


class BaseFlow(flow.Flow):
    """What every flow of ours is: our tables, our lock."""

    process_class = Run
    task_class = AgencyTask
    lock_impl = staticmethod(case_in_hand)


def every_flow(root: Any = flow.Flow) -> Iterator[Any]:
    """All flow classes that were imported."""
    for found in root.__subclasses__():
        yield found
        yield from every_flow(found)


@register()
def flows_have_our_lock(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a flow without the case's lock: its joins would go wrong now and then, unseen."""
    return [
        Error(f"{found.__module__}.{found.__qualname__} must extend BaseFlow", id="casework.E001")
        for found in every_flow()
        if found.lock_impl is not case_in_hand or found.task_class is not AgencyTask
    ]


@receiver(pre_save)
def keep_no_locals(sender: type, instance: Any, **kwargs: Any) -> None:
    """viewflow writes an exception's text and Python locals into its tasks; keep the class only."""
    if not issubclass(sender, AbstractTask):
        return
    kept: Any = getattr(instance, "data", None) or {}
    fault = kept.get("_exception")
    if isinstance(fault, dict) and "incident" not in fault:
        kept["_exception"] = {"fault": _class_of(fault), "incident": str(uuid4())}


def _class_of(fault: dict[str, Any]) -> str:
    """The exception's class: the first word of a traceback's last line."""
    lines = str(fault.get("traceback") or "").strip().splitlines()
    word = lines[-1].split(":")[0].strip() if lines else ""
    return word if word.replace(".", "").isidentifier() else "Exception"


def take_up(run: Run, *, at: datetime, is_closing: bool = False) -> None:
    """Tell a run what moves it: when it is, and whether closure was approved."""
    run.at, run.is_closing = at, is_closing


def due_of(case_id: int, clock: str) -> datetime | None:
    """When the running clock of this kind falls due first; None without one."""
    if not clock:
        return None
    running = Deadline.objects.filter(case_id=case_id, clock=clock, met_at=None, waived_at=None)
    return running.order_by("due_at").values_list("due_at", flat=True).first()


class StepActivation(HandleActivation):
    """One turn of an agency: NEW until its event happens, then DONE, in one UPDATE."""

    @classmethod
    def create(
        cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None
    ) -> "StepActivation":
        run, before = prev_activation.process, prev_activation.task
        task = AgencyTask(
            process=run,
            case_id=run.case_id,
            agency_id=before.agency_id,
            flow_task=flow_task,
            token=token,
            created=run.at,
            due=due_of(run.case_id, flow_task.clock),
            previous_ids=[before.pk] if before.pk else before.previous_ids,
        )
        task.save(force_insert=True)
        return cls(task)

    @Activation.status.super()
    def activate(self) -> None:
        """Wait for the event; if it came before the turn, the step is done at once."""
        if self.flow_task.name in self.process.ahead:
            self.process.ahead.remove(self.flow_task.name)
            self.run(None)

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.STARTED)
    def run(self, func: Any, **kwargs: Any) -> None:
        self.task.started = self.process.at

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        self.task.finished = self.process.at
        self.task.save(update_fields=["status", "started", "finished"])


class Step(flow.Handle):
    """A node that waits for an event. `clock`: whose due moment its task shows in the queue."""

    activation_class = StepActivation
    task_type = "STEP"

    def __init__(self, title: Any, *, clock: str = "") -> None:
        super().__init__()
        self.clock = clock
        self.Annotation(title=title)


class GateActivation(Activation):
    """A gate is passed in memory and leaves no row; viewflow keeps activations in sets."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    @classmethod
    def create(
        cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None
    ) -> "GateActivation":
        before = prev_activation.task
        task = AgencyTask(
            process=prev_activation.process,
            case_id=before.case_id,
            agency_id=before.agency_id,
            flow_task=flow_task,
            token=token,
            previous_ids=[before.pk] if before.pk else before.previous_ids,
        )
        return cls(task)

    @Activation.status.super()
    def activate(self) -> None:
        """Nothing to wait for."""

    @Activation.status.super()
    def complete(self) -> None:
        """Nothing to keep."""


class BeginActivation(mixins.NextNodeActivationMixin, GateActivation):
    """Begins a run: one INSERT for it, none for the start itself."""

    @classmethod
    def create(
        cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None
    ) -> "BeginActivation":
        run = Run(flow_class=flow_task.flow_class)
        return cls(AgencyTask(process=run, flow_task=flow_task))

    @Activation.status.transition(source=STATUS.NEW)
    def execute(self) -> None:
        self.process.created = self.process.at
        self.process.save(force_insert=True)
        with self.flow_class.lock(self.process.pk):
            self.complete()
            self.activate_next()


class Begin(flow.StartHandle):
    """Begins a run from code."""

    activation_class = BeginActivation


class SplitActivation(GateActivation):
    @Activation.status.super()
    def create_next(self) -> Iterator[Any]:
        tokens = Token.split_token_source(self.task.token, self.task.previous_ids[0])
        for node, condition, _ in self.flow_task._branches:
            if condition is None or condition(self):
                yield node._create(self, next(tokens))


class Split(flow.Split):
    """Opens the branches whose condition holds."""

    activation_class = SplitActivation


class JoinActivation(mixins.NextNodeActivationMixin, GateActivation):
    """Passed once no task of the branches is open; whoever comes earlier leaves no trace.

    Two branches that end in one pass are one activation: equal by run and node.
    """

    type = "join"
    has_come = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JoinActivation) and self._place() == other._place()

    def __hash__(self) -> int:
        return hash(self._place())

    def _place(self) -> tuple[int, str]:
        return self.process.pk, self.flow_task.name

    @classmethod
    def create(
        cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None
    ) -> "GateActivation":
        base = token.get_base_split_token() if token.is_split_token() else token
        return super().create(flow_task, prev_activation, base)

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE, conditions=[this.is_done])
    def complete(self) -> None:
        """All branches have come."""

    def is_done(self) -> bool:
        """viewflow asks twice in a row; the second time nothing can have changed."""
        if not self.has_come:
            prefix = f"{self.task.token.token}/"
            beside = AgencyTask.objects.filter(
                process=self.process, finished=None, token__startswith=prefix
            )
            self.has_come = not beside.exists()
        return self.has_come


class Join(flow.Join):
    """Goes on once every branch has come."""

    activation_class = JoinActivation


class IfActivation(GateActivation):
    @Activation.status.super()
    def create_next(self) -> Iterator[Any]:
        node = self.flow_task
        chosen = node._on_true if node._condition(self) else node._on_false
        yield chosen._create(self, self.task.token)


class If(flow.If):
    """Takes one of two ways."""

    activation_class = IfActivation


class EndActivation(GateActivation):
    @Activation.status.super()
    def activate(self) -> None:
        self.process.status = PROCESS.DONE
        self.process.finished = self.process.at
        self.process.save(update_fields=["status", "finished"])

    @Activation.status.super()
    def create_next(self) -> list[Any]:
        return []


class End(flow.End):
    """Ends the run."""

    activation_class = EndActivation
