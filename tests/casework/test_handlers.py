"""What follows an event: the reporter's page, and cases whose worker has left."""

import pytest

from casework import actions
from casework.models import AgencyTask, Block, Case, Deadline, Report
from network.models import Membership
from safekeeping import events, rls
from safekeeping.events import Event
from tests.casework import looks
from tests.casework.steps import act

pytestmark = pytest.mark.django_db


def test_reporter_sees_that_it_is_handled(assigned):
    assert looks.one(Report, assigned()).status == "HANDLED"


@pytest.fixture
def closed(assigned, now):
    """A case whose closing is announced, without the closing itself."""
    reference = assigned()
    case = looks.one(Case, reference)
    with rls.acting(actor=None, now=now, system="setup"), rls.on_case(case.pk):
        events.record("case.closed", subject=case, actor=None, at=now)
    return reference


def test_reporter_sees_that_it_is_closed(closed):
    assert looks.one(Report, closed).status == "CLOSED"


def test_reopened_case_is_handled_again(closed, now):
    case = looks.one(Case, closed)
    with rls.acting(actor=None, now=now, system="setup"), rls.on_case(case.pk):
        events.record("case.reopened", subject=case, actor=None, at=now)

    assert looks.one(Report, closed).status == "HANDLED"


def test_job_of_a_report_runs_though_the_report_keeps_its_own_office_out(report, now):
    reference = report(conflict="yes")
    told = looks.one(Event, reference, topic="case.reported")
    kept_out = looks.rows(Block, reference, agency_id=told.agency_id)

    events.run_delivery(
        told.pk, "casework.handlers.look_for_known", told.actor_id, told.agency_id, now=now
    )

    assert kept_out != []


def leave(actor, now):
    """The membership ends and says so, as network's action does."""
    member = Membership.objects.get(pk=actor.membership_id)
    with rls.acting(actor=actor, now=now):
        member.ends = now
        member.save(update_fields=["ends"])
        events.record("membership.ended", subject=member, actor=actor, at=now)
    events.run_jobs(now)


def test_who_leaves_leaves_the_cases_without_a_worker(cast, assigned, now):
    reference = assigned()

    leave(cast["worker"], now)

    case = looks.one(Case, reference)
    running = looks.rows(Deadline, reference, met_at=None, waived_at=None)
    assert (case.worker_id, case.state) == (None, "ASSIGNED")
    assert "without_worker" in {row.clock for row in running}
    assert "case.worker_left" in looks.topics(reference)


def test_who_leaves_takes_no_case_of_others_along(cast, assigned, now):
    reference = assigned()

    leave(cast["colleague"], now)

    assert looks.one(Case, reference).worker_id == cast["worker"].user_id


def test_leaving_is_heard_once(cast, assigned, now):
    reference = assigned()
    leave(cast["worker"], now)

    member = Membership.objects.get(pk=cast["worker"].membership_id)
    with rls.acting(actor=cast["worker"], now=now):
        events.record("membership.ended", subject=member, actor=cast["worker"], at=now)
    events.run_jobs(now)

    assert looks.topics(reference).count("case.worker_left") == 1


def change(actor, roles, now):
    """Other roles, as network's action gives them."""
    member = Membership.objects.get(pk=actor.membership_id)
    with rls.acting(actor=actor, now=now):
        member.roles = roles
        member.save(update_fields=["roles"])
        events.record("membership.changed", subject=member, actor=actor, at=now)
    events.run_jobs(now)


def test_who_may_work_on_cases_no_more_leaves_them_without_a_worker(cast, assigned, now):
    reference = assigned()

    change(cast["worker"], ["reporter"], now)

    running = looks.rows(Deadline, reference, met_at=None, waived_at=None)
    assert looks.one(Case, reference).worker_id is None
    assert "without_worker" in {row.clock for row in running}
    assert looks.one(Event, reference, topic="case.worker_left").code == "roles"


def test_who_is_given_one_role_more_keeps_the_cases(cast, assigned, now):
    reference = assigned()

    change(cast["worker"], ["caseworker", "supervisor"], now)

    assert looks.one(Case, reference).worker_id == cast["worker"].user_id


@pytest.mark.parametrize("ends", ["leaves", "works no more"])
def test_step_that_one_took_on_goes_back_to_the_office(cast, assigned, now, ends):
    reference = assigned()
    who = cast["colleague"]
    act(who, actions.claim_task, reference=reference, step="assess")

    if ends == "leaves":
        leave(who, now)
    else:
        change(who, ["reporter"], now)

    act(cast["worker"], actions.claim_task, reference=reference, step="assess")
    (task,) = looks.rows(AgencyTask, reference, finished=None)
    assert task.owner_id == cast["worker"].user_id
