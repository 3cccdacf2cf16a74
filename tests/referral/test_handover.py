"""A case was handed over: the request is done, and nothing that comes later speaks of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework.actions import record_death, set_block, withdraw_consent
from casework.models import Case, EmergencyCard
from hotline.models import Alert
from network.models import Agency
from referral import actions
from referral.actions.sending import Order
from referral.models import Referral, State
from referral.sweeps import pass_to_successors
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from tests.conftest import NOW
from tests.referral.conftest import agree, office, row_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ASKED = {"service": "case_management", "kind": "handover", "needs": (), "groups": ("person",)}


@pytest.fixture
def handed(send, do, people, case):
    """The centre has the case, by her consent."""
    agree(case, people["worker"], "case_management", "social_work_centre", {"person"})
    reference = send(to="ctxh", **ASKED)
    do("social", actions.accept_referral, reference=reference)
    return reference


def owner_of(case, people, who):
    with rls.acting(actor=people[who], now=NOW):
        return Case.objects.select_related("owner").get(reference=case).owner.code


@pytest.mark.parametrize("scope", ["sharing", "contact"])
def test_her_withdrawal_does_not_tell_the_new_owner_to_stop(handed, do, people, case, scope):
    do("social", withdraw_consent, reference=case, scope=scope)

    assert row_of(handed, people["social"]).state == State.ACCEPTED
    with rls.acting(actor=people["social"], now=NOW):
        assert not Referral.objects.stops(people["social"])


def test_nor_does_her_death(handed, do, people, case):
    do("social", record_death, reference=case, cause="illness")

    assert row_of(handed, people["social"]).state == State.ACCEPTED


@pytest.mark.parametrize(
    ("who", "action", "given"),
    [
        ("social", actions.start_referral, {}),
        ("social", actions.complete_referral, {"outcome": "helped"}),
        ("social", actions.return_referral, {"reason": "cannot_continue"}),
        ("supervisor", actions.void_referral, {"reason": "wrong_case"}),
    ],
)
def test_the_case_is_not_given_back_by_words_alone(handed, do, people, case, who, action, given):
    """Whoever gives it back asks the other office, which has to accept it."""
    with pytest.raises(TransitionNotAllowed):
        do(who, action, reference=handed, **given)

    assert owner_of(case, people, "social") == "ctxh"


@pytest.mark.parametrize("ask", [actions.next_choices, actions.send_on])
def test_a_declined_handover_is_not_sent_on_by_who_has_handed_over(send, do, people, case, ask):
    agree(case, people["worker"], "case_management", "social_work_centre", {"person"})
    declined = send(to="ctxh", **ASKED)
    do("social", actions.decline_referral, reference=declined, reason="full")
    do("social", actions.accept_referral, reference=send(to="ctxh", **ASKED))
    more = {"to_agency": office("truc")} if ask is actions.send_on else {}

    with pytest.raises(PermissionDenied):
        do("worker", ask, reference=declined, **more)


def test_a_declined_handover_is_offered_to_nobody_who_cannot_have_a_case(send, do, people, case):
    """By consent the next of the kind has nobody there; by law the next is a telephone line."""
    agree(case, people["worker"], "case_management", "social_work_centre", {"person"})
    by_consent = send(to="ctxh", **ASKED)
    by_law = send(
        to="ctxh", service="child_protection", kind="handover", needs=(), groups=(),
        ground="statute", statute="child_51",
    )  # fmt: skip
    for one in (by_consent, by_law):
        do("social", actions.decline_referral, reference=one, reason="full")

    line = Agency.objects.get(kind="child_line").code
    for one, nobody in ((by_consent, "ctxh-tb"), (by_law, line)):
        assert do("worker", actions.next_choices, reference=one) == ()
        with pytest.raises(RuleBroken, match="not-offered"):
            do("worker", actions.send_on, reference=one, to_agency=office(nobody))


def test_it_can_come_back_and_go_there_again(handed, send, do, people, case):
    for kind in ("commune_committee", "social_work_centre"):
        agree(case, people["social"], "case_management", kind, {"person"})
    back = do_send(do, "social_supervisor", case, "ubnd-12424")
    do("worker", actions.accept_referral, reference=back)

    again = do_send(do, "supervisor", case, "ctxh")

    do("social", actions.accept_referral, reference=again)
    assert owner_of(case, people, "social") == "ctxh"


def do_send(do, who, case, to):
    order = Order(to_agency=office(to), urgency="urgent", reach_by="companion", **ASKED)
    return do(who, actions.send_referral, reference=case, order=order)


def test_a_former_owner_reads_her_place_no_more(send, do, people, case):
    """An urgent handover shows the way to who is asked; not once the case went further."""
    first = send(
        to="ctxh", service="child_protection", kind="handover", ground="life", groups=(), needs=(),
        urgency="emergency", overriding="Trẻ đang gặp nguy hiểm",
    )  # fmt: skip
    do("social", actions.accept_referral, reference=first)
    agree(case, people["social"], "case_management", "duty_desk", {"person"})
    further = do_send(do, "social_supervisor", case, "truc")
    do("coordinator", actions.accept_referral, reference=further)

    with pytest.raises((PermissionDenied, NotVisible)):
        do("social", actions.open_way, reference=first)
    with rls.acting(actor=people["social"], now=NOW):
        assert not EmergencyCard.objects.visible_to(people["social"])


def test_it_does_not_pass_on_with_an_office_that_ends(handed, people):
    Agency.objects.filter(code="ctxh").update(valid_to=NOW.date())

    assert pass_to_successors(NOW) == 0
    assert row_of(handed, people["social"]).state == State.ACCEPTED


def test_an_owner_that_is_kept_out_has_returned_nothing(handed, do, people, case):
    do("social_supervisor", set_block, reference=case, reason="unclear", agency=office("ctxh"))

    assert owner_of(case, people, "coordinator") == "truc"
    with rls.acting(actor=people["coordinator"], now=NOW):
        assert Referral.objects.get(reference=handed).state == State.ACCEPTED


def test_who_was_asked_before_it_had_the_case_is_not_told_to_stop(send, do, people, case):
    """The centre helped already; now it has the case, and her withdrawal is no order to itself."""
    for service in ("psychosocial", "case_management"):
        agree(case, people["worker"], service, "social_work_centre", {"person"})
    helped = send(to="ctxh", service="psychosocial", needs=(), groups=("person",))
    do("social", actions.accept_referral, reference=helped)
    do("social", actions.accept_referral, reference=send(to="ctxh", **ASKED))

    do("social", withdraw_consent, reference=case, scope="sharing")

    assert row_of(helped, people["social"]).state == State.REVOKED
    with rls.acting(actor=people["social"], now=NOW):
        assert not Referral.objects.stops(people["social"])
        assert not Alert.objects.ringing().filter(topic="referral.revoked")
