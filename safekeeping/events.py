"""What happened, and who is still to be told.

A lower app records, a higher one subscribes; the lower knows no listener. Handlers with
`within=True` run in the same transaction: those that `must` fail the action with them, the others
lose only themselves and leave a Repair. All other handlers are jobs, deferred in the transaction,
so nothing is announced that did not commit; a job may run twice and must bear it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.types import JSONValue

from safekeeping import rls
from safekeeping.models import Event, Repair
from safekeeping.records import Record
from safekeeping.sealed import digest_of_fresh

Work = Callable[..., None]

CHECKED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"

FIRST, IN_TURN = 1, 0  # priorities of jobs

# A passing fault (the database restarts, a line is down) costs a delay, not the handler.
AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)


@dataclass(frozen=True)
class Handler:
    """One listener; `name` is stable, jobs and repairs call it by that."""

    name: str
    work: Work
    within: bool
    must: bool
    urgent: bool


_handlers: dict[str, list[Handler]] = {}
_by_name: dict[str, Handler] = {}
_ears: list[Callable[[Event], None]] = []


def on(
    *topics: str, within: bool = False, must: bool = False, urgent: bool = False
) -> Callable[[Work], Work]:
    """Call `work(event, now=…)` whenever one of these topics is recorded.

    within: in the same transaction, with the case in hand; `must` handlers first.
    Otherwise as a job, outside any transaction: the handler opens its own with `acting_for`.
    urgent: a job that no other may keep waiting, however many stand before it.
    """

    def keep(work: Work) -> Work:
        name = f"{work.__module__}.{work.__qualname__}"
        handler = Handler(name, work, within or must, must, urgent)
        _by_name[handler.name] = handler
        for topic in topics:
            listeners = _handlers.setdefault(topic, [])
            listeners.append(handler)
            listeners.sort(key=lambda each: not each.must)
        return work

    return keep


@contextmanager
def overheard(ear: Callable[[Event], None]) -> Iterator[None]:
    """Call `ear(event)` after the listeners of each event that this process records.

    For rehearsals and drills: it is told before the commit, so what it hears may be undone yet.
    """
    _ears.append(ear)
    try:
        yield
    finally:
        _ears.remove(ear)


def topics() -> dict[str, list[Handler]]:
    """Every topic that has listeners, for docs and tests."""
    return _handlers


def record(
    topic: str,
    *,
    subject: Record,
    actor: rls.ActorLike | None,
    at: datetime,
    happened_at: datetime | None = None,
    from_state: str = "",
    to_state: str = "",
    code: str = "",
    groups: Iterable[str] = (),
    override: Iterable[str] | None = None,
    out_of_order: bool = False,
) -> Event:
    """Write what happened and run or defer who listens; returns the event.

    at: aware UTC, when it was recorded. happened_at: when it was so, if earlier.
    code: a coded word, never free text. Raises what a `must` handler raises.
    """
    event = _made(
        topic,
        subject,
        actor,
        at,
        happened_at=happened_at or at,
        from_state=from_state,
        to_state=to_state,
        code=code,
        groups=sorted(groups),
        override=sorted(override) if override is not None else None,
        out_of_order=out_of_order,
    )
    event.save(force_insert=True)
    _announce([event], at)
    return event


def record_each(
    topic: str,
    *,
    subjects: Iterable[Record],
    actor: rls.ActorLike | None,
    at: datetime,
    code: str = "",
) -> list[Event]:
    """The same of several rows at once: one statement for the events, one for their jobs."""
    events = [_made(topic, row, actor, at, happened_at=at, code=code) for row in subjects]
    Event.objects.bulk_create(events)
    _announce(events, at)
    return events


def _made(
    topic: str, subject: Record, actor: rls.ActorLike | None, at: datetime, **more: Any
) -> Event:
    event = Event(
        reference=uuid4(),
        topic=topic,
        subject_kind=subject._meta.model_name or "",
        subject=subject.reference,
        case_id=subject.event_case_id,
        actor_id=actor.user_id if actor else None,
        agency_id=actor.agency_id if actor else None,
        recorded_at=at,
        digest=digest_of_fresh(subject),
        **more,
    )
    event.row = subject  # type: ignore[attr-defined]  # within handlers need not load it again
    return event


def _announce(events: list[Event], at: datetime) -> None:
    """Run who listens within, and defer the others' jobs."""
    for event in events:
        listeners = [each for each in _handlers.get(event.topic, ()) if each.within]
        for handler in listeners:
            if handler.must:
                handler.work(event, now=at)
        _attempt([each for each in listeners if not each.must], event, at)
    _defer(events)
    for event in events:
        for ear in _ears:
            ear(event)


def acting_for(event: Event, *, now: datetime) -> Any:
    """The context for a job: works as the person who made the event happen."""
    return rls.acting(actor=event.originator, now=now, system="deliver")


def load(event_id: int, *, now: datetime) -> Event:
    """One event, for a job that holds nothing but its id.

    In nobody's name: whoever made it happen may be kept from its case by a block since.
    """
    with rls.acting(actor=None, now=now, system="deliver"):
        return Event.objects.get(pk=event_id)


def _attempt(handlers: list[Handler], event: Event, now: datetime) -> None:
    """Run handlers so that the fault of one costs nothing but itself.

    Each has a hand-made savepoint, which the end of one and the beginning of the next share: a
    round trip more than there are handlers, where Django's would be four each. Deferred foreign
    keys are checked inside it, else they would fail at COMMIT and take the report along.
    """
    if not handlers:
        return
    name = f"h{event.pk}"
    _sql(f"SAVEPOINT {name}")
    for handler in handlers:
        begin = f"; SAVEPOINT {name}" if handler is not handlers[-1] else ""
        try:
            handler.work(event, now=now)
            _sql(f"{CHECKED}; RELEASE SAVEPOINT {name}{begin}")
        except Exception as fault:  # whatever it was, the report must not be lost with it
            connection.needs_rollback = False
            _sql(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
            note_repair(handler.name, event, fault=type(fault).__name__, now=now)
            if begin:
                _sql(f"SAVEPOINT {name}")


def note_repair(handler: str, event: Event, *, fault: str, now: datetime) -> None:
    """Keep for `repair` that a handler failed: its name and the fault's class, nothing else."""
    if event.case_id is None:
        return
    Repair.objects.bulk_create(
        [Repair(event=event, case_id=event.case_id, handler=handler, fault=fault, noted_at=now)],
        ignore_conflicts=True,
    )


def repair_all(now: datetime) -> int:
    """Run again what failed; each in the hand of its case. Returns how many were mended."""
    with rls.acting(actor=None, now=now, system="repair"):
        waiting = list(
            Repair.objects.filter(mended_at=None).order_by("pk").values_list("pk", "case_id")
        )
    return sum(_mend(pk, case_id, now) for pk, case_id in waiting)


def _mend(pk: int, case_id: int, now: datetime) -> bool:
    try:
        with rls.acting(actor=None, now=now, system="repair"), rls.on_case(case_id):
            repair = Repair.objects.select_related("event").get(pk=pk)
            _by_name[repair.handler].work(repair.event, now=now)
            repair.mended_at = now
            repair.save(update_fields=["mended_at"])
    except Exception:  # it stays in the list and is tried again
        return False
    return True


@jobs.task(name="safekeeping.deliver", queue="events", pass_context=False, retry=AGAIN)
def deliver(*, event_id: int, handler: str, actor_id: int | None, agency_id: int | None) -> None:
    """Run one listener of one event. Arguments are ids only: a job's row is read by operators."""
    run_delivery(event_id, handler, actor_id, agency_id, now=timezone.now())


def run_delivery(
    event_id: int, handler: str, actor_id: int | None, agency_id: int | None, *, now: datetime
) -> None:
    """What `deliver` does, with time passed in: the rehearsal lives in its own."""
    event = load(event_id, now=now)
    _by_name[handler].work(event, now=now)


def _defer(events: list[Event]) -> None:
    for priority in (FIRST, IN_TURN):
        jobs = [
            _arguments_for(handler, event)
            for event in events
            for handler in _handlers.get(event.topic, ())
            if not handler.within and handler.urgent == (priority == FIRST)
        ]
        if jobs:
            deliver.configure(priority=priority).batch_defer(*jobs)


def _arguments_for(handler: Handler, event: Event) -> dict[str, JSONValue]:
    return {
        "event_id": event.pk,
        "handler": handler.name,
        "actor_id": event.actor_id,
        "agency_id": event.agency_id,
    }


def run_jobs(now: datetime) -> int:
    """Run what is queued, in order and inline, as a worker would after the commit.

    For tests and rehearsals. Jobs that are not deliveries (rescue, cleaning) are left alone; what
    is done is deleted, as our workers do.
    """
    todo = ProcrastinateJob.objects.filter(status="todo", task_name=deliver.name)
    done = 0
    for job in list(todo.order_by("-priority", "id")):
        run_delivery(**_arguments(job.args), now=now)
        _sql("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        done += 1
    return done


def _arguments(args: dict[str, Any]) -> dict[str, Any]:
    return {key: args[key] for key in ("event_id", "handler", "actor_id", "agency_id")}


def _sql(text: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


__all__ = [
    "Event",
    "Handler",
    "acting_for",
    "deliver",
    "load",
    "note_repair",
    "on",
    "overheard",
    "record",
    "record_each",
    "repair_all",
    "run_delivery",
    "run_jobs",
    "topics",
]
