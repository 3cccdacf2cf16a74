"""A few cases at different places of their way, so that every page has something to ask."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from casework import actions
from casework.actions.consent import Asking
from casework.actions.plan import Item
from casework.models import EmergencyCard
from casework.reports import Facts, Sealed
from hotline import handlers  # noqa: F401 - alerts are rung by listeners
from network import registry
from network.models import Agency, Membership, Shift, User
from network.roles import Role
from referral import actions as referrals
from referral.actions.sending import Order
from safekeeping import events, rls, sweeps
from shelters import actions as stays
from tests.casework.steps import bring
from tests.conftest import NOW
from tests.referral.conftest import HEALTH, agree, office
from tests.shelters import conftest as houses
from tests.shelters.conftest import actor_named, do

MORE_PEOPLE = {
    "administrator": ("ubnd-12424", [Role.AGENCY_ADMIN, Role.SUPERVISOR]),
    "newcomer": ("ubnd-12424", [Role.CASEWORKER]),
    "second_coordinator": ("truc", [Role.COORDINATOR, Role.ANALYST, Role.OPERATOR]),
}
PEOPLE = [*houses.CAST, *MORE_PEOPLE]
STATES = ("DETECTED", "ASSESSED", "SUPPORTED", "FOLLOW_UP", "CLOSING", "CLOSED")


def make() -> dict[str, list[str]]:
    """Everything, committed; outside any transaction.

    Returns who walks through the pages and where each begins: at what they have most of.
    """
    houses.load()
    for name, (agency, roles) in MORE_PEOPLE.items():
        _person(name, agency, roles)
    _on_duty("worker", "nurse", "coordinator")
    rich = _worked_on()
    ways = [bring(_cast(), _case(), state) for state in STATES]
    _told(danger_now="yes", conflict="yes")
    asked, slept = _referred(), _sheltered()
    _overseen()
    events.run_jobs(NOW)
    sweeps.sweep_all(NOW)
    cases = [f"/ho-so/{case}" for case in (rich, *ways)]
    sleeping = [f"/cho-o/{stay}" for stay in slept]
    return {
        "worker": [*cases, *asked, *sleeping, "/"], "leader": [*cases, *sleeping, "/"],
        "nurse": [*asked, "/"], "keeper": [*sleeping, "/giuong", "/"],
        **{name: ["/"] for name in ("officer", "coordinator", "newcomer")},
        "administrator": ["/nguoi", "/"],
    }  # fmt: skip


def _person(name: str, agency: str, roles: list[str]) -> None:
    user = User.objects.create(
        username=name, family_name="Trần", given_name=name, joined_at=NOW, language="vi"
    )
    Membership.born(
        user=user, agency=Agency.objects.get(code=agency), roles=roles,
        starts=NOW - timedelta(days=30),
    )  # fmt: skip


def _on_duty(*names: str) -> None:
    for name in names:
        person = actor_named(name)
        Shift.born(
            agency=Agency.objects.get(pk=person.agency_id), starts=NOW - timedelta(hours=1),
            membership=Membership.objects.get(pk=person.membership_id),
            ends=NOW + timedelta(hours=11), turn=1,
        )  # fmt: skip


def _cast() -> dict[str, Any]:
    return {name: actor_named(name) for name in houses.CAST} | {"supervisor": actor_named("leader")}


def _case(**facts: Any) -> UUID:
    """The new case's reference."""
    return houses.make_case(**facts).reference


def _told(**facts: Any) -> None:
    """A case that its commune may not see, so nobody there can name it."""
    place = registry.unit_on(houses.PLACE, NOW.date())
    do("officer", actions.report_case, facts=Facts(place=place, **facts), sealed=Sealed())


def _worked_on() -> UUID:
    """A case with something of everything that can be kept on it."""
    case = bring(_cast(), _case(children_count=2), "ASSESSED")
    asking = Asking(alone=True, told_beforehand=True, evidence="nói")
    do("worker", actions.record_consent, reference=case, answers=["doctor"], asking=asking)
    items = [Item(need="health", words="khám"), Item(need="legal", words="đơn")]
    do("worker", actions.agree_plan, reference=case, kind="support", items=items)
    do("worker", actions.add_note, reference=case, kind="general", words="gặp")
    do("worker", actions.add_incident, reference=case, values={})
    do("worker", actions.withdraw_consent, reference=case, scope="counted")
    newcomer = User.objects.get(username="newcomer").reference
    do("leader", actions.set_block, reference=case, reason="asked", user=newcomer)
    do("worker", actions.start_follow_up, reference=case, mode="call", overriding="hẹn trước")
    return case


def _referred() -> list[str]:
    """Addresses of requests to the health station: waiting, accepted and begun."""
    found = []
    for step in range(3):
        case = bring(_cast(), _case(), "ASSESSED")
        agree(case, actor_named("worker"), "health", "health_facility", HEALTH)
        order = Order(
            service="health", to_agency=office("ttyt-phucu"), urgency="urgent",
            reach_by="companion", needs=("exam",), groups=tuple(sorted(HEALTH)), message="xin khám",
        )  # fmt: skip
        sent = do("worker", referrals.send_referral, reference=case, order=order)
        later = (referrals.accept_referral, referrals.start_referral)[:step]
        for action in later:
            do("nurse", action, reference=sent)
        found.append(f"/chuyen-tuyen/{sent}")
    return found


def _sheltered() -> list[UUID]:
    """Stays asked for, held, slept in, and left for a while."""
    asked, held = houses.make_stay(), houses.make_held(names=("2B",))
    away = houses.make_admitted(names=("2C",))
    do("keeper", stays.go_away, reference=away.reference, why="health")
    here = houses.make_admitted(names=("2A",))
    return [stay.reference for stay in (asked, held, here, away)]


def _overseen() -> None:
    """A case of the coordinator's opened by breaking the glass, in danger to life."""
    _told(danger_now="yes", dangers={"strangled": "yes"})
    with rls.acting(actor=actor_named("newcomer"), now=NOW):
        card = EmergencyCard.objects.latest("pk").reference
    do(
        "newcomer", actions.break_glass, reference=card, reason="danger_to_life",
        fresh_mfa=False, overriding="nguy hiểm",
    )  # fmt: skip
