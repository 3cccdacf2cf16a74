"""Work after acceptance: begun, completed, returned, voided, and what then closes."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import access, holds
from casework.actions import approve_closure, propose_closure
from casework.models import Access, Case, Deadline
from network.models import Agency
from referral import actions
from referral.models import Referral, State
from safekeeping import rls
from safekeeping.errors import RuleBroken
from tests.casework.conftest import held
from tests.conftest import NOW
from tests.referral.conftest import agree, row_of

__all__ = ["held"]

pytestmark = pytest.mark.django_db

DAYS_14 = timedelta(days=14)


@pytest.fixture
def accepted(send, do):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)
    return reference


def sees_case(people, who, at):
    with rls.acting(actor=people[who], now=at):
        return Case.objects.visible_to(people[who]).exists() and Case.objects.exists()


def test_work_is_begun_and_completed_with_an_outcome(accepted, do, people):
    do("doctor", actions.start_referral, reference=accepted)
    do("doctor", actions.complete_referral, reference=accepted, outcome="helped", feedback="Đã ổn")

    row = row_of(accepted, people["worker"])
    assert (row.state, row.outcome, row.completed_at) == (State.COMPLETED, "helped", NOW)
    assert do("worker", actions.open_feedback, reference=accepted) == "Đã ổn"


def test_completion_leaves_the_groups_open_for_14_days(accepted, do, people):
    do("doctor", actions.complete_referral, reference=accepted, outcome="helped")

    assert sees_case(people, "doctor", NOW + DAYS_14 - timedelta(seconds=1))
    assert not sees_case(people, "doctor", NOW + DAYS_14)
    with pytest.raises(PermissionDenied):
        do("doctor", actions.open_message, reference=accepted, at=NOW + DAYS_14)


def test_a_return_closes_the_groups_at_once(accepted, do, people):
    do("doctor", actions.return_referral, reference=accepted, reason="cannot_continue")

    assert not sees_case(people, "doctor", NOW)
    assert row_of(accepted, people["worker"]).state == State.RETURNED


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (actions.complete_referral, {"outcome": "did_not_come"}),
        (actions.return_referral, {"reason": "did_not_come"}),
    ],
)
def test_who_did_not_come_is_looked_for_first(accepted, do, people, action, given):
    do("doctor", action, reference=accepted, **given)

    with rls.acting(actor=people["worker"], now=NOW):
        clock = Deadline.objects.get(clock="safe_check")
    assert clock.agency_id == people["worker"].agency_id


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (actions.complete_referral, {"outcome": "magic"}),
        (actions.return_referral, {"reason": "magic"}),
    ],
)
def test_an_end_is_a_word_of_the_list(accepted, do, action, given):
    with pytest.raises(RuleBroken, match="unknown-code"):
        do("doctor", action, reference=accepted, **given)


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (actions.start_referral, {}),
        (actions.complete_referral, {"outcome": "helped"}),
        (actions.return_referral, {"reason": "other"}),
    ],
)
def test_only_the_addressee_works(accepted, do, action, given):
    with pytest.raises(PermissionDenied):
        do("worker", action, reference=accepted, **given)


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (actions.start_referral, {}),
        (actions.complete_referral, {"outcome": "helped"}),
        (actions.return_referral, {"reason": "other"}),
        (actions.void_referral, {"reason": "twice"}),
    ],
)
def test_what_nobody_accepted_is_not_worked_on(send, do, action, given):
    reference = send()

    with pytest.raises(TransitionNotAllowed):
        do("second_doctor", action, reference=reference, **given)


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (actions.start_referral, {}),
        (actions.complete_referral, {"outcome": "helped"}),
        (actions.return_referral, {"reason": "other"}),
    ],
)
def test_a_fact_is_not_in_the_future(accepted, do, action, given):
    with pytest.raises(RuleBroken, match="in-the-future"):
        do("doctor", action, reference=accepted, happened_at=NOW + timedelta(days=1), **given)


def test_another_person_voids_a_mistake_and_access_ends(accepted, do, people):
    do("second_doctor", actions.void_referral, reference=accepted, reason="wrong_case")

    assert row_of(accepted, people["worker"]).state == State.VOIDED
    assert not sees_case(people, "doctor", NOW)


def test_what_was_voided_is_back_with_the_sender(accepted, do, people):
    do("second_doctor", actions.void_referral, reference=accepted, reason="wrong_case")

    with rls.acting(actor=people["worker"], now=NOW):
        left = set(Referral.objects.outgoing(people["worker"]).values_list("reference", flat=True))
    assert accepted in left


def test_who_accepted_does_not_void(accepted, do):
    with pytest.raises(PermissionDenied):
        do("doctor", actions.void_referral, reference=accepted, reason="wrong_case")


def test_a_void_reason_is_a_word_of_the_list(accepted, do):
    with pytest.raises(RuleBroken, match="unknown-code"):
        do("second_doctor", actions.void_referral, reference=accepted, reason="oops")


@pytest.mark.parametrize(
    ("walk", "held"),
    [
        ([], 1),
        ([(actions.accept_referral, {})], 1),
        ([(actions.accept_referral, {}), (actions.start_referral, {})], 1),
        ([(actions.decline_referral, {"reason": "full"})], 0),
        (
            [
                (actions.accept_referral, {}),
                (actions.complete_referral, {"outcome": "helped"}),
            ],
            0,
        ),
    ],
)
def test_an_open_referral_holds_the_closure(send, do, people, walk, held):
    reference = send()
    for action, given in walk:
        do("doctor", action, reference=reference, **given)

    with rls.acting(actor=people["worker"], now=NOW):
        case_id = Referral.objects.get(reference=reference).case_id
        with rls.on_case(case_id):
            reasons = {one.code: one.count for one in holds.holds_on(case_id)}
    assert reasons.get("open-referral", 0) == held


def test_access_of_another_referral_of_the_agency_stays(send, do, people, case):
    from tests.referral.conftest import agree

    agree(case, people["worker"], "psychosocial", "social_work_centre", {"contact"})
    agree(case, people["worker"], "papers", "social_work_centre", {"person"})
    one = send(to="ctxh", service="psychosocial", needs=(), groups=("contact",))
    two = send(to="ctxh", service="papers", needs=(), groups=("person",))
    do("social", actions.accept_referral, reference=one)
    do("social", actions.accept_referral, reference=two)

    do("social", actions.return_referral, reference=one, reason="need_changed")

    with rls.acting(actor=people["social"], now=NOW):
        live = Access.objects.filter(live=True, agency__code="ctxh")
        assert [row.groups for row in live] == [["person"]]


def test_help_that_came_before_its_acceptance_can_be_written_down(send, do, people):
    from safekeeping.models import Event

    reference = send()

    do(
        "doctor", actions.complete_referral, reference=reference, outcome="helped",
        happened_at=NOW - timedelta(hours=1),
    )  # fmt: skip

    row = row_of(reference, people["worker"])
    assert (row.state, row.answered_at) == (State.COMPLETED, NOW - timedelta(hours=1))
    with rls.acting(actor=people["worker"], now=NOW):
        flags = Event.objects.filter(subject=reference, out_of_order=True).order_by("pk")
        assert [event.topic for event in flags] == ["referral.accepted", "referral.completed"]


def test_owner_that_finds_it_knows_him_hands_the_case_over_in_the_same_act(case, send, do, people):
    """It had accepted a request before the case itself became its own."""
    agree(case, people["worker"], "psychosocial", "social_work_centre", {"person"})
    asked = send(to="ctxh", service="psychosocial", needs=(), groups=("person",))
    do("social", actions.accept_referral, reference=asked)
    with rls.acting(actor=people["worker"], now=NOW):
        row = Case.objects.get()
        with rls.on_case(row.pk):
            access.change_owner(
                row, agency=Agency.objects.get(code="ctxh"), actor=people["worker"], now=NOW,
                reason="handover",
            )  # fmt: skip

    do("social", actions.return_referral, reference=asked, reason="conflict")

    with rls.acting(actor=people["coordinator"], now=NOW):
        kept = Case.objects.select_related("owner").get(pk=row.pk)
        assert kept.owner.code == "truc"
    assert not sees_case(people, "social", NOW)


@pytest.fixture
def came_back(send, do):
    """A request that was declined: something is left to be sent on."""
    reference = send()
    do("doctor", actions.decline_referral, reference=reference, reason="full")
    return reference


def left_to(people, who):
    with rls.acting(actor=people[who], now=NOW):
        rows = Referral.objects.outgoing(people[who])
        return set(rows.values_list("reference", flat=True))


def test_what_came_back_is_the_senders_until_the_case_is_closed(case, came_back, do, people, held):
    before = left_to(people, "worker")

    do("worker", propose_closure, reference=case, reason="safe")
    do("supervisor", approve_closure, reference=case)

    assert before == {came_back}
    assert left_to(people, "worker") == set()


def test_handover_that_was_declined_is_nothing_to_do_for_who_has_handed_over(
    case, send, do, people
):
    agree(case, people["worker"], "case_management", "social_work_centre", {"person"})
    asked = {"service": "case_management", "kind": "handover", "needs": (), "groups": ("person",)}
    declined = send(to="ctxh", **asked)
    do("social", actions.decline_referral, reference=declined, reason="full")
    before = left_to(people, "worker")
    again = send(to="ctxh", **asked)

    do("social", actions.accept_referral, reference=again)

    assert before == {declined}
    assert left_to(people, "worker") == set()
