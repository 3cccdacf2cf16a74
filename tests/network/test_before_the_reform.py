"""A year may begin before 1 July 2025: the network of then, and the passage to that of today."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from network import registry, sweeps
from network.models import Agency, Membership
from network.roles import AgencyKind, Role
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("hung_yen")

MAY, JULY = date(2025, 5, 10), date(2025, 7, 1)
THEN = datetime(2025, 5, 10, 3, tzinfo=UTC)
MIDNIGHT = datetime(2025, 6, 30, 17, tzinfo=UTC)
COMMITTEE, POLICE = AgencyKind.COMMUNE_COMMITTEE, AgencyKind.COMMUNE_POLICE


def of(code: str) -> Agency:
    return Agency.objects.get(code=code)


def test_every_commune_of_the_former_province_had_its_authorities() -> None:
    there = [one for one in registry.communes(MAY) if _in_hung_yen(one)]

    assert len(there) == 139
    for kind in (COMMITTEE, POLICE):
        assert all(registry.agency_for(kind, one, MAY) for one in there)
    assert len(registry.agencies_of(COMMITTEE, MAY)) == 139
    assert len(registry.agencies_of(COMMITTEE, JULY)) == 104


def _in_hung_yen(one: object) -> bool:
    district = registry.unit(one.parent_id)  # type: ignore[attr-defined]
    return registry.unit(district.parent_id or 0).code == "33"


def test_who_is_asked_then_is_of_then() -> None:
    dinh_cao = registry.unit_on("12412", MAY)

    asked = {kind: found[0].code for kind, found in registry.offers_at(dinh_cao, MAY).items()}

    assert asked["case_management"] == "ubnd-12412-2024"
    assert asked["police"] == "ca-12412-2024"
    assert asked["health"] == "bvsn-hungyen"
    assert registry.agency_for(AgencyKind.PROVINCIAL_POLICE, dinh_cao, MAY) == of("cat-2024")
    assert registry.duty_desk(MAY) == of("truc")


def test_what_lasts_over_the_reform_serves_the_whole_new_province() -> None:
    thai_binh = registry.find_places("trà lý", JULY)[0].unit

    assert registry.agency_for(AgencyKind.CHILD_LINE, thai_binh, JULY) == of("tongdai-111")
    assert of("bvdk-hungyen") in registry.agencies_offering("health", thai_binh, JULY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ubnd-12412-2024", "ubnd-12424"),
        ("ca-12412-2024", "ca-12424"),
        ("ca-12208-2024", "ca-12070"),
        ("cat-2024", "cat"),
        ("ctxh-2024", "ctxh"),
    ],
)
def test_each_office_has_its_successor_without_being_named(before: str, after: str) -> None:
    eve = JULY - timedelta(days=1)

    assert registry.successor_of(of(before), eve) == of(before)
    assert registry.successor_of(of(before), JULY) == of(after)


def test_a_split_commune_is_followed_by_place_alone() -> None:
    split = of("ubnd-12322-2024")
    east = registry.unit_on("11983", JULY)

    assert registry.successor_of(split, JULY) is None
    assert registry.successor_of(split, JULY, place=split.unit) is None
    assert registry.successor_of(split, JULY, place=east) == of("ubnd-11983")
    assert {one.code for one in registry.successors_of(split, JULY)} == {
        "ubnd-11983", "ubnd-12322",
    }  # fmt: skip


def test_memberships_of_then_end_with_the_reform_by_the_sweep_alone(
    member: Callable[..., Membership],
) -> None:
    held = member("ubnd-12412-2024", Role.CASEWORKER, at=THEN)
    # As it is where the data was loaded in May 2025.
    Agency.objects.filter(pk=held.agency_id).update(passed_on_at=None)
    assert registry.is_connected(held.agency, Role.CASEWORKER, THEN)

    sweeps.end_agencies(MIDNIGHT - timedelta(seconds=1))
    assert registry.is_connected(held.agency, Role.CASEWORKER, MIDNIGHT - timedelta(seconds=1))
    sweeps.end_agencies(MIDNIGHT)

    held.refresh_from_db()
    assert held.ends == MIDNIGHT
    assert not registry.is_connected(held.agency, Role.CASEWORKER, MIDNIGHT)


def test_today_nothing_is_left_to_pass_on() -> None:
    from network import endings

    sweeps.end_agencies(NOW)

    assert endings.leaving(NOW) == []
