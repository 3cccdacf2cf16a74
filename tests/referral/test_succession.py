"""An office ends: its live requests pass to its successor by themselves."""

from datetime import timedelta

import pytest

from casework import sweeps as casework_sweeps
from casework.actions import withdraw_consent
from casework.models import Access, Case, Deadline
from network.models import Agency
from referral import actions
from referral.models import Referral, State
from referral.sweeps import pass_to_successors
from safekeeping import rls
from tests.conftest import NOW
from tests.referral.conftest import HEALTH, row_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def end(code, heir=None):
    """The office exists no longer; `heir` takes over."""
    Agency.objects.filter(code=code).update(
        valid_to=NOW.date(), successor=Agency.objects.get(code=heir) if heir else None
    )


def test_what_waits_passes_on_with_its_clock(send, people):
    reference = send(urgency="routine")
    end("ttyt-phucu", heir="bvdk-hungyen")

    assert pass_to_successors(NOW) == 1
    assert pass_to_successors(NOW) == 0

    row = row_of(reference, people["worker"])
    assert (row.to_agency.code, row.state) == ("bvdk-hungyen", State.SENT)
    with rls.acting(actor=people["worker"], now=NOW):
        assert Deadline.objects.get(subject=reference).agency.code == "bvdk-hungyen"


def test_what_was_opened_passes_on_exactly(send, do, people):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)
    end("ttyt-phucu", heir="bvdk-hungyen")

    pass_to_successors(NOW)

    with rls.acting(actor=people["general"], now=NOW):
        (granted,) = Access.objects.filter(live=True)
        assert set(granted.groups) == HEALTH
    with rls.acting(actor=people["doctor"], now=NOW):
        assert Case.objects.count() == 0


@pytest.mark.parametrize(("walk", "state"), [([], "WITHDRAWN"), (["accept"], "RETURNED")])
def test_without_an_heir_it_goes_back_to_the_sender(send, do, people, walk, state):
    reference = send()
    for _ in walk:
        do("doctor", actions.accept_referral, reference=reference)
    end("ttyt-phucu")

    pass_to_successors(NOW)

    assert row_of(reference, people["worker"]).state == state


def test_the_sweep_sees_nothing_of_offices_that_exist(send):
    send()

    with rls.acting(actor=None, now=NOW, system="sweep"):
        assert Referral.objects.count() == 0
    assert pass_to_successors(NOW + DAY) == 0


def test_it_passes_at_midnight_of_the_province_not_at_seven(send, people):
    """Between midnight here and midnight in Greenwich the database finds it too."""
    reference = send(urgency="routine")
    heir = Agency.objects.get(code="bvdk-hungyen")
    Agency.objects.filter(code="ttyt-phucu").update(valid_to=NOW.date() + DAY, successor=heir)
    midnight = NOW.replace(hour=17, minute=0)

    before = pass_to_successors(midnight - timedelta(minutes=1))
    passed = pass_to_successors(midnight)

    assert (before, passed) == (0, 1)
    assert row_of(reference, people["worker"]).to_agency.code == "bvdk-hungyen"


def test_unread_stop_passes_on_and_without_an_heir_needs_no_reader(send, do, people, case):
    first, second = send(), send(to="bvsn-hungyen")
    do("worker", withdraw_consent, reference=case, scope="sharing")
    end("ttyt-phucu", heir="bvdk-hungyen")
    end("bvsn-hungyen")

    pass_to_successors(NOW)

    with rls.acting(actor=people["general"], now=NOW):
        stops = Referral.objects.stops(people["general"])
        assert [row.reference for row in stops] == [first]
    assert row_of(second, people["worker"]).stop_seen_at == NOW


def test_what_the_ended_office_had_sent_goes_on_as_its_successors(send, do, people, case):
    waits, declined = send(), send(to="bvsn-hungyen")
    do("hospital", actions.decline_referral, reference=declined, reason="cannot_serve")
    end("ubnd-12424", heir="ubnd-12070")

    casework_sweeps.pass_on(NOW)

    stranger = people["stranger"]
    with rls.acting(actor=stranger, now=NOW):
        mine = {row.reference for row in Referral.objects.outgoing(stranger)}
    assert mine == {waits, declined}
    with rls.acting(actor=people["worker"], now=NOW):
        assert not Referral.objects.exists()
