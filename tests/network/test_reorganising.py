"""Communes are split and merged on a day; both questions about a place stay answerable."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from network import registry
from network.actions.reorganising import Becomes, NewUnit, Reorganisation, reorganise_communes
from network.actors import Actor
from network.models import Agency
from network.roles import AgencyKind, Role
from safekeeping import rls
from safekeeping.errors import RuleBroken
from safekeeping.models import Event
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("hung_yen")

DAY, EVE = date(2027, 1, 1), date(2026, 12, 31)
EAST, WEST = NewUnit("90001", "Tiên Đông", "xa"), NewUnit("90002", "Tiên Tây", "phuong")
SPLIT = Reorganisation(
    DAY, [EAST, WEST], [Becomes("12424", "90001", part=True), Becomes("12424", "90002", part=True)]
)
MERGED = Reorganisation(
    DAY, [NewUnit("12424", "Tiên Lữ Mới", "xa")],
    [Becomes("12424", "12424"), Becomes("12070", "12424")],
)  # fmt: skip
COMMITTEE, POLICE = AgencyKind.COMMUNE_COMMITTEE, AgencyKind.COMMUNE_POLICE


@pytest.fixture
def do(actor: Callable[..., Actor]) -> Callable[[Reorganisation], UUID]:
    admin = actor("snv", Role.NETWORK_ADMIN)

    def make(plan: Reorganisation) -> UUID:
        with rls.acting(actor=admin, now=NOW):
            return reorganise_communes(actor=admin, plan=plan, now=NOW)

    return make


def of(code: str) -> Agency:
    return Agency.objects.get(code=code)


def office(kind: str, code: str, on: date = DAY) -> str:
    found = registry.agency_for(kind, registry.unit_on(code, on), on)
    return found.name_vi if found else ""


def test_a_split_begins_two_communes_on_the_day(do: Callable[[Reorganisation], UUID]) -> None:
    before = registry.unit_on("12424", EVE)
    assert before

    do(SPLIT)

    there = registry.unit_on("12424", EVE)
    assert there == before
    assert registry.unit_on("12424", DAY) is None
    parts = registry.today_of(there, DAY)
    assert {unit.label for unit in parts} == {"xã Tiên Đông", "phường Tiên Tây"}
    assert registry.is_split(before.pk, DAY)
    assert not registry.is_split(before.pk, EVE)


def test_the_same_place_in_2024_boundaries_over_two_reorganisations(
    do: Callable[[Reorganisation], UUID],
) -> None:
    do(SPLIT)

    east = registry.unit_on("90001", DAY)
    dinh_cao = registry.unit_on("12412", date(2024, 12, 31))
    assert east and dinh_cao
    assert dinh_cao in registry.former_of(east, date(2024, 12, 31))
    assert east in registry.today_of(dinh_cao, DAY)
    found = registry.find_places("đình cao", DAY)
    assert {place.unit.code for place in found} == {"90001", "90002"}
    assert all(place.is_part for place in found)


def test_each_part_has_its_own_authorities_from_the_day(
    do: Callable[[Reorganisation], UUID],
) -> None:
    do(SPLIT)

    assert office(COMMITTEE, "90001") == "UBND xã Tiên Đông"
    assert office(POLICE, "90002") == "Công an phường Tiên Tây"
    assert office(COMMITTEE, "12424", EVE) == "UBND xã Tiên Tiến"
    before = registry.unit_on("12424", EVE)
    assert registry.agency_for(COMMITTEE, before, DAY) is None
    assert of("ubnd-12424").successor is None
    heirs = registry.successors_of(of("ubnd-12424"), DAY)
    assert {one.name_vi for one in heirs} == {"UBND xã Tiên Đông", "UBND phường Tiên Tây"}


def test_a_new_commune_is_served_at_once(do: Callable[[Reorganisation], UUID]) -> None:
    do(SPLIT)

    west = registry.unit_on("90002", DAY)
    first = {kind: agencies[0].name_vi for kind, agencies in registry.offers_at(west, DAY).items()}
    assert first["case_management"] == "UBND phường Tiên Tây"
    assert first["health"] == "Trung tâm Y tế Phù Cừ"
    assert registry.area_of(west.pk, DAY) == registry.area_of(
        registry.unit_on("12424", EVE).pk, EVE
    )


def test_a_merger_has_one_successor_for_each_authority(
    do: Callable[[Reorganisation], UUID],
) -> None:
    do(MERGED)

    new = registry.unit_on("12424", DAY)
    assert new.name == "Tiên Lữ Mới"
    for code in ("ubnd-12424", "ubnd-12070"):
        heir = registry.successor_of(of(code), DAY)
        assert (heir.name_vi, heir.unit) == ("UBND xã Tiên Lữ Mới", new)
    assert registry.successor_of(of("ca-12070"), EVE) == of("ca-12070")


def test_an_agency_that_exists_may_take_over(do: Callable[[Reorganisation], UUID]) -> None:
    named = {("90001", COMMITTEE): of("ubnd-12070").reference}

    do(Reorganisation(DAY, SPLIT.units, SPLIT.becomes, offices=named))

    assert office(COMMITTEE, "90001") == "UBND xã Hoàn Long"
    assert office(COMMITTEE, "90002") == "UBND phường Tiên Tây"


def test_what_happened_is_written_down(do: Callable[[Reorganisation], UUID]) -> None:
    do(SPLIT)

    with rls.acting(actor=None, now=NOW, system="audit"):
        topics = list(Event.objects.order_by("pk").values_list("topic", "code"))
    assert topics.count(("units.reorganised", "2027-01-01")) == 1
    assert topics.count(("agency.end_planned", "2027-01-01")) == 2
    assert topics.count(("agency.begun", "")) == 4


@pytest.mark.parametrize(
    ("units", "becomes", "word"),
    [
        ([], [], "nothing-becomes"),
        ([EAST, WEST], [Becomes("12424", "90001")], "unit-from-nothing"),
        ([EAST], [Becomes("12424", "90001", part=True)], "split-needs-two"),
        (
            [EAST, WEST],
            [Becomes("12424", "90001"), Becomes("12424", "90002", part=True)],
            "split-needs-two",
        ),
        ([EAST], [Becomes("99999", "90001")], "no-such-unit"),
        ([EAST], [Becomes("33", "90001")], "no-such-unit"),
        ([NewUnit("12070", "Mới", "xa")], [Becomes("12424", "12070")], "code-in-use"),
        ([NewUnit("90001", "Mới", "làng")], [Becomes("12424", "90001")], "no-such-unit"),
    ],
)
def test_what_cannot_be_is_refused(
    do: Callable[[Reorganisation], UUID],
    units: list[NewUnit],
    becomes: list[Becomes],
    word: str,
) -> None:
    with pytest.raises(RuleBroken, match=word):
        do(Reorganisation(DAY, units, becomes))


def test_a_commune_ends_once(do: Callable[[Reorganisation], UUID]) -> None:
    do(SPLIT)

    with pytest.raises(RuleBroken, match="unit-ends-already"):
        do(MERGED)


def test_only_the_networks_administrator_reorganises(actor: Callable[..., Actor]) -> None:
    with pytest.raises(PermissionDenied):
        reorganise_communes(
            actor=actor("truc", Role.COORDINATOR, Role.AGENCY_ADMIN), plan=SPLIT, now=NOW
        )


def test_loading_the_data_again_keeps_the_split(do: Callable[[Reorganisation], UUID]) -> None:
    from network.loading import province
    from tests.network.conftest import HUNG_YEN

    do(SPLIT)

    province.load(HUNG_YEN, NOW)

    assert registry.unit_on("12424", DAY) is None
    assert of("ubnd-12424").valid_to == DAY
