"""Jobs whose worker was killed: back into the queue, found from outside the queue.

A killed worker's job stays `doing` for ever. Once its worker's heartbeat is 30 s old the job is
taken for orphaned and done again; every handler bears repetition.
"""

from datetime import datetime

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app as jobs

from safekeeping.sweeps import sweep

SILENT_SECONDS = 30


@sweep("jobs.rescue")
def rescue(now: datetime) -> int:
    """Return orphaned jobs to the queue; returns how many."""
    return async_to_sync(_rescue)(now)


async def _rescue(now: datetime) -> int:
    manager = jobs.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS))
    for job in stalled:
        await manager.retry_job(job, retry_at=now)
    return len(stalled)
