"""How a stay ends: told or untold, against her will, by mistake; and what does not end it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from casework import holds
from casework.models import Case, Deadline
from safekeeping import rls
from safekeeping.errors import RuleBroken
from shelters import actions
from shelters.models import Stay
from tests.conftest import NOW
from tests.shelters.conftest import (
    actor_named,
    do,
    fresh,
    make_admitted,
    make_case,
    make_held,
    make_stay,
)
from tests.shelters.test_actions import (
    HOUR,
    NIGHT,
    events_of,
    running,
    uses_of,
)

pytestmark = pytest.mark.usefixtures("houses")


def test_leaving_frees_the_bed_and_asks_for_the_risk_again():
    stay = make_admitted()

    do("keeper", actions.discharge, reference=stay.reference, reason="relatives",
       next_place="relatives")  # fmt: skip

    assert fresh(stay).state == "DISCHARGED"
    assert uses_of(stay) == []
    assert "reassess" in running(stay)
    assert "stay_review" not in running(stay)


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        (actions.discharge, {"reason": "relatives", "next_place": "relatives"}),
        (actions.leave_untold, {}),
    ],
)
def test_nobody_leaves_before_having_come(verb, given):
    stay = make_admitted()

    with pytest.raises(RuleBroken, match="left-before-arrival"):
        do("keeper", verb, reference=stay.reference, happened_at=NOW - HOUR, **given)

    assert (fresh(stay).state, len(uses_of(stay))) == ("ADMITTED", 1)


def test_a_minute_is_not_told_apart():
    stay = make_admitted(at=NOW + timedelta(seconds=20))

    do("keeper", actions.leave_untold, at=NOW + HOUR, reference=stay.reference, happened_at=NOW)

    assert fresh(stay).ended_at == NOW + timedelta(seconds=20)


def asked_to_leave() -> Stay:
    stay = make_admitted()
    do("keeper", actions.discharge, reference=stay.reference, reason="house_rules",
       next_place="rented")  # fmt: skip
    return fresh(stay)


def test_against_her_will_it_takes_a_second_person():
    stay = asked_to_leave()
    assert (stay.state, events_of(stay)[-1]) == ("ADMITTED", "stay.leave_asked")

    with pytest.raises(PermissionDenied):
        do("keeper", actions.confirm_leave, reference=stay.reference)
    do("second_keeper", actions.confirm_leave, reference=stay.reference)

    assert fresh(stay).state == "DISCHARGED"


def test_nobody_is_sent_away_at_night():
    stay = asked_to_leave()

    with pytest.raises(RuleBroken, match="only-by-day"):
        do("leader", actions.confirm_leave, at=NIGHT, reference=stay.reference)


def test_the_second_person_may_let_her_stay():
    stay = asked_to_leave()

    do("second_keeper", actions.refuse_leave, reference=stay.reference)

    assert (fresh(stay).state, fresh(stay).reason) == ("ADMITTED", "")


@pytest.mark.parametrize("action", [actions.confirm_leave, actions.refuse_leave])
def test_nothing_to_confirm_where_nobody_asked(action):
    stay = make_admitted()

    with pytest.raises(RuleBroken, match="leave-not-asked"):
        do("second_keeper", action, reference=stay.reference)


def test_leaving_without_a_word_raises_the_question():
    stay = make_admitted()

    do("keeper", actions.leave_untold, reference=stay.reference)

    assert fresh(stay).state == "LEFT_UNTOLD"
    assert running(stay) >= {"safe_check", "reassess"}


def test_a_mistake_frees_its_bed():
    stay = make_admitted()

    do("keeper", actions.void_stay, reference=stay.reference, reason="wrong_bed")

    assert fresh(stay).state == "VOIDED"
    assert uses_of(stay) == []
    assert "stay_review" not in running(stay)


def test_a_withdrawn_consent_ends_no_stay():
    from casework.actions.consent import record_consent, withdraw_consent

    stay = make_admitted()
    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        Case.objects.filter(pk=stay.case_id).update(worker_id=actor_named("worker").user_id)
    do("worker", record_consent, reference=stay.case.reference, answers=["doctor"])

    do("worker", withdraw_consent, reference=stay.case.reference, scope="sharing")

    assert fresh(stay).state == "ADMITTED"


@pytest.mark.parametrize("make", [make_held, make_admitted])
def test_a_case_does_not_close_over_a_bed(make):
    stay = make()

    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        assert ("live-stay", 1) in {(r.code, r.count) for r in holds.holds_on(stay.case_id)}


@pytest.mark.parametrize("state", ["REQUESTED", "SAFE_ELSEWHERE"])
def test_nor_over_somebody_who_waits_for_one(state):
    """A house would keep a bed for a case that nobody works on any more."""
    stay = make_stay()
    if state == "SAFE_ELSEWHERE":
        do(
            "worker", actions.settle_elsewhere, reference=stay.reference, kind="relatives",
            next_check_at=NOW + HOUR,
        )  # fmt: skip

    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        asked = {(r.code, r.count) for r in holds.holds_on(stay.case_id)}
        assert {"open-stay", "live-stay"} & {code for code, _ in asked} == {"open-stay"}

    do("worker", actions.cancel_request, reference=stay.reference, reason="own_decision")
    with rls.acting(actor=actor_named("worker"), now=NOW), rls.on_case(stay.case_id):
        assert not {"open-stay"} & {r.code for r in holds.holds_on(stay.case_id)}


def test_leaving_puts_no_assessment_off_that_is_due_already():
    case = make_case(danger_now="yes")
    stay = make_admitted(make_stay(case))
    later = NOW + timedelta(hours=23)

    do("keeper", actions.discharge, at=later, reference=stay.reference, reason="relatives",
       next_place="relatives")  # fmt: skip

    with rls.acting(actor=actor_named("worker"), now=later):
        clocks = Deadline.objects.filter(case_id=case.pk, clock="reassess")
        assert [(one.due_at, one.met_at) for one in clocks] == [(NOW + timedelta(hours=24), None)]
