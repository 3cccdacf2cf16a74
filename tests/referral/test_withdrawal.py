"""Her consent withdrawn: what ends, what stands, and the line that stays."""

import pytest

from casework.actions import withdraw_consent
from casework.models import Case
from referral import actions
from referral.models import Referral, State
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.models import Event
from tests.conftest import NOW
from tests.referral.conftest import office, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def withdraw(do, case):
    return lambda scope="sharing", **more: do(
        "worker", withdraw_consent, reference=case, scope=scope, **more
    )


@pytest.mark.parametrize("walk", [[], [actions.accept_referral],
                                  [actions.accept_referral, actions.start_referral]])  # fmt: skip
def test_live_requests_end_with_the_consent(send, do, people, withdraw, walk):
    reference = send()
    for action in walk:
        do("doctor", action, reference=reference)

    withdraw()

    row = row_of(reference, people["worker"])
    assert (row.state, row.reason) == (State.REVOKED, "sharing")
    with rls.acting(actor=people["doctor"], now=NOW):
        assert Case.objects.count() == 0
    with rls.acting(actor=people["worker"], now=NOW):
        assert Event.objects.get(topic="referral.revoked").code == "sharing"


def test_one_service_withdrawn_leaves_the_others(send, do, people, case, withdraw):
    from tests.referral.conftest import agree

    agree(case, people["worker"], "psychosocial", "social_work_centre", {"contact"})
    health = send()
    talk = send(to="ctxh", service="psychosocial", needs=(), groups=("contact",))

    withdraw("service", service="health")

    assert row_of(health, people["worker"]).state == State.REVOKED
    assert row_of(talk, people["worker"]).state == State.SENT


def test_statute_stands(send, people, withdraw):
    reference = send(
        to="ca-12424", service="police", ground="statute", statute="law13_20_4",
        groups=("contact",), needs=("go_there",),
    )  # fmt: skip

    withdraw()

    assert row_of(reference, people["worker"]).state == State.SENT


def test_withdrawn_contact_ends_what_would_reach_for_her(send, people, withdraw):
    reach = send(reach_by="safe_number")
    goes = send(to="bvsn-hungyen", reach_by="goes_self")

    withdraw("contact")

    assert row_of(reach, people["worker"]).state == State.REVOKED
    assert row_of(goes, people["worker"]).state == State.SENT


def test_nobody_else_is_asked_to_reach_for_her_then(send, do, people, withdraw, case):
    declined = send(reach_by="safe_number")
    do("doctor", actions.decline_referral, reference=declined, reason="full")
    withdraw("contact")

    with pytest.raises(RuleBroken, match="contact-taken-back"):
        send(to="bvsn-hungyen", reach_by="companion")
    with pytest.raises(RuleBroken, match="contact-taken-back"):
        do("worker", actions.send_on, reference=declined, to_agency=office("bvsn-hungyen"))

    goes = send(to="bvsn-hungyen", reach_by="goes_self")
    assert row_of(goes, people["worker"]).state == State.SENT


def test_danger_to_life_asks_nobody_whether_she_wants_contact(send, people, withdraw):
    withdraw("contact")

    sent = send(reach_by="companion", ground="life", overriding="Đang nguy hiểm đến tính mạng")

    assert row_of(sent, people["worker"]).state == State.SENT


@pytest.mark.parametrize("scope, column", [("contact", "contactable"), ("counted", "counted")])
def test_who_helps_hears_what_she_takes_back(send, do, people, case, scope, column):
    reference = send(reach_by="goes_self")
    do("doctor", actions.accept_referral, reference=reference)

    do("doctor", withdraw_consent, reference=case, scope=scope)

    with rls.acting(actor=people["worker"], now=NOW):
        assert getattr(Case.objects.get(), column) is False


def test_being_counted_withdrawn_ends_nothing(send, people, withdraw):
    reference = send()

    withdraw("counted")

    assert row_of(reference, people["worker"]).state == State.SENT


def test_the_receiver_keeps_one_line_until_somebody_confirms(send, do, people, withdraw):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)
    withdraw()

    with rls.acting(actor=people["doctor"], now=NOW):
        assert [r.reference for r in Referral.objects.stops(people["doctor"])] == [reference]
    do("second_doctor", actions.acknowledge_stop, reference=reference)

    with rls.acting(actor=people["doctor"], now=NOW):
        assert not Referral.objects.stops(people["doctor"]).exists()
        assert Event.objects.filter(topic="referral.stop_acknowledged").count() == 1


def test_there_is_nothing_to_confirm_while_consent_stands(send, do):
    reference = send()

    with pytest.raises(RuleBroken, match="no-stop-line"):
        do("doctor", actions.acknowledge_stop, reference=reference)


def test_the_line_is_for_the_addressee(send, do, withdraw):
    reference = send()
    withdraw()

    with pytest.raises(NotVisible):
        do("hospital", actions.acknowledge_stop, reference=reference)


def test_what_is_over_stays_over_but_closes_now(send, do, people, withdraw):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)
    do("doctor", actions.complete_referral, reference=reference, outcome="helped")

    withdraw()

    assert row_of(reference, people["worker"]).state == State.COMPLETED
    with rls.acting(actor=people["doctor"], now=NOW):
        assert Case.objects.count() == 0
