"""B5: from the commit of an emergency to the text in the gateway; and many alerts at once.

A real worker in a process of its own and the console gateway. Beside it a job that does nothing,
deferred and committed alike, done by the same worker.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Queue
from statistics import median
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from casework import actions
from casework.reports import Facts, Sealed
from config.embedded import BASE_DIR
from config.run import POOLED, die_with_parent
from hotline.models import Alert
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.events import Event
from tests.bench import world
from tests.bench.measuring import Figure, Found, ms, p99, rate
from tests.bench.worker import DID_NOTHING, nothing

TEXT = "sms.sent"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Size:
    rounds: int = 60
    alerts: int = 400


FULL, TINY = Size(), Size(rounds=1, alerts=2)


def run(size: Size) -> Found:
    """Emergencies and empty jobs in turn; then a heap of either, with the worker away at first."""
    officer, worker = world.actor("dung"), world.actor("hanh")
    with world.raw() as db:
        _forget(db)
        with _worker() as said:
            _until(said, DID_NOTHING, _empty)  # it has started; a start is no way of an alert's
            _wait_until_idle(db)
            alerts, empty = [], []
            for _ in range(size.rounds):
                alerts.append(_until(said, TEXT, lambda: _emergency(officer)))
                _wait_until_idle(db)
                empty.append(_until(said, DID_NOTHING, _empty))
                _wait_until_idle(db)
                world.tidy(db)
        with world.seat(role="owner") as owner:
            owner.run(lambda: _heap_of_alerts(size.alerts, worker))
        drained, texts = _drain(db, TEXT, size.alerts)
        with transaction.atomic():
            nothing.batch_defer(*({} for _ in range(size.alerts)))
        emptied, nothings = _drain(db, DID_NOTHING, size.alerts)
    figures = [
        Figure("B5", "commit → gateway, p99 : an empty job", ms(p99(alerts)), ms(p99(empty)),
               p99(alerts) / p99(empty), 2),
        Figure("B5", "commit → gateway, median : an empty job", ms(median(alerts)),
               ms(median(empty)), median(alerts) / median(empty), 2),
        Figure("B5", f"drain of {size.alerts:,} alerts : as many empty jobs",
               rate(size.alerts, drained), rate(size.alerts, emptied), emptied / drained, 0.5,
               at_most=False),
    ]  # fmt: skip
    counts = {"emergencies": len(alerts), "texts": texts, "empty": nothings,
              "left": _left(db := world.raw())}  # fmt: skip
    db.close()
    return Found(figures, counts)


def _emergency(officer: Actor) -> datetime:
    """Somebody is in danger and needs a doctor: a referral at once. Returns when it was kept."""
    facts = Facts(
        place=registry.unit_on(world.PLACE, timezone.localdate()), danger_now="yes",
        conflict="no", needs=("doctor",), tracks=("domestic",), sex="female",
    )  # fmt: skip
    now = timezone.now()
    with rls.acting(actor=officer, now=now):
        actions.report_case(
            actor=officer, facts=facts, sealed=Sealed(ring_back="0900 000 117"), now=now
        )
    return datetime.now(UTC)


def _empty() -> datetime:
    with transaction.atomic():
        nothing.batch_defer({})
    return datetime.now(UTC)


# The worker and what it says

Said = Queue[tuple[str, datetime]]


@contextmanager
def _worker() -> Iterator[Said]:
    """A worker for the block; what it says comes with the moment at which it said it."""
    said: Said = Queue()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.worker"], cwd=BASE_DIR, stdout=subprocess.PIPE,
        env={**os.environ, **POOLED, "PYTHONUNBUFFERED": "1",
             "PGDATABASE": connection.settings_dict["NAME"]},
        preexec_fn=die_with_parent,  # noqa: PLW1509 - as config.run does
    )  # fmt: skip
    reader = threading.Thread(target=_read, args=(process.stdout, said))
    reader.start()
    try:
        yield said
    finally:
        process.terminate()
        process.wait()
        reader.join()
        process.stdout.close()


def _read(lines: Any, said: Said) -> None:
    for line in lines:
        if line.startswith(b"{"):
            told = json.loads(line)
            said.put((told["event"], datetime.fromisoformat(told["timestamp"])))


def _until(said: Said, what: str, act: Callable[[], datetime]) -> float:
    """Seconds from an act's commit until this was said first; it may be before we hear of it."""
    began = datetime.now(UTC)
    kept = act()
    while True:
        event, at = said.get(timeout=PATIENCE_SECONDS)
        if event == what and at >= began:
            return max((at - kept).total_seconds(), 0)


def _drain(db: Any, what: str, count: int) -> tuple[float, int]:
    """Seconds from the first to the last of so many, and how many were said."""
    with _worker() as said:
        moments = []
        while len(moments) < count:
            event, at = said.get(timeout=PATIENCE_SECONDS)
            if event == what:
                moments.append(at)
        _wait_until_idle(db)
    return max((moments[-1] - moments[0]).total_seconds(), 1e-6), len(moments)


def _wait_until_idle(db: Any) -> None:
    """Until every job is done: one must not stand in the way of the next that is measured."""
    end = time.monotonic() + PATIENCE_SECONDS
    while _left(db):
        if time.monotonic() > end:
            raise TimeoutError("the worker does not finish")
        time.sleep(0.005)


def _left(db: Any) -> int:
    db.commit()
    asked = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    return int(db.execute(asked + " AND queue_name = 'events'").fetchone()[0])


def _forget(db: Any) -> None:
    """What other benches left to be done."""
    db.execute("DELETE FROM procrastinate_jobs")
    db.execute("UPDATE hotline_alert SET next_action_at = NULL")
    db.execute("UPDATE hotline_attempt SET next_try_at = NULL")
    db.commit()


def _heap_of_alerts(count: int, actor: Actor) -> None:
    """Alerts as `open_alert` leaves them: the row, its event, its job."""
    now = timezone.now()
    with transaction.atomic():
        cases = world.cases(count, actor, f"B5{uuid4().hex[:5]}")
        alerts = Alert.objects.bulk_create(
            Alert(case=case, topic="case.reported", subject_kind="case", subject=case.reference,
                  agency_id=actor.agency_id, emergency=True, mark="4821", opened_at=now,
                  next_action_at=now)
            for case in cases
        )  # fmt: skip
        happened = Event.objects.bulk_create(
            Event(reference=uuid4(), topic="alert.opened", subject_kind="alert",
                  subject=alert.reference, case_id=alert.case_id, actor_id=actor.user_id,
                  agency_id=actor.agency_id, happened_at=now, recorded_at=now)
            for alert in alerts
        )  # fmt: skip
        ring = next(h for h in events.topics()["alert.opened"] if not h.within)
        events.deliver.batch_defer(*(events._arguments_for(ring, event) for event in happened))
