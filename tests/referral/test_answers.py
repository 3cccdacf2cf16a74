"""Answers: who may give them, what they open, who wins."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import access
from casework.models import Access, Block, Case, Deadline
from referral import actions
from referral.actions.answer import Said
from referral.models import Referral, State
from safekeeping import rls
from safekeeping.errors import NotGranted, NotVisible, RuleBroken
from safekeeping.models import Event
from tests.conftest import NOW
from tests.referral.conftest import HEALTH, agree, row_of

pytestmark = pytest.mark.django_db


def granted_to(people, who, at=NOW):
    with rls.acting(actor=people[who], now=at):
        return list(Access.objects.filter(agency_id=people[who].agency_id, live=True))


def test_acceptance_opens_exactly_the_consented_groups(send, do, people):
    reference = send(groups=("contact", "needs"))

    do("doctor", actions.accept_referral, reference=reference)

    (row,) = granted_to(people, "doctor")
    assert (set(row.groups), row.ends, row.why) == ({"contact", "needs"}, None, "consent")
    assert row_of(reference, people["worker"]).state == State.ACCEPTED


def test_acceptance_is_recorded_with_its_groups_and_meets_the_clock(send, do, people):
    reference = send()

    do("doctor", actions.accept_referral, reference=reference, at=NOW + timedelta(minutes=9))

    with rls.acting(actor=people["worker"], now=NOW):
        event = Event.objects.get(topic="referral.accepted")
        clock = Deadline.objects.get(clock="referral_answer", subject=reference)
    assert (event.from_state, event.to_state, set(event.groups)) == (
        "SENT",
        "ACCEPTED",
        set(HEALTH),
    )
    assert clock.met_at == NOW + timedelta(minutes=9)


def test_what_was_not_consented_stays_closed_to_the_receiver(send, do, people):
    reference = send(groups=("contact",))
    do("doctor", actions.accept_referral, reference=reference)

    with pytest.raises(NotGranted):
        do("doctor", actions.open_shared, reference=reference, group="person")


def test_the_sender_cannot_answer_its_own_request(send, do):
    reference = send()

    with pytest.raises(PermissionDenied):
        do("supervisor", actions.accept_referral, reference=reference)


def test_a_third_agency_does_not_see_it(send, do):
    reference = send()

    with pytest.raises(NotVisible):
        do("hospital", actions.accept_referral, reference=reference)


def test_nobody_accepts_twice(send, do):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)

    with pytest.raises(TransitionNotAllowed):
        do("second_doctor", actions.accept_referral, reference=reference)


def test_acceptance_is_refused_once_consent_has_ended(send, do, people, case):
    reference = send()
    with rls.acting(actor=people["worker"], now=NOW):
        row = Referral.objects.get(reference=reference)
        with rls.on_case(row.case_id):
            consent = Referral.objects.select_related("consent").get(pk=row.pk).consent
            consent.withdraw(scope="service", at=NOW)
            consent.save()

    with pytest.raises(RuleBroken, match="consent-ended"):
        do("doctor", actions.accept_referral, reference=reference)
    assert granted_to(people, "doctor") == []


def test_an_answer_from_the_future_is_refused(send, do):
    reference = send()

    with pytest.raises(RuleBroken, match="in-the-future"):
        do(
            "doctor", actions.accept_referral, reference=reference,
            happened_at=NOW + timedelta(minutes=1),
        )  # fmt: skip


def test_part_of_a_request_can_be_taken_on(send, do, people):
    reference = send()

    do("doctor", actions.accept_referral, reference=reference, parts=["exam"])

    row = row_of(reference, people["worker"])
    assert (row.state, row.parts, row.needs) == (
        State.PARTLY_ACCEPTED, ["exam"], ["exam", "treatment"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "code"),
    [([], "parts-none"), (["exam", "treatment"], "parts-all"), (["job"], "parts-unknown")],
)
def test_parts_must_be_some_of_what_was_asked(send, do, parts, code):
    reference = send()

    with pytest.raises(RuleBroken, match=code):
        do("doctor", actions.accept_referral, reference=reference, parts=parts)


def test_a_refusal_reaches_the_sender_with_its_reason(send, do, people):
    reference = send()

    do("doctor", actions.decline_referral, reference=reference, reason="full")

    row = row_of(reference, people["worker"])
    assert (row.state, row.reason, row.passed_on) == (State.DECLINED, "full", False)
    assert granted_to(people, "doctor") == []


def test_a_refusal_needs_a_reason_of_the_list(send, do):
    reference = send()

    with pytest.raises(RuleBroken, match="unknown-code"):
        do("doctor", actions.decline_referral, reference=reference, reason="no time =cmd")


def test_a_conflict_keeps_the_office_out_and_is_read_by_coordinators_alone(send, do, people, seen):
    reference = send()

    do("doctor", actions.decline_referral, reference=reference, reason="conflict")

    from referral import policy

    row = row_of(reference, people["worker"])
    with rls.acting(actor=people["worker"], now=NOW):
        assert Event.objects.get(topic="referral.declined").code == ""
        with rls.on_case(row.case_id):
            assert Block.objects.get(agency__code="ttyt-phucu").live
    assert not policy.may_read_reason(people["worker"], row)
    assert policy.may_read_reason(people["coordinator"], row)
    assert seen("second_doctor", reference) is None


def test_an_office_outside_is_answered_for_by_the_sender(send, do, people):
    agree(_case(send, people), people["worker"], "legal", "legal_aid", {"contact"})
    reference = send(to="tgpl", service="legal", needs=("advice",), groups=("contact",))
    said = Said(answer="accepted", how="call", who="Chị Giang", at=NOW)

    do("worker", actions.record_answer, reference=reference, said=said)

    row = row_of(reference, people["worker"])
    assert (row.outside, row.state, row.answered_how) == (True, State.ACCEPTED, "call")
    with rls.acting(actor=people["worker"], now=NOW), rls.on_case(row.case_id):
        assert not Access.objects.filter(agency=row.to_agency).exists()


def _case(send, people):
    with rls.acting(actor=people["worker"], now=NOW):
        return Case.objects.get().reference


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answer": "perhaps"}, "unknown-code"),
        ({"how": "pigeon"}, "unknown-code"),
        ({"at": NOW + timedelta(hours=1)}, "in-the-future"),
        ({"answer": "declined", "reason": "none of yours"}, "unknown-code"),
    ],
)
def test_a_recorded_answer_is_one_of_the_list(send, do, people, changes, code):
    agree(_case(send, people), people["worker"], "legal", "legal_aid", {"contact"})
    reference = send(to="tgpl", service="legal", needs=("advice",), groups=("contact",))
    said = Said(**{"answer": "accepted", "how": "call", "who": "ai đó", "at": NOW, **changes})

    with pytest.raises(RuleBroken, match=code):
        do("worker", actions.record_answer, reference=reference, said=said)


def test_the_sender_records_no_answer_for_a_member(send, do):
    reference = send()
    said = Said(answer="accepted", how="call", who="ai đó", at=NOW)

    with pytest.raises(PermissionDenied):
        do("worker", actions.record_answer, reference=reference, said=said)


def test_words_open_to_who_accepted_and_the_opening_is_recorded(send, do, people):
    reference = send(message="Gọi trước khi đến")

    with pytest.raises(PermissionDenied):
        do("doctor", actions.open_message, reference=reference)
    do("doctor", actions.accept_referral, reference=reference)

    assert do("doctor", actions.open_message, reference=reference) == "Gọi trước khi đến"
    with rls.acting(actor=people["doctor"], now=NOW):
        assert Event.objects.filter(topic="case.seen", groups=["message"]).count() == 1


def test_before_acceptance_the_case_does_not_exist_for_the_receiver(send, people):
    send()

    with rls.acting(actor=people["doctor"], now=NOW):
        assert Referral.objects.incoming(people["doctor"]).count() == 1
        assert Case.objects.count() == 0


def test_groups_for_the_receiver_are_what_acceptance_granted(send, do, people):
    reference = send(groups=("contact", "needs"))
    do("doctor", actions.accept_referral, reference=reference)

    with rls.acting(actor=people["doctor"], now=NOW):
        case = Case.objects.get()
        assert access.groups_for(people["doctor"], case, NOW) == {"contact", "needs"}


def test_who_could_not_be_reached_is_looked_for(send, do, people):
    reference = send()

    do("doctor", actions.decline_referral, reference=reference, reason="not_reachable")

    with rls.acting(actor=people["worker"], now=NOW):
        clock = Deadline.objects.get(clock="safe_check")
    assert clock.agency_id == people["worker"].agency_id
