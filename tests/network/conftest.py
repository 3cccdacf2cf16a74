"""Provinces for the tests of the network."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from network import edition
from network.actors import Actor
from network.loading import province
from network.loading.bring import Changes
from network.models import Agency, Membership, User
from network.sittings import actor_for
from tests import worlds
from tests.conftest import NOW

HUNG_YEN = Path("network/data/hung-yen")
SONG_LAM = Path(__file__).parent / "data" / "song-lam"


@pytest.fixture(autouse=True)
def _forget_editions() -> Any:
    edition.forget()
    yield
    edition.forget()


@pytest.fixture(scope="session")
def province_read() -> province.Province:
    """Hưng Yên's folder as plain values, without a database."""
    return province.read(HUNG_YEN)


@pytest.fixture(scope="module")
def hung_yen_loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Hưng Yên, loaded and committed once for a module; gone after it."""
    with django_db_blocker.unblock():
        worlds.bring(worlds.loaded(HUNG_YEN, NOW))
    yield
    with django_db_blocker.unblock():
        worlds.leave()


@pytest.fixture
def hung_yen(hung_yen_loaded: None, db: None) -> None:
    """Hưng Yên, loaded."""


@pytest.fixture
def song_lam(db: None) -> Changes:
    """The invented province, loaded."""
    return province.load(SONG_LAM, NOW)


@pytest.fixture
def member() -> Callable[..., Membership]:
    """`member("ubnd-12424", "caseworker")`: a person with these roles in that agency."""

    def make(agency: str, *roles: str, username: str = "hanh", at: datetime = NOW) -> Membership:
        user, _ = User.objects.get_or_create(
            username=username,
            defaults={"family_name": "Trần", "given_name": username, "joined_at": at},
        )
        return Membership.born(
            user=user, agency=Agency.objects.get(code=agency), roles=list(roles),
            starts=at - timedelta(days=1),
        )  # fmt: skip

    return make


@pytest.fixture
def actor(member: Callable[..., Membership]) -> Callable[..., Actor]:
    """The same person as an actor."""

    def make(agency: str, *roles: str, **named: Any) -> Actor:
        membership = member(agency, *roles, **named)
        return actor_for(membership.user, membership, NOW)

    return make
