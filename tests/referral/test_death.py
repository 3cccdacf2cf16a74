"""She has died: requests end with a line to the receiver, the children's go on."""

import pytest

from casework.actions import record_death
from casework.models import Access, Deadline
from hotline.models import Alert
from referral import actions, cards
from referral.models import Referral, State
from safekeeping import rls
from safekeeping.models import Event
from tests.conftest import NOW
from tests.referral.conftest import agree, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def die(do, case):
    return lambda: do("worker", record_death, reference=case, cause="illness")


@pytest.mark.parametrize("walk", [[], [actions.accept_referral]])
def test_a_request_ends_with_one_line_to_the_receiver(send, do, people, die, walk):
    reference = send()
    for action in walk:
        do("doctor", action, reference=reference)

    die()

    row = row_of(reference, people["worker"])
    assert (row.state, row.reason) == (State.REVOKED, "died")
    with rls.acting(actor=people["doctor"], now=NOW):
        assert [r.reference for r in Referral.objects.stops(people["doctor"])] == [reference]
        assert not Access.objects.filter(live=True).exists()
        assert [a.topic for a in Alert.objects.ringing()][-1] == "referral.stopped"
        assert cards.reason_of(row, people["worker"]) == "Đã mất"
    with rls.acting(actor=people["worker"], now=NOW):
        assert Event.objects.get(topic="referral.stopped").code == "died"
        assert (
            Deadline.objects.get(subject=reference).met_at
            or Deadline.objects.get(subject=reference).waived_at
        )


def test_the_receiver_confirms_it_as_any_stop(send, do, people, die):
    reference = send()
    die()

    do("second_doctor", actions.acknowledge_stop, reference=reference)

    with rls.acting(actor=people["doctor"], now=NOW):
        assert not Referral.objects.stops(people["doctor"]).exists()
        assert not Alert.objects.ringing().filter(topic="referral.stopped").exists()


def test_what_is_asked_for_her_children_goes_on(send, people, die, case):
    agree(case, people["worker"], "child_protection", "social_work_centre", {"children"})
    reference = send(
        to="ctxh", service="child_protection", needs=(), groups=("children",), reach_by="jointly"
    )

    die()

    assert row_of(reference, people["worker"]).state == State.SENT


def test_who_goes_to_her_children_still_finds_the_way(send, do, people, die, case):
    agree(case, people["worker"], "child_protection", "social_work_centre", {"children"})
    reference = send(
        to="ctxh", service="child_protection", needs=(), groups=("children",), reach_by="jointly",
        urgency="emergency",
    )  # fmt: skip

    die()

    assert do("social", actions.open_way, reference=reference).ring_back


def test_nobody_is_rung_to_look_for_her(send, do, people, die, case):
    from casework import deadlines
    from casework.models import Case

    with rls.acting(actor=people["worker"], now=NOW):
        row = Case.objects.get(reference=case)
        with rls.on_case(row.pk):
            deadlines.safe_check(row, at=NOW)
    die()

    with rls.acting(actor=people["worker"], now=NOW):
        topics = {a.topic for a in Alert.objects.ringing()}
    assert "safe_check.raised" not in topics
    with rls.acting(actor=people["coordinator"], now=NOW):
        assert "death.recorded" in {a.topic for a in Alert.objects.ringing()}


def test_the_page_says_it_with_dignity(client, send, do, people, die):
    from django.template.loader import render_to_string

    reference = send()
    die()
    row = row_of(reference, people["doctor"])

    page = render_to_string(
        "referral/parts/stop.html", {"card": {"row": row, "title": "Khám", "doors": set()}}
    )

    assert "đã mất" in page
    assert "đồng ý" not in page
