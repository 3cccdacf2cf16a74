"""Sending: grounds, guards, and who can be asked."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework.actions import Line, record_consent, set_block
from casework.models import Case, Deadline, EmergencyCard, Override
from referral import actions
from referral.models import Referral, State
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.models import Event
from tests.conftest import NOW
from tests.referral.conftest import HEALTH, agree, office, row_of

pytestmark = pytest.mark.django_db


def test_a_request_is_a_card_of_coded_words(send, people):
    row = row_of(send(), people["worker"])

    assert (row.state, row.area, row.age_band, row.risk) == ("SENT", "south", "unknown", "standard")
    assert (row.needs, set(row.groups)) == (["exam", "treatment"], set(HEALTH))


def test_a_request_starts_the_clock_of_its_urgency(send, people):
    reference = send(urgency="emergency")

    with rls.acting(actor=people["worker"], now=NOW):
        clock = Deadline.objects.get(subject=reference)
        event = Event.objects.get(topic="referral.sent")
    assert (clock.clock, clock.agency_id) == ("referral_answer", people["doctor"].agency_id)
    assert (clock.due_at - NOW).total_seconds() == 30 * 60
    assert (event.code, event.to_state) == ("emergency", "SENT")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"groups": ("account",)}, "consent-missing"),
        ({"service": "psychosocial", "to": "ctxh", "needs": ()}, "consent-missing"),
        ({"service": "shelter", "needs": ()}, "bed-by-stay"),
        ({"service": "magic", "needs": ()}, "unknown-code"),
        ({"reach_by": "=cmd"}, "unknown-code"),
        ({"urgency": "now!"}, "unknown-code"),
        ({"needs": ("job",)}, "unknown-code"),
        ({"to": "tgpl"}, "not-offered"),
        ({"to": "ubnd-12424"}, "not-offered"),
        ({"ground": "statute", "statute": "law13_20_4"}, "statute-not-fitting"),
        ({"ground": "life", "groups": ("contact",)}, "soft-guard"),
        ({"ground": "life", "groups": ("account",)}, "life-not-for-this"),
    ],
)
def test_a_request_is_refused_without_ground_or_shape(send, changes, code):
    with pytest.raises(RuleBroken, match=code):
        send(**changes)


def test_danger_to_life_passes_consent_with_one_sentence(send, people):
    reference = send(
        to="ca-12424", service="police", ground="life", groups=("contact",), needs=("go_there",),
        urgency="emergency", overriding="Người kia cầm dao trước cửa",
    )  # fmt: skip

    with rls.acting(actor=people["supervisor"], now=NOW):
        case = Case.objects.get()
        with rls.on_case(case.pk):
            row = Override.objects.get()
    assert (row.action, row.guards) == ("send_referral", ["consent"])
    assert row_of(reference, people["worker"]).ground == "life"


def test_a_colleague_passes_assignment_to_reach_police_in_danger(send, people):
    reference = send(
        by="colleague", to="ca-12424", service="police", ground="life", groups=(),
        needs=("go_there",), urgency="emergency", overriding="Người kia đang phá cửa",
    )  # fmt: skip

    with rls.acting(actor=people["worker"], now=NOW):
        sent = Event.objects.get(topic="referral.sent", subject=reference)
    assert sent.override == ["assignment", "consent"]


def test_a_colleague_who_is_not_the_worker_does_not_send(send):
    with pytest.raises(PermissionDenied):
        send(by="colleague", service="psychosocial", to="ctxh", needs=(), groups=())


@pytest.mark.parametrize("who", ["stranger", "analyst"])
def test_who_does_not_see_the_case_cannot_send(send, who):
    with pytest.raises(NotVisible):
        send(by=who)


def test_nobody_is_asked_twice_for_the_same(send):
    send()

    with pytest.raises(RuleBroken, match="asked-already"):
        send()


def test_a_blocked_office_is_not_offered_and_cannot_be_asked(send, do, case, people):
    do("supervisor", set_block, reference=case, reason="asked", agency=office("ttyt-phucu"))

    choices = do("worker", actions.choices_for, reference=case, service="health")

    assert office("ttyt-phucu") not in {one.agency for one in choices.offers}
    with pytest.raises(RuleBroken, match="not-offered"):
        send()


def test_an_office_whose_every_member_is_blocked_is_not_offered(do, case, people):
    from network.models import User

    for who in ("doctor", "second_doctor"):
        user = User.objects.get(pk=people[who].user_id).reference
        do("supervisor", set_block, reference=case, reason="asked", user=user)

    choices = do("worker", actions.choices_for, reference=case, service="health")

    assert office("ttyt-phucu") not in {one.agency for one in choices.offers}


def test_an_office_that_nobody_signs_in_for_is_offered_with_whom_to_ring(do, case):
    choices = do("worker", actions.choices_for, reference=case, service="health")

    ambulance = next(one for one in choices.offers if one.agency == office("capcuu-115"))
    assert (ambulance.connected, ambulance.phone, ambulance.consented) == (False, "115", None)


def test_a_block_set_later_takes_waiting_requests_back(send, do, case, people, seen):
    reference = send()

    do("supervisor", set_block, reference=case, reason="asked", agency=office("ttyt-phucu"))

    row = row_of(reference, people["worker"])
    assert (row.state, row.reason) == (State.WITHDRAWN, "conflict")
    assert seen("doctor", reference) is None


def test_a_block_set_later_ends_work_and_closes_what_was_open(send, do, case, people):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)

    do("supervisor", set_block, reference=case, reason="asked", agency=office("ttyt-phucu"))

    assert row_of(reference, people["worker"]).state == State.RETURNED
    with rls.acting(actor=people["doctor"], now=NOW):
        assert Case.objects.count() == 0


def test_police_and_emergencies_see_at_once_how_to_reach_her(send, do, people):
    urgent, emergency = send(), send(to="bvsn-hungyen", urgency="emergency")

    with rls.acting(actor=people["hospital"], now=NOW):
        assert EmergencyCard.objects.count() == 1
    with rls.acting(actor=people["doctor"], now=NOW):
        assert EmergencyCard.objects.count() == 0
    assert do("hospital", actions.open_way, reference=emergency).ring_back == "0900 000 017"
    with pytest.raises(PermissionDenied):
        do("doctor", actions.open_way, reference=urgent)


def test_the_way_to_her_closes_when_the_request_is_taken_back(send, do, people):
    reference = send(to="bvsn-hungyen", urgency="emergency")

    do("worker", actions.withdraw_referral, reference=reference)

    with rls.acting(actor=people["hospital"], now=NOW):
        assert EmergencyCard.objects.count() == 0


def test_only_the_sender_takes_a_request_back(send, do):
    reference = send()

    with pytest.raises(PermissionDenied):
        do("doctor", actions.withdraw_referral, reference=reference)


def test_a_refusal_is_sent_on_to_the_next_agency_of_the_kind(send, do, people):
    first = send(message="Xin gọi trước")
    do("doctor", actions.decline_referral, reference=first, reason="full")

    offered = do("worker", actions.next_choices, reference=first)
    second = do("worker", actions.send_on, reference=first, to_agency=offered[0].agency)

    row = row_of(second, people["worker"])
    assert (row.state, row.needs, set(row.groups)) == ("SENT", ["exam", "treatment"], set(HEALTH))
    assert {one.kind for one in offered} == {"health_facility"}
    assert office("ttyt-phucu") not in {one.agency for one in offered}
    assert row_of(first, people["worker"]).passed_on


def test_words_travel_along_when_a_request_is_sent_on(send, do, people):
    first = send(message="Xin gọi trước")
    do("doctor", actions.decline_referral, reference=first, reason="full")
    second = do("worker", actions.send_on, reference=first, to_agency=office("bvsn-hungyen"))
    do("hospital", actions.accept_referral, reference=second)

    assert do("hospital", actions.open_message, reference=second) == "Xin gọi trước"


def test_the_rest_of_a_part_is_sent_on(send, do, people):
    first = send()
    do("doctor", actions.accept_referral, reference=first, parts=["exam"])

    second = do("worker", actions.send_on, reference=first, to_agency=office("bvsn-hungyen"))

    assert row_of(second, people["worker"]).needs == ["treatment"]


def test_what_still_waits_is_not_sent_on(send, do):
    reference = send()

    with pytest.raises(RuleBroken, match="not-to-send-on"):
        do("worker", actions.send_on, reference=reference, to_agency=office("bvsn-hungyen"))


def test_a_request_goes_on_only_to_who_can_be_asked(send, do):
    reference = send()
    do("doctor", actions.decline_referral, reference=reference, reason="full")

    with pytest.raises(RuleBroken, match="not-offered"):
        do("worker", actions.send_on, reference=reference, to_agency=office("tgpl"))


def test_the_receiver_does_not_send_on(send, do):
    reference = send()
    do("doctor", actions.decline_referral, reference=reference, reason="full")

    with pytest.raises(PermissionDenied):
        do("doctor", actions.send_on, reference=reference, to_agency=office("bvsn-hungyen"))


def test_acceptance_of_a_handover_changes_the_owner(send, do, people, case):
    agree(case, people["worker"], "case_management", "social_work_centre", {"person", "contact"})
    other = send()
    reference = send(
        to="ctxh", service="case_management", kind="handover", needs=(), groups=("person",)
    )

    do("social", actions.accept_referral, reference=reference)

    with rls.acting(actor=people["social"], now=NOW):
        row = Case.objects.select_related("owner").get()
        assert (row.owner.code, row.worker_id) == ("ctxh", None)
        assert Referral.objects.get(reference=other).from_agency.code == "ctxh"
    with rls.acting(actor=people["worker"], now=NOW):
        assert Referral.objects.visible_to(people["worker"]).filter(reference=other).count() == 0


def test_a_former_owner_gives_the_case_to_nobody_else(send, do, people, case):
    for kind in ("social_work_centre", "duty_desk"):
        agree(case, people["worker"], "case_management", kind, {"person"})
    asked = {"service": "case_management", "kind": "handover", "needs": (), "groups": ()}
    other = send(to="truc", **asked)

    do("social", actions.accept_referral, reference=send(to="ctxh", **asked))

    with pytest.raises(TransitionNotAllowed):
        do("coordinator", actions.accept_referral, reference=other)
    assert row_of(other, people["social"]).reason == "handed_over"


def test_a_former_owner_opens_nothing_of_what_it_sent(send, do, people, case):
    agree(case, people["worker"], "case_management", "social_work_centre", {"person"})
    done = send(message="Nhờ khám")
    do("doctor", actions.accept_referral, reference=done)
    do("doctor", actions.complete_referral, reference=done, outcome="helped", feedback="Đã khám")
    handed = send(to="ctxh", service="case_management", kind="handover", needs=(), groups=())
    do("social", actions.accept_referral, reference=handed)

    assert do("social", actions.open_feedback, reference=done) == "Đã khám"
    for open_ in (actions.open_feedback, actions.open_message):
        with pytest.raises(PermissionDenied):
            do("worker", open_, reference=done)


def test_a_handover_goes_to_an_office_that_can_own_a_case(send, people, case):
    agree(case, people["worker"], "case_management", "social_work_centre", {"person"})

    with pytest.raises(RuleBroken, match="not-connected"):
        send(to="ctxh-tb", service="case_management", kind="handover", needs=(), groups=())


@pytest.mark.parametrize("groups", [("person",), ()])
def test_asked_again_she_may_agree_to_less(send, do, people, case, groups):
    """Or to nothing of it: what she said before opens no more to anybody new."""
    line = Line("health", "health_facility", groups, bool(groups))
    do(
        "worker", record_consent, reference=case, answers=(), sheet=[line],
        at=NOW + timedelta(hours=1),
    )  # fmt: skip

    with pytest.raises(RuleBroken, match="consent-missing"):
        send(at=NOW + timedelta(hours=2))


def test_what_she_says_last_counts_in_whatever_order_it_is_typed(send, do, people, case):
    line = Line("health", "health_facility", ("person",), given=True)
    do(
        "worker", record_consent, reference=case, answers=(), sheet=[line],
        happened_at=NOW - timedelta(days=1),
    )  # fmt: skip

    assert row_of(send(), people["worker"]).groups == sorted(HEALTH)
