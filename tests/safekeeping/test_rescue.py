from datetime import UTC, datetime

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from safekeeping import rescue
from tests.conftest import NOW

WORKER = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id"
JOB = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
    " VALUES ('events', 'safekeeping.deliver', '{}', 'doing', %s) RETURNING id"
)


def job_of_a_worker_last_seen(heartbeat: datetime) -> ProcrastinateJob:
    with connection.cursor() as cursor:
        cursor.execute(WORKER, [heartbeat])
        cursor.execute(JOB, [cursor.fetchone()[0]])
        return ProcrastinateJob.objects.get(pk=cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_job_is_queued_again() -> None:
    orphan = job_of_a_worker_last_seen(datetime(2020, 1, 1, tzinfo=UTC))

    rescued = rescue.rescue(NOW)

    assert rescued == 1
    assert ProcrastinateJob.objects.get(pk=orphan.pk).status == "todo"


@pytest.mark.django_db(transaction=True)
def test_a_living_workers_job_is_left_to_it() -> None:
    held = job_of_a_worker_last_seen(datetime.now(UTC))

    rescued = rescue.rescue(NOW)

    assert rescued == 0
    assert ProcrastinateJob.objects.get(pk=held.pk).status == "doing"
