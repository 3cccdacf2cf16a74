"""Silence: requests that nobody answers, and what the sweep makes of them."""

from datetime import timedelta

import pytest
from django_fsm import TransitionNotAllowed

from casework.actions import set_block
from referral import actions
from referral.models import Referral, State
from referral.sweeps import lapse_unanswered
from safekeeping import rls
from safekeeping.models import Event
from tests.conftest import NOW
from tests.referral.conftest import office, row_of

pytestmark = pytest.mark.django_db

HALF_HOUR = NOW + timedelta(minutes=30)


def round_of(people, at=NOW):
    with rls.acting(actor=people["worker"], now=at):
        rows = Referral.objects.filter(service="health").order_by("pk").select_related("to_agency")
        return [(row.to_agency.code, str(row.state)) for row in rows]


@pytest.mark.parametrize(
    ("urgency", "before", "due"),
    [
        ("emergency", timedelta(minutes=30, seconds=-1), timedelta(minutes=30)),
        ("urgent", timedelta(hours=4, seconds=-1), timedelta(hours=4)),
        # Tuesday morning: two working days end with Thursday, at midnight in Hưng Yên.
        ("routine", timedelta(days=2, hours=14, seconds=-1), timedelta(days=2, hours=14)),
    ],
)
def test_a_request_lapses_when_its_clock_has_run_out(send, urgency, before, due):
    send(urgency=urgency)

    assert lapse_unanswered(NOW + before) == 0
    assert lapse_unanswered(NOW + due) == 1


def test_an_emergency_is_sent_to_the_next_agency_of_the_kind(send, people):
    send(urgency="emergency")

    lapse_unanswered(HALF_HOUR)

    assert round_of(people) == [("ttyt-phucu", "LAPSED"), ("bvsn-hungyen", "SENT")]


def test_the_chain_goes_on_and_ends_when_nobody_is_left(send, people):
    send(urgency="emergency")

    lapsed = [lapse_unanswered(NOW + n * timedelta(minutes=30)) for n in range(1, 6)]

    assert lapsed == [1, 1, 1, 1, 0]
    asked = round_of(people)
    assert [code for code, _ in asked] == [
        "ttyt-phucu", "bvsn-hungyen", "bvdk-hungyen", "bvdk-thaibinh",
    ]  # fmt: skip
    assert {state for _, state in asked} == {"LAPSED"}
    with rls.acting(actor=people["worker"], now=NOW):
        events = Event.objects.filter(topic="referral.lapsed").order_by("pk")
        codes = list(events.values_list("code", flat=True))
    assert codes == ["sent_on", "sent_on", "sent_on", "nobody_left"]


def test_an_urgent_request_lapses_and_the_next_is_only_proposed(send, do, people):
    reference = send()

    lapse_unanswered(NOW + timedelta(hours=4))

    assert round_of(people) == [("ttyt-phucu", "LAPSED")]
    offered = do("worker", actions.next_choices, reference=reference)
    assert offered[0].agency == office("bvsn-hungyen")


def test_a_late_answer_still_counts_and_supersedes_the_next(send, do, people):
    first = send(urgency="emergency")
    lapse_unanswered(HALF_HOUR)

    do("doctor", actions.accept_referral, reference=first, at=HALF_HOUR)

    assert round_of(people) == [("ttyt-phucu", "ACCEPTED"), ("bvsn-hungyen", "SUPERSEDED")]


def test_the_first_acceptance_wins(send, do, people):
    first = send(urgency="emergency")
    lapse_unanswered(HALF_HOUR)
    second = row_of(first, people["worker"]).followed_by
    with rls.acting(actor=people["worker"], now=NOW):
        second = second.get().reference
    do("hospital", actions.accept_referral, reference=second, at=HALF_HOUR)

    with pytest.raises(TransitionNotAllowed):
        do("doctor", actions.accept_referral, reference=first, at=HALF_HOUR)
    assert round_of(people) == [("ttyt-phucu", "SUPERSEDED"), ("bvsn-hungyen", "ACCEPTED")]


def test_a_part_taken_leaves_the_rest_to_the_others(send, do, people):
    first = send(urgency="emergency")
    lapse_unanswered(HALF_HOUR)

    do("doctor", actions.accept_referral, reference=first, parts=["exam"], at=HALF_HOUR)

    with rls.acting(actor=people["worker"], now=NOW):
        other = Referral.objects.get(to_agency__code="bvsn-hungyen")
    assert (str(other.state), other.needs) == ("SENT", ["treatment"])


def test_the_chain_leaves_blocked_offices_out(send, do, people, case):
    send(urgency="emergency")
    do("supervisor", set_block, reference=case, reason="asked", agency=office("bvsn-hungyen"))

    lapse_unanswered(HALF_HOUR)

    assert round_of(people)[-1] == ("bvdk-hungyen", "SENT")


def test_superseded_offices_no_longer_see_the_way_to_her(send, do, people):
    from casework.models import EmergencyCard

    first = send(urgency="emergency")
    lapse_unanswered(HALF_HOUR)
    do("doctor", actions.accept_referral, reference=first, at=HALF_HOUR)

    with rls.acting(actor=people["hospital"], now=HALF_HOUR):
        assert EmergencyCard.objects.count() == 0


def test_the_sweep_sees_due_rows_and_nothing_else(send):
    send(urgency="emergency")
    send(to="bvsn-hungyen", urgency="routine")

    with rls.acting(actor=None, now=HALF_HOUR, system="sweep"):
        assert Referral.objects.count() == 1


def test_an_answered_request_does_not_lapse(send, do):
    reference = send(urgency="emergency")
    do("doctor", actions.accept_referral, reference=reference)

    assert lapse_unanswered(HALF_HOUR) == 0


def test_what_lapsed_holds_no_closure(send, people):
    from casework import holds

    reference = send()
    lapse_unanswered(NOW + timedelta(hours=4))

    row = row_of(reference, people["worker"])
    with rls.acting(actor=people["worker"], now=NOW), rls.on_case(row.case_id):
        assert row.state == State.LAPSED
        assert "open-referral" not in {one.code for one in holds.holds_on(row.case_id)}
