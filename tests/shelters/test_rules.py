"""Who fits where: tables at the edges."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safekeeping.errors import RuleBroken
from shelters import rules, words
from shelters.rules import Party, Place

VN = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def place(bed=1, *, room=1, shelter=1, tags=(), **more) -> Place:
    return Place(bed, room, shelter, frozenset(tags), **more)


@pytest.mark.parametrize(
    ("party", "beds"),
    [
        (Party(), 1),
        (Party(1, 2), 3),
        (Party(1, 2, sharing=1), 2),
        (Party(1, 2, sharing=2), 2),  # three do not sleep in one bed
        (Party(1, 3, sharing=3), 2),
        (Party(0, 1, sharing=1), 1),
        (Party(2, 4, sharing=4), 3),
    ],
)
def test_small_children_share_and_no_bed_holds_three(party, beds):
    assert party.beds == beds
    assert max(party.spread(beds)) <= rules.PERSONS_IN_A_BED
    assert sum(party.spread(beds)) == party.persons


@pytest.mark.parametrize(
    ("tags", "sons", "party", "fits"),
    [
        (["women"], None, Party(sex="female"), True),
        (["women"], None, Party(sex="male"), False),
        (["women"], None, Party(sex="mixed"), False),
        (["women"], None, Party(sex="unknown"), True),
        (["men"], None, Party(sex="female"), False),
        (["men"], None, Party(sex="male"), True),
        (["any"], None, Party(sex="mixed"), True),
        (["women"], 12, Party(sex="female", oldest_boy=12), True),
        (["women"], 12, Party(sex="female", oldest_boy=13), False),
        (["women"], None, Party(sex="female", oldest_boy=15), True),
        (["women"], None, Party(needs=("private",)), False),
        (["private"], None, Party(needs=("private",)), True),
        (["private"], None, Party(needs=("private", "wheelchair")), False),
        (["any"], None, Party(needs=("infants",)), True),  # a wish, not a condition
    ],
)
def test_who_may_sleep_where(tags, sons, party, fits):
    assert rules.fits(place(tags=tags, sons_up_to=sons), party) is fits


def test_a_family_stays_in_one_room_if_one_is_large_enough():
    beds = [place(n, room=1) for n in (1, 2)] + [place(n, room=2) for n in (3, 4, 5)]

    plan = rules.choose(beds, Party(1, 2))

    assert {one.room for one in plan.take} == {2}


def test_else_it_stays_in_one_house():
    beds = [place(1, room=1), place(2, room=2, shelter=2), place(3, room=3, shelter=2)]

    plan = rules.choose(beds, Party(1, 1))

    assert {one.shelter for one in plan.take} == {2}


def test_never_half_a_family():
    beds = [place(1, room=1), place(2, room=2, shelter=2)]

    assert rules.choose(beds, Party(1, 1)) is None


def test_a_private_room_is_locked_whole_and_only_if_it_is_empty():
    alone = Party(needs=("private",))
    empty = [place(n, tags=["private"]) for n in (1, 2)]
    used = [place(1, tags=["private"]), place(2, tags=["private"], free=False)]
    broken = [place(1, tags=["private"]), place(2, tags=["private"], free=False, out=True)]

    assert rules.choose(empty, alone).lock == (1, 2)
    assert rules.choose(used, alone) is None
    assert rules.choose(broken, alone).lock == (1,)


def test_special_rooms_are_left_for_those_who_need_them():
    beds = [place(1, room=1, tags=["wheelchair"]), place(2, room=2, tags=["any"])]

    assert rules.choose(beds, Party()).take[0].bed == 2


def test_extra_beds_come_last():
    beds = [place(1, room=1, extra=True), place(2, room=2), place(3, room=2)]

    assert rules.choose(beds, Party()).take[0].bed in {2, 3}


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(1, 4), st.booleans(),
            st.sampled_from(["women", "men", "any", "private"]),
        ),
        max_size=16,
    ),
    st.integers(1, 3), st.integers(0, 3), st.integers(0, 1000),
)  # fmt: skip
def test_a_plan_is_whole_free_fitting_and_under_one_roof(rows, adults, children, start):
    tag_of = {(s, r): t for s, r, _, t in rows}
    beds = [
        place(n, room=s * 10 + r, shelter=s, tags=[tag_of[s, r]], free=free)
        for n, (s, r, free, _) in enumerate(sorted(rows), 1)
    ]
    party = Party(adults, children, sex="female")

    plan = rules.choose(beds, party, start=start)

    if plan is None:
        fitting = [b for b in beds if b.free and rules.fits(b, party) and "private" not in b.tags]
        assert all(
            sum(b.shelter == s for b in fitting) < party.beds for s in {b.shelter for b in fitting}
        )
        return
    assert len({one.bed for one in plan.take}) == party.beds
    assert len({one.shelter for one in plan.take}) == 1
    assert all(one.free and rules.fits(one, party) for one in plan.take)
    assert {one.bed for one in plan.take} <= set(plan.lock)


@pytest.mark.parametrize(
    ("hour", "minute", "is_day"),
    [(5, 59, False), (6, 0, True), (17, 59, True), (18, 0, False), (0, 0, False)],
)
def test_nobody_is_sent_away_in_the_dark(hour, minute, is_day):
    at = datetime(2026, 11, 24, hour, minute, tzinfo=VN)

    if is_day:
        rules.require_by_day(at, VN)
    else:
        with pytest.raises(RuleBroken, match="only-by-day"):
            rules.require_by_day(at, VN)


@pytest.mark.parametrize(
    ("ahead", "is_soon"),
    [
        (timedelta(0), False),
        (timedelta(minutes=1), True),
        (timedelta(hours=6), True),
        (timedelta(hours=6, seconds=1), False),
    ],
)
def test_who_is_elsewhere_is_asked_again_within_six_hours(ahead, is_soon):
    if is_soon:
        rules.require_check_soon(NOW + ahead, now=NOW)
    else:
        with pytest.raises(RuleBroken, match="check-within-six-hours"):
            rules.require_check_soon(NOW + ahead, now=NOW)


def test_what_may_be_asked_of_a_room_has_words():
    assert words.NEEDS.keys() == rules.NEEDS.keys(), "say it in shelters/words.py"
