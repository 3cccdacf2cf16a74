"""A worker as `manage.py procrastinate worker` runs it, that knows one job more: one that does
nothing but say so. Both say it by a line with the moment, as the console gateway does.
"""

import sys

import django

if __name__ == "__main__":
    django.setup()

import structlog
from django.core.management import call_command
from procrastinate.contrib.django import app as jobs

log = structlog.get_logger(__name__)
DID_NOTHING = "attempt.nothing"


@jobs.task(name="bench.nothing", queue="events", pass_context=False)
def nothing() -> None:
    """The least that a job can do."""
    log.info(DID_NOTHING)


if __name__ == "__main__":
    sys.modules["tests.bench.worker"] = sys.modules["__main__"]
    call_command("procrastinate", "worker")
