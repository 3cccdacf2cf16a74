"""What other apps ask of the network, on Hưng Yên's data."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from network import registry
from network.models import Agency, Membership, Shift
from network.roles import AgencyKind, Role
from safekeeping.errors import NotOpened
from tests.conftest import NOW

DAY, BEFORE = date(2026, 11, 24), date(2024, 12, 31)

pytestmark = pytest.mark.usefixtures("hung_yen")


def found(text: str) -> list[tuple[str, str]]:
    return [
        (place.label, place.was.label if place.was else "")
        for place in registry.find_places(text, DAY)
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("dinh cao", [("xã Tiên Tiến", "xã Đình Cao")]),
        ("Đông Tảo", [("xã Hoàn Long", "xã Đông Tảo")]),
        ("pham ngu lao", [("xã Phạm Ngũ Lão", ""), ("xã Lương Bằng", "xã Phạm Ngũ Lão")]),
        ("Hoàng Hoa Thám", [("xã Hoàng Hoa Thám", ""), ("xã Ân Thi", "xã Hoàng Hoa Thám")]),
        ("tong tran", [("xã Tống Trân", "")]),
        ("ngoc thanh", [("xã Hiệp Cường", "xã Ngọc Thanh"), ("phường Sơn Nam", "xã Ngọc Thanh")]),
        ("kim trung", [("xã Hưng Hà", "xã Kim Chung")]),
        ("an quy", [("xã Đồng Bằng", "xã An Quí")]),
        ("khong co noi nay", []),
    ],
)
def test_places_are_found_by_old_and_new_names(text: str, places: list[tuple[str, str]]) -> None:
    assert found(text) == places


def test_a_former_district_lists_its_communes() -> None:
    assert {label for label, _ in found("phu cu")} >= {
        "xã Quang Hưng", "xã Đoàn Đào", "xã Tiên Tiến", "xã Tống Trân",
    }  # fmt: skip


def test_a_split_commune_says_that_it_is_a_part() -> None:
    assert [place.is_part for place in registry.find_places("đình dù", DAY)] == [True, True]


@pytest.mark.parametrize(
    ("code", "was", "now"),
    [
        ("12004", "Đình Dù", "Như Quỳnh"),
        ("12073", "Tân Lập", "Yên Mỹ"),
        ("12424", "Tiên Tiến", "Tiên Tiến"),
    ],
)
def test_a_code_means_what_it_meant_on_the_day(code: str, was: str, now: str) -> None:
    then, today = registry.unit_on(code, BEFORE), registry.unit_on(code, DAY)

    assert then and today
    assert (then.name, today.name) == (was, now)
    assert then.pk != today.pk


def test_a_code_that_was_given_up_is_nobody_now() -> None:
    assert registry.unit_on("12412", DAY) is None


def test_the_same_place_in_former_boundaries() -> None:
    unit = registry.unit_on("12070", DAY)

    assert unit
    assert {one.name for one in registry.former_of(unit, BEFORE)} == {
        "Đồng Than", "Hoàn Long", "Đông Tảo",
    }  # fmt: skip


def test_a_former_place_belongs_to_the_committee_of_today() -> None:
    dinh_cao = registry.unit_on("12412", BEFORE)

    committee = registry.committee_of(dinh_cao, DAY)

    assert committee
    assert committee.code == "ubnd-12424"


def test_an_unknown_place_has_no_committee() -> None:
    assert registry.committee_of(None, DAY) is None


def test_who_is_asked_next_goes_from_near_to_far() -> None:
    unit = registry.unit_on("12424", DAY)
    near = registry.agencies_offering("health", unit, DAY)[0]

    far = registry.agencies_offering("health", unit, DAY, after=[near.pk])[0]

    assert (near.code, far.code) == ("ttyt-phucu", "bvsn-hungyen")


def test_who_is_asked_next_keeps_to_the_kinds_consented_to() -> None:
    unit = registry.unit_on("12424", DAY)

    kinds = [AgencyKind.SOCIAL_WORK_CENTRE]
    asked = registry.agencies_offering("shelter", unit, DAY, kinds=kinds)

    assert {agency.kind for agency in asked} == {AgencyKind.SOCIAL_WORK_CENTRE}


def test_most_communes_are_not_connected(member: Callable[..., Membership]) -> None:
    member("ubnd-12424", Role.CASEWORKER)
    here, there = (Agency.objects.get(code=f"ubnd-{code}") for code in ("12424", "12070"))

    assert registry.is_connected(here, Role.CASEWORKER, NOW)
    assert not registry.is_connected(here, Role.SUPERVISOR, NOW)
    assert not registry.is_connected(there, Role.CASEWORKER, NOW)


def test_an_ended_membership_connects_nobody(member: Callable[..., Membership]) -> None:
    membership = member("ubnd-12424", Role.CASEWORKER)
    membership.ends = NOW
    membership.save()

    assert not registry.is_connected(membership.agency, Role.CASEWORKER, NOW)
    assert registry.is_connected(membership.agency, Role.CASEWORKER, NOW - timedelta(minutes=1))


def test_a_person_who_may_not_sign_in_connects_nobody(member: Callable[..., Membership]) -> None:
    membership = member("ubnd-12424", Role.CASEWORKER)
    membership.user.is_active = False
    membership.user.save()

    assert not registry.is_connected(membership.agency, Role.CASEWORKER, NOW)


def test_who_is_on_duty_is_in_the_order_of_ringing(member: Callable[..., Membership]) -> None:
    second = member("truc", Role.COORDINATOR, username="quyen")
    first = member("truc", Role.COORDINATOR, username="thom")
    for membership, turn in ((second, 2), (first, 1)):
        Shift.born(
            agency=membership.agency, membership=membership, turn=turn,
            starts=NOW - timedelta(hours=1), ends=NOW + timedelta(hours=7),
        )  # fmt: skip

    duties = registry.on_duty(first.agency, NOW)

    assert [duty.given_name for duty in duties] == ["thom", "quyen"]
    assert registry.on_duty(first.agency, NOW + timedelta(hours=7)) == []


def test_a_shift_does_not_show_its_phone(member: Callable[..., Membership]) -> None:
    membership = member("truc", Role.COORDINATOR)
    shift = Shift.born(
        agency=membership.agency, membership=membership, starts=NOW, ends=NOW + timedelta(hours=1)
    )

    with pytest.raises(NotOpened):
        _ = Shift.objects.get(pk=shift.pk).phone


def test_successors_are_followed_to_the_day() -> None:
    labour = Agency.objects.get(code="sldtbxh-2024")

    codes = [
        heir.code if (heir := registry.successor_of(labour, day)) else ""
        for day in (BEFORE, date(2025, 4, 1), DAY)
    ]

    assert codes == ["sldtbxh-2024", "snv-2024", "snv"]


def test_a_district_of_2024_has_no_successor() -> None:
    district = Agency.objects.get(code="ubnd-h333-2024")

    assert registry.successor_of(district, DAY) is None


def test_a_fact_older_than_a_clock_runs_by_its_first_edition() -> None:
    known = registry.clock("child_plan", on=DAY)

    old = registry.clock("child_plan", on=date(1900, 1, 1))

    assert old == known
    assert registry.clock("child_plan", "no such variant", on=date(1900, 1, 1)) == known


def test_clocks_run_by_variant_and_by_the_working_calendar() -> None:
    thursday_before_tet = datetime(2026, 2, 12, 3, tzinfo=UTC)

    assert registry.due("reassess", NOW, "extreme") - NOW == timedelta(hours=24)
    assert registry.due("reassess", NOW, "unheard-of") - NOW == timedelta(hours=72)
    assert registry.due("child_plan", thursday_before_tet) == datetime(2026, 2, 26, 17, tzinfo=UTC)


def test_labels_are_in_the_readers_language() -> None:
    assert registry.label("risk_level", "high", "vi") == "Cao"
    assert registry.label("risk_level", "high", "en") == "High"
    assert registry.label("risk_level", "unheard", "vi") == "unheard"
    assert registry.mapped("dv_act", "i", "form") == "sexual"


def test_a_vulnerable_person_adds_the_police() -> None:
    rules = registry.notice_rules(["domestic"], ["child"], DAY)

    assert [(rule.condition, rule.clock) for rule in rules] == [
        ("any", "notify_chairman"), ("child", "police_vulnerable"),
    ]  # fmt: skip
    assert rules[1].notified == [AgencyKind.COMMUNE_POLICE, AgencyKind.CHILD_LINE]


def test_trafficking_keeps_the_home_commune_out() -> None:
    rule = registry.notice_rules(["trafficking"], [], DAY)[0]

    assert rule.owner_kind == AgencyKind.DUTY_DESK
    assert not rule.home_told
    assert AgencyKind.COMMUNE_COMMITTEE not in rule.notified


def test_every_commune_lies_in_one_area() -> None:
    assert {bool(registry.area_of(unit.pk, DAY)) for unit in registry.communes(DAY)} == {True}


def test_questions_cost_few_statements(
    member: Callable[..., Membership], django_assert_num_queries: Any
) -> None:
    membership = member("ubnd-12424", Role.CASEWORKER)
    unit = registry.unit_on("12424", DAY)

    with django_assert_num_queries(0):
        registry.find_places("dinh cao", DAY)
        registry.due("child_plan", NOW)
        registry.choices("service")
        registry.notice_rules(["domestic"], ["life"], DAY)
        registry.duty_phone(DAY)
    with django_assert_num_queries(1):
        registry.committee_of(unit, DAY)
    with django_assert_num_queries(1):
        registry.agencies_offering("health", unit, DAY)
    with django_assert_num_queries(1):
        registry.is_connected(membership.agency_id, Role.CASEWORKER, NOW)
    with django_assert_num_queries(1):
        registry.on_duty(membership.agency_id, NOW)
    with django_assert_num_queries(1):
        registry.watch([membership.agency_id], NOW)
