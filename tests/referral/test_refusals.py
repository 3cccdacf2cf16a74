"""Looking is refused like doing; and a closed case leaves nothing to be taken on."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from casework.models import Case
from referral import actions
from referral.models import State
from referral.sweeps import lapse_unanswered
from safekeeping import events, rls
from safekeeping.errors import NotVisible
from tests.conftest import NOW
from tests.referral.conftest import row_of

pytestmark = pytest.mark.django_db


def test_who_may_not_send_is_not_told_who_could_be_asked(do, case):
    with pytest.raises(PermissionDenied):
        do("colleague", actions.choices_for, reference=case, service="legal")
    with pytest.raises(NotVisible):
        do("stranger", actions.choices_for, reference=case, service="legal")


def test_the_receiver_is_not_told_who_is_asked_next(send, do):
    reference = send()

    with pytest.raises(PermissionDenied):
        do("doctor", actions.next_choices, reference=reference)


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (actions.open_shared, {"group": "contact"}),
        (actions.open_way, {}),
        (actions.open_message, {}),
    ],
)
def test_nothing_opens_before_the_acceptance(send, do, action, given):
    reference = send(message="Xin gọi trước")

    with pytest.raises(PermissionDenied):
        do("doctor", action, reference=reference, **given)


def test_feedback_is_for_the_two_agencies(send, do):
    reference = send()

    with pytest.raises(NotVisible):
        do("hospital", actions.open_feedback, reference=reference)


def test_nobody_takes_on_what_lapsed_once_the_case_is_closed(send, people):
    reference = send()
    lapse_unanswered(NOW + timedelta(hours=4))
    row = row_of(reference, people["worker"])

    with rls.acting(actor=people["worker"], now=NOW), rls.on_case(row.case_id):
        closed = Case.objects.get(pk=row.case_id)
        events.record("case.closed", subject=closed, actor=people["worker"], at=NOW)

    assert row_of(reference, people["worker"]).state == State.WITHDRAWN
