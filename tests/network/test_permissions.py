"""Every address of the network and of signing in: who gets what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network import urls
from network.models import Agency, Membership, Shift
from network.roles import Role
from tests.browser.sessions import session_for

pytestmark = pytest.mark.usefixtures("song_lam")

OPEN, HERE, AWAY, NO, NOT_THERE, WRONG_VERB = 200, 200, 302, 403, 404, 405

# Columns: a stranger; a member of another agency; a keeper of the ferry; its administrator.
GET = {
    "account_login": (OPEN, AWAY, AWAY, AWAY),
    "account_logout": (AWAY, HERE, HERE, HERE),
    "account_inactive": (OPEN, OPEN, OPEN, OPEN),
    "account_change_password": (AWAY, HERE, HERE, HERE),
    "account_reauthenticate": (AWAY, HERE, HERE, HERE),
    "mfa_index": (AWAY, HERE, HERE, HERE),
    "network:forgotten": (OPEN, OPEN, OPEN, OPEN),
    "network:new_password": (OPEN, OPEN, OPEN, OPEN),
    "network:account": (AWAY, HERE, HERE, HERE),
    "network:switch": (AWAY, HERE, HERE, HERE),
    "network:index": (AWAY, HERE, HERE, HERE),
    "network:changes": (AWAY, HERE, HERE, HERE),
    "network:place": (AWAY, HERE, HERE, HERE),
    "network:agency": (AWAY, HERE, HERE, HERE),
    "network:own_people": (AWAY, AWAY, AWAY, AWAY),
    "network:reorganise": (AWAY, NO, NO, NO),
    "network:end_agency": (AWAY, NO, NO, NO),
    "network:keep_agency": (AWAY, WRONG_VERB, WRONG_VERB, WRONG_VERB),
    "network:people": (AWAY, NO, NO, HERE),
    "network:invite": (AWAY, NO, NO, HERE),
    "network:add_member": (AWAY, NO, NO, HERE),
    "network:member": (AWAY, NOT_THERE, NOT_THERE, HERE),
    "network:roles": (AWAY, WRONG_VERB, WRONG_VERB, WRONG_VERB),
    "network:end": (AWAY, NOT_THERE, NOT_THERE, HERE),
    "network:password_code": (AWAY, WRONG_VERB, WRONG_VERB, WRONG_VERB),
    "network:try_again": (AWAY, WRONG_VERB, WRONG_VERB, WRONG_VERB),
    "network:ask_reset": (AWAY, WRONG_VERB, WRONG_VERB, WRONG_VERB),
    "network:confirm_reset": (AWAY, WRONG_VERB, WRONG_VERB, WRONG_VERB),
    "network:roster": (AWAY, HERE, HERE, HERE),
    "network:roster_of": (AWAY, NOT_THERE, HERE, HERE),
    "network:add_shift": (AWAY, NOT_THERE, NO, HERE),
    "network:end_shift": (AWAY, WRONG_VERB, WRONG_VERB, WRONG_VERB),
}
# What changes something or is searched, with a body that is right for the administrator.
POST = {
    "network:index": (AWAY, HERE, HERE, HERE),
    "network:reorganise": (AWAY, NO, NO, NO),
    "network:end_agency": (AWAY, NO, NO, NO),
    "network:keep_agency": (AWAY, NO, NO, NO),
    "network:invite": (AWAY, NO, NO, AWAY),
    "network:add_member": (AWAY, NO, NO, AWAY),
    "network:roles": (AWAY, NOT_THERE, NOT_THERE, AWAY),
    "network:end": (AWAY, NOT_THERE, NOT_THERE, AWAY),
    "network:password_code": (AWAY, NOT_THERE, NOT_THERE, AWAY),
    "network:try_again": (AWAY, NOT_THERE, NOT_THERE, AWAY),
    "network:ask_reset": (AWAY, NOT_THERE, NOT_THERE, AWAY),
    "network:confirm_reset": (AWAY, NOT_THERE, NOT_THERE, 409),
    "network:add_shift": (AWAY, NOT_THERE, NO, AWAY),
    "network:end_shift": (AWAY, NOT_THERE, NO, AWAY),
}
ABOUT_THE_WORKER = (
    "member",
    "roles",
    "end",
    "password_code",
    "try_again",
    "ask_reset",
    "confirm_reset",
)
ABOUT_THE_FERRY = (
    "agency", "people", "invite", "add_member", "roster_of", "add_shift", "end_agency",
    "keep_agency",
)  # fmt: skip
WHO = ("a stranger", "another agency", "a keeper", "the administrator")


@pytest.fixture
def worker(member: Callable[..., Membership]) -> Membership:
    """Whom it is about."""
    return member("ferry", Role.CASEWORKER, username="tho")


@pytest.fixture
def as_(member: Callable[..., Membership]) -> Callable[[str], Client]:
    """A browser of one of the four."""
    people = {
        "another agency": ("desk", Role.AGENCY_ADMIN),
        "a keeper": ("ferry", Role.KEEPER),
        "the administrator": ("ferry", Role.AGENCY_ADMIN),
    }

    def make(who: str) -> Client:
        client = Client()
        if who in people:
            agency, role = people[who]
            user = member(agency, role, username="quan").user
            client.cookies["s"] = session_for(user)
        return client

    return make


@pytest.fixture
def address(worker: Membership) -> Callable[[str], str]:
    """The address of a route, about the worker or the ferry."""
    now = timezone.now()
    ferry = Agency.objects.get(code="ferry")
    shift = Shift.born(agency=ferry, membership=worker, starts=now, ends=now + timedelta(hours=8))
    about = {
        "place": {"code": "90101"},
        "end_shift": {"reference": shift.reference},
        **{route: {"reference": worker.reference} for route in ABOUT_THE_WORKER},
        **{route: {"reference": ferry.reference} for route in ABOUT_THE_FERRY},
    }
    return lambda route: reverse(route, kwargs=about.get(route.split(":")[-1], {}))


@pytest.fixture
def body(member: Callable[..., Membership], worker: Membership) -> Callable[[str], dict[str, Any]]:
    """What a form of the route would send."""
    member("desk", Role.COORDINATOR, username="hai")
    later = timezone.localdate() + timedelta(days=2)  # the shift of now may last until tomorrow
    bodies = {
        "network:invite": {
            "family": "Đỗ", "given": "Lan", "username": "lan", "language": "vi",
            "roles": ["keeper"],
        },
        "network:add_member": {"username": "hai", "roles": ["reporter"]},
        "network:roles": {"roles": ["keeper"], "version": worker.version},
        "network:add_shift": {
            "membership": worker.reference, "starts_day": later.day,
            "starts_month": later.month, "starts_year": later.year, "starts_time": "07:00",
            "hours": 12, "turn": 1, "phone": "0900 000 021",
        },
    }  # fmt: skip
    return lambda route: bodies.get(route, {})


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("route", GET)
def test_looking(
    as_: Callable[[str], Client], address: Callable[[str], str], route: str, who: str
) -> None:
    answer = as_(who).get(address(route))

    assert answer.status_code == GET[route][WHO.index(who)]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("route", POST)
def test_changing(
    as_: Callable[[str], Client], address: Callable[[str], str],
    body: Callable[[str], dict[str, Any]], route: str, who: str,
) -> None:  # fmt: skip
    answer = as_(who).post(address(route), body(route))

    assert answer.status_code == POST[route][WHO.index(who)]


def test_every_address_is_in_the_table() -> None:
    ours = {f"network:{page.name}" for page in urls.pages}
    signing_in = {str(page.name) for page in urls.sign_in if hasattr(page, "name")}

    assert (ours | signing_in) - GET.keys() == set()
