"""Offices and people kept out, and the call that clears it."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from casework import access, actions
from casework.models import Access, Block, Case, Deadline, Report
from network.models import Agency, User
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from tests.casework import looks

pytestmark = pytest.mark.django_db


def running(reference):
    return {row.clock: row for row in looks.rows(Deadline, reference, met_at=None, waived_at=None)}


def clear(cast, reference, now, **more):
    with rls.acting(actor=cast["coordinator"], now=now):
        actions.clear_conflict(actor=cast["coordinator"], reference=reference, now=now, **more)


def test_cleared_case_moves_on_to_the_commune(cast, report, now):
    reference = report(conflict="unknown")

    clear(cast, reference, now)

    case = looks.one(Case, reference)
    assert (case.owner.code, case.conflict) == ("ubnd-12424", "cleared")
    assert not looks.rows(Block, reference, live=True)
    clocks = running(reference)
    clocks.pop("referral_answer", None)  # the notice itself, which referral sends
    assert set(clocks) == {"notify_chairman", "assign_handler", "consent_ask"}
    assert {clock.agency.code for clock in clocks.values()} == {"ubnd-12424"}
    assert looks.topics(reference).count("case.handed_over") == 1


def test_only_one_office_owns_after_it(cast, report, now):
    reference = report(conflict="unknown")

    clear(cast, reference, now)

    (row,) = looks.rows(Access, reference, live=True)
    assert (row.reach, row.agency.code) == (2, "ubnd-12424")


def test_confirmed_conflict_stays_with_the_duty_desk(cast, report, now):
    reference = report(conflict="yes")
    keep = [block.reference for block in looks.rows(Block, reference)]

    clear(cast, reference, now, keep=keep)

    case = looks.one(Case, reference)
    assert (case.owner.code, case.conflict) == ("truc", "cleared")
    assert len(looks.rows(Block, reference, live=True)) == 2
    assert "assign_handler" in running(reference)


def test_commune_that_stays_out_sees_nothing_after_clearing(cast, report, now):
    reference = report(conflict="unknown")
    clear(cast, reference, now, keep=[looks.one(Block, reference).reference])

    with rls.acting(actor=cast["supervisor"], now=now):
        assert not Case.objects.visible_to(cast["supervisor"]).exists()
        assert not Deadline.objects.exists()


def test_police_is_told_once_cleared(cast, report, now):
    reference = report(by="health", conflict="unknown", danger_now="yes")

    clear(cast, reference, now)

    assert "ca-12424" in looks.codes(looks.one(Report, reference).told)


def test_nothing_to_clear_is_said(cast, report, now):
    reference = report(commune=None)

    with (
        rls.acting(actor=cast["coordinator"], now=now),
        pytest.raises(RuleBroken, match="nothing-to-clear"),
    ):
        actions.clear_conflict(actor=cast["coordinator"], reference=reference, now=now)


def test_only_the_duty_desk_clears(cast, report, actor, now):
    reference = report(conflict="unknown")
    helper = actor("truc", "caseworker")

    with rls.acting(actor=helper, now=now), pytest.raises(PermissionDenied):
        actions.clear_conflict(actor=helper, reference=reference, now=now)


def test_blocked_office_does_not_see_what_it_would_clear(cast, report, now):
    reference = report(conflict="unknown")

    with rls.acting(actor=cast["supervisor"], now=now), pytest.raises(NotVisible):
        actions.clear_conflict(actor=cast["supervisor"], reference=reference, now=now)


# set_block, lift_block, list_blocks


def named(actor):
    return User.objects.get(pk=actor.user_id).reference


def test_blocked_worker_is_let_go_with_a_clock(cast, assigned, now):
    reference = assigned()

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="relative_works_here",
            user=named(cast["worker"]),
        )  # fmt: skip

    assert looks.one(Case, reference).worker_id is None
    assert "without_worker" in running(reference)
    with rls.acting(actor=cast["worker"], now=now):
        assert not Case.objects.visible_to(cast["worker"]).exists()
        assert not Case.objects.exists()


def test_blocked_owner_falls_to_the_duty_desk(cast, assigned, now):
    reference = assigned()
    office = Agency.objects.get(code="ubnd-12424").reference

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="asked", agency=office
        )

    assert looks.one(Case, reference).owner.code == "truc"
    with rls.acting(actor=cast["supervisor"], now=now):
        assert not Case.objects.exists()


def test_lifted_block_lets_the_person_see_again(cast, report, now):
    reference = report()
    with rls.acting(actor=cast["supervisor"], now=now):
        block = actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="asked",
            user=named(cast["worker"]),
        )  # fmt: skip

        actions.lift_block(actor=cast["supervisor"], reference=reference, block=block, now=now)

    with rls.acting(actor=cast["worker"], now=now):
        assert Case.objects.visible_to(cast["worker"]).exists()
    assert looks.topics(reference)[-1] == "block.lifted"


def test_lifted_block_is_not_lifted_again(cast, report, now):
    reference = report()
    with rls.acting(actor=cast["supervisor"], now=now):
        block = actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="asked",
            user=named(cast["worker"]),
        )  # fmt: skip
        actions.lift_block(actor=cast["supervisor"], reference=reference, block=block, now=now)

        with pytest.raises(RuleBroken, match="not-blocked"):
            actions.lift_block(actor=cast["supervisor"], reference=reference, block=block, now=now)


@pytest.mark.parametrize(
    ("who", "code"),
    [({}, "block-names-one"), ({"user": "worker", "agency": "x"}, "block-names-one"),
     ({"user": "supervisor"}, "block-yourself")],
)  # fmt: skip
def test_block_names_one_other(cast, report, now, who, code):
    reference = report()
    office = Agency.objects.get(code="ca-12424").reference
    given = {key: office if key == "agency" else named(cast[value]) for key, value in who.items()}

    with rls.acting(actor=cast["supervisor"], now=now), pytest.raises(RuleBroken, match=code):
        actions.set_block(
            actor=cast["supervisor"], reference=reference, now=now, reason="asked", **given
        )


def test_block_is_set_once(cast, report, now):
    reference = report()
    block = {"reference": reference, "now": now, "reason": "asked", "user": named(cast["worker"])}

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.set_block(actor=cast["supervisor"], **block)
        with pytest.raises(RuleBroken, match="already-blocked"):
            actions.set_block(actor=cast["supervisor"], **block)


def test_worker_neither_blocks_nor_reads_the_list(cast, assigned, now):
    reference = assigned()

    with rls.acting(actor=cast["worker"], now=now):
        with pytest.raises(PermissionDenied):
            actions.list_blocks(actor=cast["worker"], reference=reference, now=now)
        with pytest.raises(PermissionDenied):
            actions.set_block(
                actor=cast["worker"], reference=reference, now=now, reason="asked",
                user=named(cast["colleague"]),
            )  # fmt: skip


def test_list_of_blocks_is_read_by_who_leads_and_written_down(cast, report, now):
    reference = report(conflict="unknown")

    with rls.acting(actor=cast["coordinator"], now=now):
        found = actions.list_blocks(actor=cast["coordinator"], reference=reference, now=now)

    assert [block.agency.code for block in found] == ["ubnd-12424"]
    assert "block.seen" in looks.topics(reference)


@pytest.mark.parametrize("way", ["consent", "break_glass", "owner"])
def test_block_beats_every_way_in(cast, report, now, way):
    """Whatever grants, the named see nothing: neither by policy nor by the database."""
    reference = report()
    who = {"consent": "health", "break_glass": "colleague", "owner": "supervisor"}[way]
    looks.let_in(reference, cast[who], way, now)

    looks.block(reference, now, user_id=cast[who].user_id)

    with rls.acting(actor=cast[who], now=now):
        assert not Case.objects.exists()
        case = looks.one(Case, reference)
        assert access.groups_for(cast[who], case, now) == frozenset()
        with pytest.raises(NotVisible):
            access.open_groups(actor=cast[who], reference=reference, groups={"contact"}, now=now)


# A case always has an owner who may work on it


def block(cast, who, reference, office, now):
    with rls.acting(actor=cast[who], now=now):
        actions.set_block(
            actor=cast[who], reference=reference, now=now, reason="asked",
            agency=Agency.objects.get(code=office).reference,
        )  # fmt: skip


def test_case_of_the_duty_desk_passes_to_the_province(cast, actor, report, now):
    actor("ctxh", "supervisor")
    reference = report(commune=None)

    block(cast, "coordinator", reference, "truc", now)

    assert looks.one(Case, reference).owner.code == "ctxh"


def test_blocked_owner_does_not_fall_to_a_blocked_desk(cast, actor, assigned, now):
    actor("ctxh", "supervisor")
    reference = assigned()
    block(cast, "supervisor", reference, "truc", now)

    block(cast, "supervisor", reference, "ubnd-12424", now)

    assert looks.one(Case, reference).owner.code == "ctxh"


def test_last_office_that_may_have_it_is_not_kept_out(cast, report, now):
    reference = report(commune=None)

    with pytest.raises(RuleBroken, match="hand-over-first"):
        block(cast, "coordinator", reference, "truc", now)

    assert looks.one(Case, reference).owner.code == "truc"
    assert not looks.rows(Block, reference)


def test_who_was_named_since_the_page_was_drawn_stays_out(cast, report, client_of, now):
    """The desk clears what it has read; another office said meanwhile that it knows him."""
    reference = report(conflict="yes")
    browser, url = client_of(cast["coordinator"]), reverse("casework:clear", args=[reference])
    shown = re.findall(r'name="shown" value="([^"]+)"', browser.get(url).content.decode())
    late = Agency.objects.get(code="ttyt-phucu").pk
    looks.block(reference, now, agency_id=late)

    browser.post(url, {"shown": shown, "keep": []})

    assert len(shown) == 2
    assert [one.agency_id for one in looks.rows(Block, reference, live=True)] == [late]
