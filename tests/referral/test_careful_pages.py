"""Pages that hold somebody back: she wants no contact, or the case has ended."""

import pytest
from django.urls import reverse
from django.utils import timezone

from casework import holds
from casework.actions import approve_closure, propose_closure, withdraw_consent
from referral import actions
from referral.models import Referral
from safekeeping import rls
from tests.conftest import NOW
from tests.referral.test_views import text_of, url

pytestmark = pytest.mark.django_db
NO_CONTACT = "Người ấy không muốn được liên lạc."


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_whoever_would_reach_for_her_is_told_that_she_wants_no_contact(send, do, client_of, case):
    do("doctor", actions.accept_referral, reference=(sent := send(reach_by="goes_self")))
    pages = {"doctor": url("detail", sent), "worker": url("send", case) + "?service=health"}
    assert not any(NO_CONTACT in text_of(client_of(who).get(pages[who])) for who in pages)

    do("worker", withdraw_consent, reference=case, scope="contact")

    assert all(NO_CONTACT in text_of(client_of(who).get(pages[who])) for who in pages)


def test_no_card_is_offered_that_a_closed_case_took_back(
    people, client_of, do, report, monkeypatch
):
    """The police had confirmed its notice; their page led to nothing."""
    monkeypatch.setattr(holds, "_holds", [])
    of = report(by="worker", danger_now="yes")
    with rls.acting(actor=people["officer"], now=NOW):
        row = Referral.objects.filter(to_agency_id=people["officer"].agency_id).first()
    do("officer", actions.acknowledge_referral, reference=row.reference)
    url = reverse("referral:detail", args=[row.reference])
    before = client_of("officer").get(url).content.decode()

    do("supervisor", propose_closure, reference=of, reason="entered_by_mistake")
    do("second_supervisor", approve_closure, reference=of)

    offered = 'name="group" value="way"'
    assert offered in before
    assert offered not in client_of("officer").get(url).content.decode()
