"""Events move the flows: each ticks off the steps whose work it says is done, reached or not.

One handler for all topics, in the transaction of the change and in a savepoint of its own: a
fault here loses the flow and nothing else. `repair` then builds the flow anew from the events.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from casework.flow_nodes import CANCELED, due_of, take_up
from casework.flows import (
    AFTER_DEATH,
    BED,
    BedSearch,
    CaseResponse,
    LookBack,
    SupportAgain,
)
from casework.models import AgencyTask, Case, Death, ItemState, PlanItem, Run
from casework.models.base import WORKS_CASES
from network import registry
from network.models import Membership
from safekeeping import events, rls
from safekeeping.events import Event

# Topic → steps that it says are done. What must have gone before is named too: a case that was
# assigned has been noted, whoever forgot to say so.
TICKS: dict[str, tuple[str, ...]] = {
    "notice.acknowledged": ("take_note",),
    "case.assigned": ("take_note", "assign"),
    "case.assessed": ("take_note", "assign", "assess"),
    "plan.agreed": ("agree_plan",),
    "case.supported": ("agree_plan",),
    "case.follow_up_started": ("take_note", "assign", "assess", "agree_plan", "carry_out"),
    "case.closure_proposed": ("follow_up",),
    "stay.admitted": ("find_bed",),
    "stay.safe_elsewhere": ("find_bed",),
    "stay.cancelled": ("find_bed",),
    "debrief.held": ("debrief",),
    "death.reviewed": ("look_back",),
}
# What is not asked any more once she has died; the plan's own step stays while the children's
# part of it is open.
OF_HER = ("take_note", "assess", "find_bed", "agree_plan", "follow_up")
# The order of steps along the way; parallel ones share a place.
PLACE = {
    "take_note": 0, "assign": 1, "assess": 2, BED: 3, "find_bed": 4, "agree_plan": 4,
    "carry_out": 5, "follow_up": 6, "review_closure": 7, "debrief": -1, "look_back": -1,
}  # fmt: skip


LOOK_BACK = LookBack.instance.node("look_back")


def follow(event: Event, *, now: datetime) -> None:
    """Move the flows of the event's case. A repair builds them anew instead."""
    if rls.context().system == "repair":
        rebuild(_case_id(event), now=now)
    else:
        MOVES.get(event.topic, tick_event)(event, event.recorded_at)


def begin_case(event: Event, at: datetime) -> None:
    CaseResponse.start.run(case=_case(event), at=at)


def begin_again(event: Event, at: datetime) -> None:
    """A reopened case is noted and has its worker; all else is done anew."""
    _cancel_open(_case_id(event), at)
    CaseResponse.start.run(case=_case(event), at=at, ahead=("take_note", "assign"))


def end_case(event: Event, at: datetime) -> None:
    """Closure leaves nothing open, wherever the case was closed from."""
    case_id = _case_id(event)
    tasks = _open_tasks(case_id)
    _tick(tasks, ("review_closure",), at, is_closing=True)
    if any(_name(task) != "review_closure" for task in tasks):
        _cancel_open(case_id, at)


def return_case(event: Event, at: datetime) -> None:
    """Closure was refused: the step that it was proposed from is open again."""
    tasks = _open_tasks(_case_id(event))
    review = [task for task in tasks if _name(task) == "review_closure"]
    for task in review:
        _finish(task, at, is_closing=False)
    main = _main_of(tasks)
    if main is not None and not review and "follow_up" in main.ahead:
        _keep_ahead(main, [name for name in main.ahead if name != "follow_up"])


def begin_support(event: Event, at: datetime) -> None:
    SupportAgain.start.run(case=_case(event), at=at)


def after_death(event: Event, at: datetime) -> None:
    """Nothing is asked of her; the staff sit together, and an office from outside looks back."""
    case_id = _case_id(event)
    items = PlanItem.objects.filter(case_id=case_id, state=ItemState.OPEN)
    steps = OF_HER if items.exists() else (*OF_HER, "carry_out")
    _tick(_open_tasks(case_id), steps, at)
    for flow in AFTER_DEATH:
        flow.start.run(case=_case(event), at=at)
    office = Death.objects.filter(reference=event.subject).values("review_agency_id")
    _open(case_id).filter(flow_task=LOOK_BACK).update(agency_id=office)


def no_death(event: Event, at: datetime) -> None:
    """It was a mistake: nobody has to look back."""
    tasks = _open(_case_id(event)).filter(process__flow_class__in=AFTER_DEATH)
    runs = list(tasks.values_list("process_id", flat=True))
    tasks.update(status=CANCELED, finished=at)
    Run.objects.filter(pk__in=runs).update(status=CANCELED, finished=at)


def want_bed(event: Event, at: datetime) -> None:
    """A bed asked for before its turn is remembered, after it a search of its own begins."""
    tasks = _open_tasks(_case_id(event))
    if any(_name(task) == "find_bed" for task in tasks):
        return
    main = _main_of(tasks)
    if main is not None and _is_before(tasks, BED):
        _keep_ahead(main, [*main.ahead, BED])
    elif tasks or Run.objects.filter(case_id=event.case_id).exists():
        BedSearch.start.run(case=_case(event), at=at)


def pass_on(event: Event, at: datetime) -> None:
    """A handover takes the open tasks along; claims stay behind."""
    owner_id = _case(event).owner_id
    tasks = _open(_case_id(event)).exclude(flow_task=LOOK_BACK)
    tasks.update(agency_id=owner_id, owner_id=None)


def show_next_visit(event: Event, at: datetime) -> None:
    """The queue shows when the next follow-up is due."""
    case_id = _case_id(event)
    name = CaseResponse.instance.node("follow_up")
    _open(case_id).filter(flow_task=name).update(due=due_of(case_id, "follow_up_due"))


def tick_event(event: Event, at: datetime) -> None:
    _tick(_open_tasks(_case_id(event)), TICKS[event.topic], at)


MOVES: dict[str, Callable[[Event, datetime], None]] = {
    "case.reported": begin_case,
    "case.reopened": begin_again,
    "case.closed": end_case,
    "case.closure_returned": return_case,
    "case.resumed": begin_support,
    "case.handed_over": pass_on,
    "death.recorded": after_death,
    "death.taken_back": no_death,
    "stay.requested": want_bed,
    "follow_up.planned": show_next_visit,
    "follow_up.held": show_next_visit,
    "follow_up.missed": show_next_visit,
    "follow_up.cancelled": show_next_visit,
}
events.on(*MOVES, *TICKS, within=True)(follow)


@events.on("membership.ended", "membership.changed")
def drop_claims(event: Event, *, now: datetime) -> None:
    """What somebody had claimed who left, or works on no case any more, is anybody's again."""
    member = Membership.objects.get(reference=event.subject)
    there = registry.members(member.agency_id, now, *WORKS_CASES)
    if event.topic == "membership.changed" and member.user_id in {one.user_id for one in there}:
        return
    office = rls.Ids(user_id=None, agency_id=member.agency_id)
    with rls.acting(actor=office, now=now, system="deliver"):
        theirs = AgencyTask.objects.filter(
            agency_id=member.agency_id, owner_id=member.user_id, finished=None
        )
        case_ids = sorted(set(theirs.values_list("case_id", flat=True)))
    for case_id in case_ids:
        with rls.acting(actor=office, now=now, system="deliver"), rls.on_case(case_id):
            _open(case_id).filter(owner_id=member.user_id).update(owner_id=None)


def rebuild(case_id: int, *, now: datetime) -> None:
    """Build a case's flows anew from its events, in hand; who had claimed a step keeps it."""
    claims = {_name(task): task.owner_id for task in _open_tasks(case_id) if task.owner_id}
    _cancel_open(case_id, now, every=True)
    for event in Event.objects.filter(case_id=case_id, topic__in=[*MOVES, *TICKS]).order_by("pk"):
        MOVES.get(event.topic, tick_event)(event, event.recorded_at)
    for task in _open_tasks(case_id):
        if owner_id := claims.get(_name(task)):
            AgencyTask.objects.filter(pk=task.pk).update(owner_id=owner_id)


def _tick(
    tasks: list[AgencyTask], names: Iterable[str], at: datetime, *, is_closing: bool = False
) -> None:
    """Tick these steps off; those of the main run that are still to come are remembered."""
    main = _main_of(tasks)
    stored = list(main.ahead) if main else []
    if main is not None:
        later = [n for n in names if _is_before(tasks, n) and n not in main.ahead]
        main.ahead = [*main.ahead, *later]
    for task in tasks:
        if _name(task) in names:
            _finish(task, at, is_closing)
    if main is not None and main.ahead != stored:
        _keep_ahead(main, main.ahead)


def _finish(task: AgencyTask, at: datetime, is_closing: bool) -> None:
    take_up(task.process, at=at, is_closing=is_closing)
    with task.flow_task.flow_class.lock(task.process_id):
        activation = task.flow_task.activation_class(task)
        activation.run(None)
        activation.execute()


def _keep_ahead(main: Run, names: list[str]) -> None:
    Run.objects.filter(pk=main.pk).update(ahead=names)


def _is_before(tasks: list[AgencyTask], name: str) -> bool:
    """Whether the main run's turn for this step is still to come."""
    reached = [PLACE[_name(t)] for t in tasks if t.process.flow_class is CaseResponse]
    return bool(reached) and PLACE[name] > min(reached) and not _is_passed(tasks, name)


def _is_passed(tasks: list[AgencyTask], name: str) -> bool:
    """In one branch a later step is open while the other branch lags behind."""
    here = {_name(t) for t in tasks if t.process.flow_class is CaseResponse}
    return name in here or (name == "agree_plan" and "carry_out" in here)


def _main_of(tasks: list[AgencyTask]) -> Run | None:
    return next((t.process for t in tasks if t.process.flow_class is CaseResponse), None)


def _open(case_id: int) -> "QuerySet[AgencyTask]":
    return AgencyTask.objects.filter(case_id=case_id, finished=None)


def _open_tasks(case_id: int) -> list[AgencyTask]:
    """All open tasks of a case; those of one run share one process object."""
    tasks = list(_open(case_id).select_related("process").order_by("pk"))
    runs: dict[int, Run] = {}
    for task in tasks:
        task.process = runs.setdefault(task.process_id, task.process)
    return tasks


def _cancel_open(case_id: int, at: datetime, *, every: bool = False) -> None:
    """What a death asks for outlives the case's closure, unless all is built anew."""
    tasks, runs = _open(case_id), Run.objects.filter(case_id=case_id, finished=None)
    if not every:
        tasks = tasks.exclude(process__flow_class__in=AFTER_DEATH)
        runs = runs.exclude(flow_class__in=AFTER_DEATH)
    tasks.update(status=CANCELED, finished=at)
    runs.update(status=CANCELED, finished=at)


def _name(task: AgencyTask) -> str:
    return str(task.flow_task.name)


def _case_id(event: Event) -> int:
    if event.case_id is None:
        raise LookupError(event.topic)
    return event.case_id


def _case(event: Event) -> Case:
    """The event's case, without a query where its subject brings it along."""
    row: Any = getattr(event, "row", None)
    found = row if isinstance(row, Case) else getattr(row, "case", None)
    if not isinstance(found, Case):
        found = Case.objects.get(pk=_case_id(event))
    case: Case = found
    return case
