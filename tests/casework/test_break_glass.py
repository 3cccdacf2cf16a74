"""An hour's opening without access."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from casework import access, actions
from casework.groups import EVERY, INFORMANT
from casework.models import BreakGlass, Case, Deadline, EmergencyCard, Override
from network.models import Agency
from safekeeping import rls
from safekeeping.errors import NotGranted, NotVisible, RuleBroken
from tests.casework import looks

pytestmark = pytest.mark.django_db


def smash(actor, reference, now, **more):
    with rls.acting(actor=actor, now=now):
        return actions.break_glass(
            actor=actor, reference=reference, now=now,
            **{"reason": "worker_absent", "fresh_mfa": True, **more},
        )  # fmt: skip


def test_colleague_opens_for_an_hour_and_no_longer(cast, assigned, now):
    reference, who = assigned(), cast["colleague"]

    smash(who, reference, now)

    case = looks.one(Case, reference)
    last = now + timedelta(minutes=60)
    with rls.acting(actor=who, now=now):
        assert access.groups_for(who, case, now) == EVERY - {INFORMANT}
    with rls.acting(actor=who, now=last):
        assert access.groups_for(who, case, last) == frozenset()


def test_opening_is_for_one_person_only(cast, assigned, actor, now):
    reference, other = assigned(), actor("ubnd-12424", "caseworker", name="third")

    smash(cast["colleague"], reference, now)

    with rls.acting(actor=other, now=now):
        assert access.groups_for(other, looks.one(Case, reference), now) == frozenset()


def test_opening_is_told_with_clocks_for_words_and_review(cast, assigned, now):
    reference = assigned()

    smash(cast["colleague"], reference, now)

    clocks = {row.clock: row.due_at for row in looks.rows(Deadline, reference)}
    assert "glass.broken" in looks.topics(reference)
    assert clocks["break_glass_words"] == now + timedelta(hours=24)
    assert clocks["break_glass_review"] == now + timedelta(hours=72)


def test_coordinator_opens_what_only_the_card_shows(cast, assigned, now):
    reference, who = assigned(), cast["coordinator"]
    card = looks.one(EmergencyCard, reference).reference

    smash(who, card, now, reason="danger_to_life")

    with rls.acting(actor=who, now=now):
        assert Case.objects.visible_to(who).filter(reference=reference).exists()


def test_old_sign_in_needs_a_sentence(cast, assigned, now):
    reference = assigned()

    with pytest.raises(RuleBroken, match="soft-guard"):
        smash(cast["colleague"], reference, now, fresh_mfa=False)
    smash(cast["colleague"], reference, now, fresh_mfa=False, overriding="She is on the roof.")

    assert looks.one(Override, reference).guards == ["fresh_mfa"]


def test_reason_is_one_of_the_list(cast, assigned, now):
    with pytest.raises(RuleBroken, match="no-such-reason"):
        smash(cast["colleague"], assigned(), now, reason="curious")


def test_who_may_open_already_breaks_nothing(cast, assigned, now):
    with pytest.raises(RuleBroken, match="glass-open"):
        smash(cast["worker"], assigned(), now)


@pytest.mark.parametrize("who", ["stranger", "analyst", "officer"])
def test_case_of_others_does_not_exist(cast, assigned, now, who):
    with pytest.raises(NotVisible):
        smash(cast[who], assigned(), now)


def test_blocked_person_breaks_nothing(cast, assigned, now):
    reference = assigned()
    looks.block(reference, now, user_id=cast["colleague"].user_id)

    with pytest.raises(NotVisible):
        smash(cast["colleague"], reference, now)


def test_blocked_office_is_not_let_in_by_the_card(cast, assigned, now):
    reference = assigned()
    card = looks.one(EmergencyCard, reference).reference
    looks.block(reference, now, agency_id=cast["coordinator"].agency_id)

    with pytest.raises(NotVisible):
        smash(cast["coordinator"], card, now)


# explain and review


@pytest.fixture
def broken(cast, assigned, now):
    reference = assigned()
    return reference, smash(cast["colleague"], reference, now)


def explain(actor, row, now, words="Her worker was in hospital."):
    with rls.acting(actor=actor, now=now):
        actions.explain_break_glass(actor=actor, reference=row, words=words, now=now)


def test_reason_is_put_into_words(cast, broken, now):
    reference, row = broken

    explain(cast["colleague"], row, now)

    assert looks.one(Deadline, reference, clock="break_glass_words").met_at == now
    with rls.acting(actor=cast["supervisor"], now=now):
        opened = access.open_groups(
            actor=cast["supervisor"], reference=reference, groups={"reasons"}, now=now
        )
    assert [one.value.text for one in opened["reasons"]] == ["Her worker was in hospital."]


def test_words_are_the_openers_own(cast, broken, now):
    with pytest.raises(PermissionDenied):
        explain(cast["supervisor"], broken[1], now)


def test_nothing_said_is_no_reason(cast, broken, now):
    with pytest.raises(RuleBroken, match="nothing-said"):
        explain(cast["colleague"], broken[1], now, words="  ")


def test_words_are_written_once(cast, broken, now):
    explain(cast["colleague"], broken[1], now)

    with pytest.raises(RuleBroken, match="already-explained"):
        explain(cast["colleague"], broken[1], now)


def review(actor, row, now, verdict="right"):
    with rls.acting(actor=actor, now=now):
        actions.review_break_glass(actor=actor, reference=row, verdict=verdict, now=now)


def test_supervisor_reviews_an_opening(cast, broken, now):
    reference, row = broken

    review(cast["supervisor"], row, now, verdict="wrong")

    assert looks.one(BreakGlass, reference).verdict == "wrong"
    assert looks.one(Deadline, reference, clock="break_glass_review").met_at == now


def test_nobody_reviews_the_own_opening(cast, broken, now):
    with pytest.raises(PermissionDenied):
        review(cast["colleague"], broken[1], now)


def test_opening_of_others_does_not_exist(cast, broken, now):
    with pytest.raises(NotVisible):
        review(cast["strange_supervisor"], broken[1], now)


@pytest.mark.parametrize("verdict", ["blame", ""])
def test_review_is_one_of_two_words(cast, broken, now, verdict):
    with pytest.raises(RuleBroken, match="no-such-verdict"):
        review(cast["supervisor"], broken[1], now, verdict=verdict)


def test_review_is_given_once(cast, broken, now):
    review(cast["supervisor"], broken[1], now)

    with pytest.raises(RuleBroken, match="already-reviewed"):
        review(cast["supervisor"], broken[1], now)


def test_informant_stays_shut(cast, broken, now):
    with rls.acting(actor=cast["colleague"], now=now), pytest.raises(NotGranted):
        access.open_groups(
            actor=cast["colleague"], reference=broken[0], groups={INFORMANT}, now=now
        )


def test_words_are_kept_though_their_clock_was_waived(cast, assigned, now):
    reference, who = assigned(), cast["colleague"]
    row = smash(who, reference, now)
    clock = looks.one(Deadline, reference, clock="break_glass_words")
    with rls.acting(actor=cast["supervisor"], now=now):
        actions.waive_deadline(
            actor=cast["supervisor"], reference=clock.reference, reason="not_applicable", now=now
        )

    with rls.acting(actor=who, now=now):
        actions.explain_break_glass(actor=who, reference=row, words="Nghe tiếng kêu", now=now)

    assert "glass.explained" in looks.topics(reference)


def test_former_owner_does_not_break_the_way_to_the_new_place(cast, assigned, now):
    reference, who = assigned(), cast["colleague"]
    case = looks.one(Case, reference)
    with rls.acting(actor=cast["supervisor"], now=now), rls.on_case(case.pk):
        access.change_owner(
            case, agency=Agency.objects.get(code="ctxh"), actor=cast["supervisor"], now=now,
            reason="handover",
        )  # fmt: skip

    smash(who, reference, now)

    with rls.acting(actor=who, now=now):
        opened = access.groups_for(who, case, now)
    assert opened == EVERY - {INFORMANT, "whereabouts", "contact"}
