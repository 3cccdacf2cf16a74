"""Somebody takes the case on."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import actions
from casework.models import Case, Deadline, EmergencyCard, Override, Report
from network.models import Membership, Shift, User
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken, Stale
from tests.casework import looks

pytestmark = pytest.mark.django_db


def name_of(actor):
    return User.objects.get(pk=actor.user_id).reference


def running(reference):
    return {row.clock for row in looks.rows(Deadline, reference, met_at=None, waived_at=None)}


def on_shift(actor, now):
    membership = Membership.objects.get(pk=actor.membership_id)
    Shift.born(
        agency_id=actor.agency_id, membership=membership, starts=now - timedelta(hours=1),
        ends=now + timedelta(hours=1),
    )  # fmt: skip


# acknowledge_notice


def test_owner_takes_note_and_the_reporter_sees_it(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["worker"], now=now):
        actions.acknowledge_notice(actor=cast["worker"], reference=reference, now=now)

    assert "notify_chairman" not in running(reference)
    assert looks.one(Report, reference).status == "HANDLED"
    assert "notice.acknowledged" in looks.topics(reference)


def test_recorded_phone_call_counts_from_when_it_was(cast, report, now):
    reference, then = report(), now - timedelta(minutes=10)

    with rls.acting(actor=cast["worker"], now=now):
        actions.acknowledge_notice(
            actor=cast["worker"], reference=reference, now=now, happened_at=then, by_phone=True
        )

    assert looks.one(Deadline, reference, clock="notify_chairman").met_at == then


def test_coordinator_stands_in_for_an_owner_who_is_silent_for_twenty_minutes(cast, report, now):
    reference, late = report(), now + timedelta(minutes=20)
    card = looks.one(EmergencyCard, reference).reference

    with rls.acting(actor=cast["coordinator"], now=late):
        actions.acknowledge_notice(actor=cast["coordinator"], reference=card, now=late)

    assert "notify_chairman" not in running(reference)
    assert "case.stood_in" in looks.topics(reference)


def test_coordinator_waits_before_standing_in(cast, report, now):
    card, soon = looks.one(EmergencyCard, report()).reference, now + timedelta(minutes=19)

    with rls.acting(actor=cast["coordinator"], now=soon), pytest.raises(PermissionDenied):
        actions.acknowledge_notice(actor=cast["coordinator"], reference=card, now=soon)


def test_notice_of_the_future_is_refused(cast, report, now):
    reference = report()

    with (
        rls.acting(actor=cast["worker"], now=now),
        pytest.raises(RuleBroken, match="in-the-future"),
    ):
        actions.acknowledge_notice(
            actor=cast["worker"], reference=reference, now=now,
            happened_at=now + timedelta(seconds=1),
        )  # fmt: skip


# assign_worker


def test_supervisor_assigns_a_worker(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.assign_worker(
            actor=cast["supervisor"], reference=reference, worker=name_of(cast["worker"]), now=now
        )

    case = looks.one(Case, reference)
    assert (case.state, case.worker_id) == ("ASSIGNED", cast["worker"].user_id)
    assert running(reference) == {"consent_ask"}
    assert "case.assigned" in looks.topics(reference)


def test_coordinator_standing_in_assigns_by_the_card(cast, report, now):
    reference, late = report(), now + timedelta(minutes=25)
    card = looks.one(EmergencyCard, reference).reference

    with rls.acting(actor=cast["coordinator"], now=late):
        actions.assign_worker(
            actor=cast["coordinator"], reference=card, worker=name_of(cast["worker"]), now=late
        )

    assert looks.one(Case, reference).state == "ASSIGNED"


def test_case_of_others_does_not_exist(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["strange_supervisor"], now=now), pytest.raises(NotVisible):
        actions.assign_worker(
            actor=cast["strange_supervisor"], reference=reference,
            worker=name_of(cast["stranger"]), now=now,
        )  # fmt: skip


def test_caseworker_does_not_assign(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["worker"], now=now), pytest.raises(PermissionDenied):
        actions.assign_worker(
            actor=cast["worker"], reference=reference, worker=name_of(cast["worker"]), now=now
        )


def test_assigned_case_is_not_assigned_again(cast, assigned, now):
    reference = assigned()

    with rls.acting(actor=cast["supervisor"], now=now), pytest.raises(TransitionNotAllowed):
        actions.assign_worker(
            actor=cast["supervisor"],
            reference=reference,
            worker=name_of(cast["colleague"]),
            now=now,
        )


def test_later_of_two_tabs_is_stale(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["supervisor"], now=now), pytest.raises(Stale):
        actions.assign_worker(
            actor=cast["supervisor"], reference=reference, worker=name_of(cast["worker"]),
            now=now, version=99,
        )  # fmt: skip


def test_case_whose_worker_left_is_assigned_where_it_stands(cast, assigned, now):
    reference = assigned()
    with rls.acting(actor=cast["supervisor"], now=now):
        actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="asked",
            user=name_of(cast["worker"]),
        )  # fmt: skip

        actions.assign_worker(
            actor=cast["supervisor"], reference=reference, worker=name_of(cast["colleague"]),
            now=now,
        )  # fmt: skip

    assert looks.one(Case, reference).worker_id == cast["colleague"].user_id
    assert "without_worker" not in running(reference)


@pytest.mark.parametrize("who", ["stranger", "officer"])
def test_only_caseworkers_of_the_owner_are_workers(cast, report, now, who):
    reference = report()

    with (
        rls.acting(actor=cast["supervisor"], now=now),
        pytest.raises(RuleBroken, match="not-a-worker"),
    ):
        actions.assign_worker(
            actor=cast["supervisor"], reference=reference, worker=name_of(cast[who]), now=now
        )


def test_blocked_worker_is_not_assigned(cast, report, now):
    reference, worker = report(), name_of(cast["worker"])

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="asked", user=worker
        )
        with pytest.raises(RuleBroken, match="worker-blocked"):
            actions.assign_worker(
                actor=cast["supervisor"], reference=reference, worker=worker, now=now
            )


# workers_for


def test_list_of_workers_leaves_out_the_blocked(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="asked",
            user=name_of(cast["worker"]),
        )  # fmt: skip
        found = actions.workers_for(actor=cast["supervisor"], reference=reference, now=now)

    assert [one.user_id for one in found] == [cast["colleague"].user_id]


# claim_case


def test_caseworker_claims_a_reported_case(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["worker"], now=now):
        actions.claim_case(actor=cast["worker"], reference=reference, now=now)

    case = looks.one(Case, reference)
    assert (case.state, case.worker_id) == ("ASSIGNED", cast["worker"].user_id)


def test_claim_by_who_is_not_on_shift_asks_for_a_sentence(cast, report, now):
    reference = report()
    on_shift(cast["colleague"], now)

    with rls.acting(actor=cast["worker"], now=now), pytest.raises(RuleBroken, match="soft-guard"):
        actions.claim_case(actor=cast["worker"], reference=reference, now=now)


def test_claim_with_a_sentence_is_an_override_that_another_reviews(cast, report, now):
    reference = report()
    on_shift(cast["colleague"], now)

    with rls.acting(actor=cast["worker"], now=now):
        actions.claim_case(
            actor=cast["worker"], reference=reference, now=now, overriding="Nobody answers there."
        )

    row = looks.one(Override, reference)
    assert (row.guards, row.review_agency_id) == (["shift"], cast["supervisor"].agency_id)
    assert "override_review" in running(reference)
    assert looks.one(Case, reference).state == "ASSIGNED"


def test_case_with_a_worker_is_not_claimed(cast, assigned, now):
    reference = assigned()

    with rls.acting(actor=cast["colleague"], now=now), pytest.raises(PermissionDenied):
        actions.claim_case(actor=cast["colleague"], reference=reference, now=now)


# reassign_worker


def test_supervisor_gives_the_case_to_another(cast, assigned, now):
    reference = assigned()

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.reassign_worker(
            actor=cast["supervisor"], reference=reference, worker=name_of(cast["colleague"]),
            now=now,
        )  # fmt: skip

    case = looks.one(Case, reference)
    assert (case.state, case.worker_id) == ("ASSIGNED", cast["colleague"].user_id)
    assert "case.reassigned" in looks.topics(reference)


@pytest.mark.parametrize(
    ("made", "code"), [("report", "not-assigned-yet"), ("assigned", "same-worker")]
)
def test_reassigning_needs_another_worker(request, cast, now, made, code):
    reference = request.getfixturevalue(made)()

    with rls.acting(actor=cast["supervisor"], now=now), pytest.raises(RuleBroken, match=code):
        actions.reassign_worker(
            actor=cast["supervisor"], reference=reference, worker=name_of(cast["worker"]), now=now
        )
