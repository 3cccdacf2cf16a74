"""Both branches of thirty cases end at the same moment; each joins once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from casework import flow_nodes
from casework.models import AgencyTask, Case
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.models import Repair
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
Cast = dict[str, Actor]
CASES, THREADS = 30, 24
BRANCHES = ("stay.admitted", "case.follow_up_started")


def say(actor: Actor, case_id: int, *topics: str) -> None:
    with rls.acting(actor=actor, now=NOW), rls.on_case(case_id):
        row = Case.objects.get(pk=case_id)
        for topic in topics:
            events.record(topic, subject=row, actor=actor, at=NOW)


def race(actor: Actor, case_ids: list[int]) -> None:
    """Two threads a case, started together, each in a connection of its own; many cases at once."""
    ready = {case_id: Barrier(len(BRANCHES)) for case_id in case_ids}
    jobs = [(case_id, topic) for case_id in case_ids for topic in BRANCHES]

    def run(job: tuple[int, str]) -> None:
        try:
            ready[job[0]].wait(60)
            say(actor, *job)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, jobs))


def open_steps(actor: Actor, case_ids: list[int]) -> Counter[str]:
    with rls.acting(actor=actor, now=NOW):
        tasks = AgencyTask.objects.filter(case_id__in=case_ids, finished=None)
        return Counter(str(task.flow_task.name) for task in tasks)


def test_thirty_joins_at_once_are_thirty_joins(cast: Cast, report: Callable[..., UUID]) -> None:
    worker = cast["worker"]
    references = [report(needs=("bed",)) for _ in range(CASES)]
    with rls.acting(actor=worker, now=NOW):
        found = Case.objects.filter(reference__in=references)
        case_ids = list(found.values_list("pk", flat=True))
    for case_id in case_ids:
        say(worker, case_id, "case.assigned", "case.assessed", "plan.agreed")
    assert open_steps(worker, case_ids) == {"carry_out": CASES, "find_bed": CASES}

    race(worker, case_ids)

    assert open_steps(worker, case_ids) == {"follow_up": CASES}
    with rls.acting(actor=None, now=NOW, system="repair"):
        assert not Repair.objects.exists()
    assert flow_nodes.BaseFlow.lock_impl is flow_nodes.case_in_hand
