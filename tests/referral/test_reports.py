"""What a report opens: needs within the hour, and notices by law."""

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework.actions import clear_conflict
from casework.models import Case, Deadline, EmergencyCard
from referral import actions
from referral.models import Referral
from safekeeping import rls
from safekeeping.models import Event
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def asked(by, at=NOW):
    """(office, kind, service, ground, outside) of all referrals that this person sees."""
    with rls.acting(actor=by, now=at):
        rows = Referral.objects.order_by("pk").select_related("to_agency")
        return [(r.to_agency.code, r.kind, r.service, r.ground, r.outside) for r in rows]


def test_needs_of_a_report_become_emergency_requests_of_the_owner(report, people):
    report(needs=("doctor", "talk"))

    assert asked(people["supervisor"]) == [
        ("ttyt-phucu", "service", "health", "consent", False),
        ("ctxh", "service", "psychosocial", "consent", False),
    ]
    with rls.acting(actor=people["supervisor"], now=NOW):
        first = Referral.objects.order_by("pk")[0]
        assert (first.urgency, first.from_agency_id) == (
            "emergency", people["supervisor"].agency_id,
        )  # fmt: skip


def test_a_bed_is_no_referral(report, people):
    report(needs=("bed",))

    assert asked(people["supervisor"]) == []


@pytest.mark.parametrize("needs", [("none",), ("could_not_ask",), ()])
def test_nothing_is_asked_for_her_where_nothing_was_said(report, people, needs):
    report(needs=needs)

    assert asked(people["supervisor"]) == []


def test_the_law_tells_police_in_danger_to_life(report, people):
    report(by="health", danger_now="yes")

    assert asked(people["supervisor"]) == [("ca-12424", "notify", "police", "statute", False)]
    with rls.acting(actor=people["supervisor"], now=NOW):
        assert Referral.objects.get().statute.endswith("/life")


def test_police_asked_for_and_told_by_law_get_one_message(report, people):
    report(by="health", danger_now="yes", needs=("police",))

    assert asked(people["supervisor"]) == [("ca-12424", "service", "police", "statute", False)]


def test_a_confirmed_notice_meets_the_law_and_opens_the_card(report, people, do):
    report(by="health", danger_now="yes")
    with rls.acting(actor=people["officer"], now=NOW):
        reference = Referral.objects.get().reference

    do("officer", actions.acknowledge_referral, reference=reference)

    with rls.acting(actor=people["officer"], now=NOW):
        assert EmergencyCard.objects.count() == 1
        assert Case.objects.count() == 0
    with rls.acting(actor=people["supervisor"], now=NOW):
        assert Deadline.objects.get(clock="police_vulnerable").met_at == NOW
        assert Event.objects.filter(topic="referral.acknowledged").count() == 1
    assert do("officer", actions.open_way, reference=reference).ring_back == "0900 000 017"


def test_police_that_say_no_have_not_come(report, people, do):
    report(by="health", danger_now="yes", needs=("police",))
    with rls.acting(actor=people["officer"], now=NOW):
        reference = Referral.objects.get().reference

    do("officer", actions.decline_referral, reference=reference, reason="full")

    with rls.acting(actor=people["supervisor"], now=NOW):
        assert Deadline.objects.get(clock="police_vulnerable").met_at is None


def test_a_notice_is_confirmed_once_and_by_its_addressee(report, people, do):
    report(by="health", danger_now="yes")
    with rls.acting(actor=people["officer"], now=NOW):
        reference = Referral.objects.get().reference

    with pytest.raises(PermissionDenied):
        do("supervisor", actions.acknowledge_referral, reference=reference)
    do("officer", actions.acknowledge_referral, reference=reference)
    with pytest.raises(TransitionNotAllowed):
        do("officer", actions.acknowledge_referral, reference=reference)


def test_a_notice_is_not_accepted(report, people, do):
    report(by="health", danger_now="yes")
    with rls.acting(actor=people["officer"], now=NOW):
        reference = Referral.objects.get().reference

    with pytest.raises(TransitionNotAllowed):
        do("officer", actions.accept_referral, reference=reference)


def test_the_reporter_learns_of_no_request(report, people):
    report(by="health", needs=("talk",))

    assert asked(people["health"]) == []


def test_a_conflict_keeps_offices_out_until_it_is_cleared(report, people, do):
    reference = report(by="health", danger_now="yes", conflict="yes")
    before = {one[0] for one in asked(people["coordinator"])}

    do("coordinator", clear_conflict, reference=reference)

    after = {one[0] for one in asked(people["supervisor"])}
    assert "ca-12424" not in before
    assert "ca-12424" in after


def test_a_report_that_cannot_open_its_needs_is_not_half_saved(report, people, monkeypatch):
    from referral import requests

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(requests, "send", broken)

    with pytest.raises(ZeroDivisionError):
        report(needs=("doctor",))
    with rls.acting(actor=people["supervisor"], now=NOW):
        assert Case.objects.count() == 0
