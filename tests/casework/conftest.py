"""A small cast in fixed agencies of Hưng Yên, and cases of theirs."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from casework import actions, holds
from casework.models import Case, Report
from casework.reports import Facts, Sealed
from network import registry
from network.actors import Actor
from network.loading import province
from network.models import Agency, Membership, User
from network.sittings import actor_for
from safekeeping import rls
from tests import worlds
from tests.browser.sessions import session_for
from tests.conftest import NOW

HUNG_YEN = Path("network/data/hung-yen")
TIEN_TIEN, HOAN_LONG = "12424", "12070"


# Who acts in most tests, of two communes and the province: agency, roles, and another name.
CAST: dict[str, tuple[str, tuple[str, ...], str]] = {
    "officer": ("ca-12424", ("reporter", "responder"), ""),
    "worker": ("ubnd-12424", ("caseworker",), ""),
    "colleague": ("ubnd-12424", ("caseworker",), "colleague"),
    "supervisor": ("ubnd-12424", ("supervisor",), ""),
    "second_supervisor": ("ubnd-12424", ("supervisor",), "second"),
    "stranger": ("ubnd-12070", ("caseworker",), ""),
    "strange_supervisor": ("ubnd-12070", ("supervisor",), ""),
    "coordinator": ("truc", ("coordinator",), ""),
    "second_coordinator": ("truc", ("coordinator",), "thom"),
    "health": ("ttyt-phucu", ("responder",), ""),
    "analyst": ("truc", ("analyst",), ""),
}


def person(agency: str, *roles: str, name: str = "", at: datetime = NOW) -> Actor:
    """Somebody with these roles there, who is made if there is none."""
    username = name or f"{agency}-{'-'.join(roles)}"
    user, _ = User.objects.get_or_create(
        username=username,
        defaults={"family_name": "Trần", "given_name": username[:40], "joined_at": at},
    )
    held = Membership.objects.filter(user=user, agency__code=agency).first()
    membership = held or Membership.born(
        user=user, agency=Agency.objects.get(code=agency), roles=list(roles),
        starts=at - timedelta(days=400),
    )  # fmt: skip
    return actor_for(user, Membership.objects.select_related("agency").get(pk=membership.pk), at)


def commune() -> dict[str, Actor]:
    """Hưng Yên with the cast."""
    province.load(HUNG_YEN, NOW)
    return everybody(CAST)


def everybody(named: dict[str, tuple[str, tuple[str, ...], str]]) -> dict[str, Actor]:
    """These people; those of the world that stands are there already."""
    standing = worlds.told() or {}
    return {
        who: standing.get(who) or person(agency, *roles, name=name)
        for who, (agency, roles, name) in named.items()
    }


@pytest.fixture(scope="module", autouse=True)
def _province(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        worlds.bring(commune)
    yield
    with django_db_blocker.unblock():
        worlds.leave()


@pytest.fixture
def actor(db: None) -> Callable[..., Actor]:
    """`actor("ubnd-12424", "caseworker")`: somebody with these roles there; `name=` another."""
    return person


@pytest.fixture
def cast(db: None) -> dict[str, Actor]:
    """Who acts in most tests; two communes and the province."""
    return everybody(CAST)


def facts(commune: str = TIEN_TIEN, **changes: Any) -> Facts:
    """A report from a commune, with nothing dangerous and no conflict."""
    place = registry.unit_on(commune, NOW.date()) if commune else None
    return Facts(**{"place": place, "danger_now": "no", "conflict": "no", **changes})


@pytest.fixture
def report(cast: dict[str, Actor]) -> Callable[..., UUID]:
    """`report(by="officer", sealed=Sealed(…), **facts)`: the new case's reference."""

    def make(
        *, by: str = "officer", sealed: Sealed | None = None, at: datetime = NOW, **changes: Any
    ) -> UUID:
        with rls.acting(actor=cast[by], now=at):
            said = sealed or Sealed(ring_back="0900 000 017")
            made = actions.report_case(actor=cast[by], facts=facts(**changes), sealed=said, now=at)
            row = Report.objects.get(reference=made)
            with rls.on_case(row.case_id):
                reference: UUID = Case.objects.get(pk=row.case_id).reference
        return reference

    return make


@pytest.fixture
def assigned(cast: dict[str, Actor], report: Callable[..., UUID]) -> Callable[..., UUID]:
    """A reported case of Tiên Tiến whose worker is `worker`."""

    def make(**changes: Any) -> UUID:
        reference = report(**changes)
        with rls.acting(actor=cast["worker"], now=NOW):
            actions.claim_case(actor=cast["worker"], reference=reference, now=NOW)
        return reference

    return make


@pytest.fixture
def client_of() -> Iterator[Callable[[Actor], Client]]:
    """`client_of(cast["worker"])`: a browser signed in as this person, at the tests' moment."""

    def make(actor: Actor) -> Client:
        client = Client()
        user = User.objects.get(pk=actor.user_id)
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
        return client

    with time_machine.travel(NOW, tick=False):
        yield make


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[holds.Reason]:
    """What higher apps would say is open: nothing, unless a test adds a reason."""
    reasons: list[holds.Reason] = []
    monkeypatch.setattr(holds, "_holds", [lambda case_id: list(reasons)])
    return reasons
