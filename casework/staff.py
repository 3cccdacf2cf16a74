"""Who of an agency may be given a case."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from casework import access, routing
from casework.models import Block, Case
from casework.models.base import WORKS_CASES
from network import registry
from network.actors import Actor
from network.models import Agency, Membership
from network.roles import AgencyKind, Role
from safekeeping.errors import RuleBroken

# Where the duty desk may not look, or owned the case itself: who leads the province first.
OUTSIDE = (
    AgencyKind.PROVINCIAL_COMMITTEE,
    AgencyKind.SOCIAL_WORK_CENTRE,
    AgencyKind.DEPARTMENT,
    AgencyKind.WOMENS_UNION,
)


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


def works_there(member: Membership, now: datetime) -> bool:
    """Whether a member, of an agency that came along, may be given its cases now."""
    return member.user_id in {one.user_id for one in workers_of(member.agency, now)}


def is_on_shift(actor: Actor, now: datetime) -> bool:
    """On duty for the own agency; where nobody is, whoever is there counts."""
    duties = registry.on_duty(actor.agency_id or 0, now)
    return not duties or actor.user_id in {duty.user_id for duty in duties}


def has_other(case: Case, *, than: int, now: datetime) -> bool:
    """Whether the owner's office has another person who works on cases and may see this one."""
    others = {m.user_id for m in registry.members(case.owner, now, *WORKS_CASES)}
    return bool(others - access.blocked_users(case.pk) - {than})


def reviewer_of(case: Case, *, by: int, now: datetime, desk: Agency) -> Agency:
    """Where another person can look at what one did, with the case in hand.

    The owner's office, the duty desk, else one of the province's; nobody there whom a block names.
    """
    found = _with_leader(case, [case.owner, desk], now, but=by)
    return found or _with_leader(case, _province(now), now, but=by) or _at_last(case, desk)


def may_look(case: Case, office: Agency, now: datetime, *, but: int) -> bool:
    """Whether somebody else there may look at what this person did, with the case in hand."""
    return _with_leader(case, [office], now, but=but) is not None


def reviewer_outside(case: Case, now: datetime, *, but: int = 0) -> Agency:
    """An office that does not lead the case: the duty desk, else one of the province's.

    With the case in hand; somebody else there than `but`. Where nobody there leads whom no block
    names, the desk all the same, or the owner's own office: somebody has to look.
    """
    desk = routing.duty_desk(now)
    found = _with_leader(case, [desk], now, but=but, is_outside=True)
    found = found or _with_leader(case, _province(now), now, but=but, is_outside=True)
    return found or _at_last(case, desk)


def _at_last(case: Case, desk: Agency) -> Agency:
    return case.owner if access.is_blocked(case.pk, agency_id=desk.pk) else desk


def _province(now: datetime) -> list[Agency]:
    day = registry.localdate(now)
    return [one for kind in OUTSIDE for one in registry.agencies_of(kind, day)]


def _with_leader(
    case: Case, offices: Sequence[Agency], now: datetime, *, but: int = 0, is_outside: bool = False
) -> Agency | None:
    """The first in which somebody but this person leads, whom no block names; one statement.

    is_outside: not the office that has the case.
    """
    asked = [one for one in offices if not (is_outside and one.pk == case.owner_id)]
    blocks = Block.objects.filter(case_id=case.pk, live=True)
    barred = blocks.filter(agency__isnull=False).values("agency_id")
    kept_out = blocks.filter(user__isnull=False).values("user_id")
    there = Membership.objects.live(now).filter(agency__in=barred).values("user_id")
    members = Membership.objects.live(now).filter(agency__in=asked).exclude(user_id=but)
    members = members.exclude(agency_id__in=barred).exclude(user_id__in=kept_out)
    members = members.exclude(user_id__in=there)
    held = members.values_list("agency_id", "agency__kind", "roles")
    led = {agency_id for agency_id, kind, roles in held if _leads(kind, roles)}
    return next((one for one in asked if one.pk in led), None)


def _leads(kind: str, roles: Collection[str]) -> bool:
    """As `policy.may_review` asks."""
    return Role.SUPERVISOR in roles or (kind == AgencyKind.DUTY_DESK and Role.COORDINATOR in roles)
