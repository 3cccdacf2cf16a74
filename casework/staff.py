"""Who of an agency may be given a case."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casework import access
from casework.models import Case
from casework.models.base import WORKS_CASES
from network import registry
from network.actors import Actor
from network.models import Agency, Membership
from network.roles import AgencyKind, Role
from safekeeping.errors import RuleBroken


def workers_of(agency: Agency, now: datetime) -> list[Membership]:
    """Caseworkers; on the duty desk its coordinators."""
    role = Role.COORDINATOR if agency.kind == AgencyKind.DUTY_DESK else Role.CASEWORKER
    return registry.members(agency, now, role)


def worker_named(case: Case, worker: UUID, now: datetime) -> Membership:
    """The membership of a worker of the owner, with the case in hand.

    Raises RuleBroken: "not-a-worker" (of that office, in that role), "worker-blocked".
    """
    for membership in workers_of(case.owner, now):
        if membership.user.reference == worker:
            if access.is_blocked(case.pk, user_id=membership.user_id):
                raise RuleBroken("worker-blocked")
            return membership
    raise RuleBroken("not-a-worker")


def is_worker_still(case: Case, now: datetime) -> bool:
    """Whether the worker whom the case names still works at its owner, in that role."""
    return case.worker_id in {member.user_id for member in workers_of(case.owner, now)}


def is_on_shift(actor: Actor, now: datetime) -> bool:
    """On duty for the own agency; where nobody is, whoever is there counts."""
    duties = registry.on_duty(actor.agency_id or 0, now)
    return not duties or actor.user_id in {duty.user_id for duty in duties}


def has_other(case: Case, *, than: int, now: datetime) -> bool:
    """Whether the owner's office has another person who works on cases and may see this one."""
    others = {m.user_id for m in registry.members(case.owner, now, *WORKS_CASES)}
    return bool(others - access.blocked_users(case.pk) - {than})


def reviewer_of(case: Case, *, by: int, now: datetime, desk: Agency) -> Agency:
    """Where another person can look at what one did: the owner's office, else the duty desk."""
    leading: Collection[str] = (
        (Role.COORDINATOR, Role.SUPERVISOR)
        if case.owner.kind == AgencyKind.DUTY_DESK
        else (Role.SUPERVISOR,)
    )
    others = [m for m in registry.members(case.owner, now, *leading) if m.user_id != by]
    return case.owner if others else desk
