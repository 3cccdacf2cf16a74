"""Our own worker as it is set up: what waits in one job must not keep another waiting."""

from datetime import datetime
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connections
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob

from config.management.commands import sweep
from safekeeping import events

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 5


@pytest.fixture
def met(monkeypatch):
    """Two jobs, each of which ends only once the other has begun; what became of each."""
    both, came = Barrier(2), []

    def waits_for_the_other(event: int, *, now: datetime) -> None:
        try:
            both.wait(PATIENCE_SECONDS)
            came.append("met")
        except BrokenBarrierError:
            came.append("waited in vain")
        finally:
            connections.close_all()

    handler = events.Handler("two.lines", waits_for_the_other, False, False, False)
    monkeypatch.setitem(events._by_name, handler.name, handler)
    monkeypatch.setattr(events, "load", lambda event_id, *, now: event_id)
    about = {"handler": handler.name, "actor_id": None, "agency_id": None}
    events.deliver.batch_defer(*({"event_id": at, **about} for at in (1, 2)))
    return came


def work_off() -> None:
    """What `manage.py procrastinate worker` does, until nothing is left."""
    with jobs.replace_connector(jobs.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_a_job_that_waits_for_its_line_holds_up_no_other(met):
    work_off()

    assert met == ["met", "met"]


def test_what_is_done_leaves_no_row(met):
    work_off()

    assert not ProcrastinateJob.objects.exists()


def test_a_call_that_was_not_heard_is_made_up_before_the_sweep():
    assert jobs.worker_defaults["fetch_job_polling_interval"] < sweep.EVERY_SECONDS
