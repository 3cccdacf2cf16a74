"""Who lives in passed-in time asks what falls due next, and hears what is recorded."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from casework.models import Deadline
from safekeeping import events, sweeps
from tests.casework import looks

pytestmark = pytest.mark.django_db


def test_the_earliest_of_all_that_waits_comes_first_with_its_sweep(report, now):
    report()

    due = sweeps.next_due(now + timedelta(days=2))

    assert (due.at, due.sweep) == (now, "hotline.alerts")


def test_nothing_is_due_before_it_is(report, now):
    report()

    assert sweeps.next_due(now - timedelta(seconds=1)) is None


def test_what_is_due_at_that_very_moment_is_due(report, now):
    reference = report()
    events.run_jobs(now)
    first = min(row.due_at for row in looks.rows(Deadline, reference, met_at=None))

    dues = [sweeps.next_due(first)]
    while dues[-1].sweep != "deadlines":
        sweeps.sweep_one(dues[-1].sweep, dues[-1].at)
        dues.append(sweeps.next_due(first))

    assert dues[-1].at == first


def test_a_sweep_run_alone_does_its_work_and_is_due_no_more(report, now):
    report()
    due = sweeps.next_due(now)

    done = sweeps.sweep_one(due.sweep, due.at)

    assert done == 1
    assert sweeps.next_due(now) != due


def test_what_is_recorded_is_overheard_in_order_until_the_ear_goes(report, now):
    heard = []

    with events.overheard(lambda event: heard.append(event.topic)):
        report()
    report()

    assert heard.count("case.reported") == 1
    assert heard.index("alert.opened") < heard.index("case.reported")  # its listeners come first


def test_a_job_that_is_done_leaves_no_row(report, now):
    report()
    waiting = ProcrastinateJob.objects.filter(status="todo").count()

    done = events.run_jobs(now)

    assert done == waiting > 0
    assert not ProcrastinateJob.objects.exists()
