"""Houses, a small cast and a case that needs a bed, all made by the public actions."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.actions import report_case
from casework.models import Case, Report
from casework.reports import Facts, Sealed
from network import edition, registry
from network.actors import Actor
from network.loading import province
from network.models import Agency, Membership, User
from network.roles import AgencyKind
from network.sittings import actor_for
from safekeeping import rls
from shelters import actions
from shelters.actions import loading
from shelters.groups import ArrivalCard
from shelters.models import Bed, Stay
from shelters.rules import Party
from tests import worlds
from tests.conftest import NOW

HUNG_YEN = Path("network/data/hung-yen")
HOUSES = Path("shelters/data/hung-yen")
PLACE = "12424"  # Tiên Tiến
SECRET = "tamlanh-binhminh"

CAST = {
    "officer": ("ca-12424", ["reporter", "responder"]),
    "worker": ("ubnd-12424", ["caseworker", "reporter"]),
    "leader": ("ubnd-12424", ["supervisor", "reporter"]),
    "keeper": ("tamlanh-dongtao", ["keeper", "reporter"]),
    "second_keeper": ("tamlanh-dongtao", ["keeper", "reporter"]),
    "other_keeper": ("tamlanh-dinhcao", ["keeper", "reporter"]),
    "secret_keeper": (SECRET, ["keeper", "reporter"]),
    "coordinator": ("truc", ["coordinator"]),
    "nurse": ("ttyt-phucu", ["responder", "reporter"]),
    "stranger_worker": ("ubnd-12070", ["caseworker", "supervisor"]),
    "analyst": ("snv", ["analyst"]),
}


def load() -> None:
    """Hưng Yên with its houses, and the cast; to be called outside any transaction."""
    edition.forget()
    province.load(HUNG_YEN, NOW)
    load_houses()
    for username, (agency, roles) in CAST.items():
        person = User.objects.create(
            username=username, family_name="Trần", given_name=username, joined_at=NOW
        )
        Membership.born(
            user=person, agency=Agency.objects.get(code=agency), roles=roles,
            starts=NOW - timedelta(days=30),
        )  # fmt: skip


def load_houses() -> None:
    """The houses of Hưng Yên, whose offices are there already."""
    _secret_house()
    loading.load(HOUSES, NOW)


def _secret_house() -> None:
    """The demo's hidden house comes with its people; here it is made by hand."""
    Agency.objects.create(
        code=SECRET, kind=AgencyKind.SHELTER, name_vi="Nhà kín", name_en="Hidden house",
        short_vi="Nhà kín", short_en="Hidden house", unit=Agency.objects.get(code="ctxh").unit,
        publicity="secret", valid_from=NOW.date() - timedelta(days=400),
    )  # fmt: skip


def actor_named(username: str) -> Actor:
    membership = Membership.objects.select_related("agency", "user").get(user__username=username)
    return actor_for(membership.user, membership, NOW)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        worlds.bring(load)
    yield
    with django_db_blocker.unblock():
        worlds.leave()


@pytest.fixture
def houses(loaded: None, db: None) -> None:
    """The province with its houses; what a test does is rolled back."""


@pytest.fixture
def cast(houses: None) -> Callable[[str], Actor]:
    """`cast("keeper")`: a person as an actor."""
    return actor_named


@pytest.fixture
def as_(cast: Callable[[str], Actor]) -> Callable[..., AbstractContextManager[None]]:
    """`with as_("keeper"):` what a request of that person would see."""
    return lambda name, at=NOW: rls.acting(actor=cast(name), now=at)


def make_case(*, at: datetime = NOW, **facts: Any) -> Case:
    """A case of Tiên Tiến's committee, reported by its police; owned by a connected office."""
    facts = {"conflict": "no", "danger_now": "no", "sex": "female", **facts}
    place = registry.unit_on(PLACE, NOW.date())
    officer = actor_named("officer")
    with rls.acting(actor=officer, now=at):
        reference = report_case(
            actor=officer, facts=Facts(place=place, **facts), sealed=Sealed(), now=at
        )
        case_id = Report.objects.values_list("case_id", flat=True).get(reference=reference)
    with rls.acting(actor=actor_named("worker"), now=at):
        return Case.objects.get(pk=case_id)


def make_stay(
    case: Case | None = None, *, at: datetime = NOW, party: Party | None = None, by: str = "worker",
    **more: Any,
) -> Stay:  # fmt: skip
    """A request for one woman, asked by the case's worker."""
    case = case or make_case(at=at)
    actor = actor_named(by)
    party = party or Party(sex="female")
    with rls.acting(actor=actor, now=at):
        reference = actions.request_stay(
            actor=actor, reference=case.reference, party=party, now=at,
            card=more.pop("card", ArrivalCard(alias="Hoa", needs="cháo")), **more,
        )  # fmt: skip
        return Stay.objects.select_related("case").get(reference=reference)


def bed(house: str, name: str) -> Bed:
    """A bed by the code of its house and its name; seen as its keeper."""
    with rls.acting(actor=None, now=NOW, system="setup"):
        return Bed.objects.select_related("shelter").get(shelter__code=house, name=name)


def do(name: str, action: Callable[..., Any], *, at: datetime = NOW, **given: Any) -> Any:
    """One action as one person, in a transaction of its own."""
    actor = actor_named(name)
    with rls.acting(actor=actor, now=at):
        return action(actor=actor, now=at, **given)


def fresh(stay: Stay, name: str = "worker", at: datetime = NOW) -> Stay:
    """The stay as it is now."""
    with rls.acting(actor=actor_named(name), now=at):
        return Stay.objects.select_related("case").get(pk=stay.pk)


def make_held(
    stay: Stay | None = None, *, house: str = "hoan-long", names: tuple[str, ...] = ("2A",),
    by: str = "worker", at: datetime = NOW, planned: bool = False,
) -> Stay:  # fmt: skip
    """A stay whose bed is held."""
    stay = stay or make_stay(at=at)
    chosen = [bed(house, name).reference for name in names]
    do(by, actions.hold_beds, at=at, reference=stay.reference, chosen=chosen, planned=planned)
    return fresh(stay, at=at)


def make_admitted(stay: Stay | None = None, *, at: datetime = NOW, **where: Any) -> Stay:
    """A stay whose bed is slept in."""
    held = make_held(stay, at=at, **where)
    do("keeper", actions.admit, at=at, reference=held.reference)
    return fresh(held, at=at)
