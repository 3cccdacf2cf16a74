"""Everybody who asks: each role in each office that stands somehow to the case, and a few persons.

A person is named `office/role` or by what sets him apart.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from network.actors import STRANGER, Actor
from network.models import Agency, Membership, User
from network.roles import Role
from network.sittings import actor_for

# How an office stands to the case → the office.
OFFICES = {
    "owner": "ctxh",
    "former owner": "ubnd-12424",
    "asked": "ttyt-phucu",  # a request waits there
    "accepted": "bvsn-hungyen",
    "ended": "bvdk-hungyen",  # its work ended three weeks ago
    "revoked": "tgpl",  # had accepted; she took back that consent
    "blocked": "bvdk-thaibinh",  # had accepted; then the list of conflicts named it
    "told by law": "ca-12424",
    "house": "tamlanh-dongtao",
    "other house": "tamlanh-dinhcao",
    "desk": "truc",
    "reporter's": "thcs-dinhcao",
    "elsewhere": "ubnd-12070",
    "province": "snv",
}
# Persons of whom the office and the role do not say everything.
PERSONS = {
    "the worker": ("owner", Role.CASEWORKER),
    "a blocked caseworker": ("owner", Role.CASEWORKER),
    "a blocked supervisor": ("owner", Role.SUPERVISOR),
    "the reporter": ("reporter's", Role.REPORTER),
    "the reporter, a caseworker": ("reporter's", Role.CASEWORKER),
    "broke the glass now": ("desk", Role.COORDINATOR),
    "broke the glass before": ("desk", Role.COORDINATOR),
    "worked on it before": ("former owner", Role.CASEWORKER),
}
NOBODY = "nobody signed in"

# Who asks in the short form: each relation once.
FEW = (
    NOBODY, "the worker", "owner/caseworker", "owner/supervisor", "the reporter",
    "asked/responder", "accepted/responder", "ended/responder", "revoked/responder",
    "worked on it before", "a blocked supervisor", "blocked/responder", "elsewhere/supervisor",
    "house/keeper", "desk/coordinator", "province/analyst", "province/auditor",
    "province/network_admin",
)  # fmt: skip
# Who is needed besides to bring the cases where they are.
HELPERS = (
    "a blocked caseworker", "told by law/responder", "broke the glass now",
    "broke the glass before",
)  # fmt: skip


def every() -> list[str]:
    return [NOBODY, *PERSONS, *(f"{office}/{role}" for office in OFFICES for role in Role)]


def place_of(who: str) -> tuple[str, str]:
    """How the person's office stands to the case, and the role."""
    if who in PERSONS:
        office, role = PERSONS[who]
        return office, str(role)
    office, role_name = who.split("/")
    return office, role_name


def make(names: list[str], now: datetime) -> dict[str, Actor]:
    """All of them, as actors."""
    return {who: _make(who, now) for who in names}


def _make(who: str, now: datetime) -> Actor:
    if who == NOBODY:
        return STRANGER
    office, role = place_of(who)
    user = User.objects.create(
        username=who.replace(" ", "-").replace("/", "-"), family_name="Trần", given_name="Thử",
        joined_at=now - timedelta(days=400),
    )  # fmt: skip
    made = Membership.born(
        user=user, agency=Agency.objects.get(code=OFFICES[office]), roles=[role],
        starts=now - timedelta(days=400),
    )  # fmt: skip
    return actor_for(user, Membership.objects.select_related("agency").get(pk=made.pk), now)


Cast = dict[str, Actor]
Choose = Callable[[str], Actor]
