"""A case conference: who sat there, and what they decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework import access, policy
from casework.actions.plan import Item, write_plan
from casework.groups import Words
from casework.models import Access, Case, Conference, PlanKind
from casework.models.base import WORKS_CASES
from casework.paths import moment
from network import registry
from network.actors import Actor
from network.models import Agency, Membership
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require


@dataclass(frozen=True)
class Seat:
    """An office that may sit in a conference, and one of its people; references for forms."""

    agency: UUID
    office: str
    person: UUID | None = None
    name: str = ""


def seats_for(*, actor: Actor, reference: UUID, now: datetime) -> list[Seat]:
    """Who may be named in a conference: offices with access and their people, less the blocked.

    Raises NotVisible, PermissionDenied.
    """
    case_id = Case.objects.visible_to(actor).case_of(reference)
    with rls.on_case(case_id):
        case = Case.objects.get(pk=case_id)
        require(policy.may_confer(actor, case))
        offices = Agency.objects.filter(pk__in=_reached(case, now)).order_by("pk")
        free = [one for one in offices if not access.is_blocked(case_id, agency_id=one.pk)]
        return [seat for one in free for seat in _seats_of(case_id, one, now)]


def _seats_of(case_id: int, office: Agency, now: datetime) -> list[Seat]:
    people = [
        Seat(office.reference, office.short, member.user.reference, member.user.name)
        for member in registry.members(office, now, *WORKS_CASES)
        if not access.is_blocked(case_id, user_id=member.user_id)
    ]
    return people or [Seat(office.reference, office.short)]


def record_conference(
    *,
    actor: Actor,
    reference: UUID,
    held_at: datetime,
    agencies: Collection[UUID],
    attendees: Collection[UUID] = (),
    minutes: str = "",
    decisions: Sequence[Item] = (),
    now: datetime,
) -> UUID:
    """Keep a conference; returns its reference.

    agencies, attendees: references of the offices and of the people who sat there. Only agencies
    with access attend, and each office and person is held against the conflict blocks: that guard
    is hard. Decisions become items of a support plan.

    Raises NotVisible, PermissionDenied, RuleBroken("attendee-blocked", "attendee-without-access",
    "attendee-unknown", "case-closed", "in-the-future"). Records conference.held; plan.agreed.
    """
    when = moment(now, held_at)
    case_id = Case.objects.visible_to(actor).case_of(reference)
    with rls.on_case(case_id):
        case = Case.objects.get(pk=case_id)
        require(policy.may_confer(actor, case))
        if not case.is_live:
            raise RuleBroken("case-closed")
        offices = _offices(agencies)
        people = _people(attendees, {office.pk for office in offices}, held_at)
        _require_seats(case, offices, people, held_at)
        row = Conference.born(
            case=case,
            held_at=held_at,
            recorded_at=now,
            by_id=actor.user_id,
            agencies=sorted(office.pk for office in offices),
            attendees=sorted(people),
            minutes=Words(minutes) if minutes else None,
        )
        events.record("conference.held", subject=row, actor=actor, at=now, happened_at=held_at)
        if decisions:
            write_plan(case, PlanKind.SUPPORT, decisions, actor=actor, when=when)
    return row.reference


def _offices(agencies: Collection[UUID]) -> list[Agency]:
    found = list(Agency.objects.filter(reference__in=agencies))
    if not found or len(found) < len(set(agencies)):
        raise RuleBroken("attendee-unknown")
    return found


def _people(attendees: Collection[UUID], offices: set[int], at: datetime) -> list[int]:
    """Ids of the people, each a member of one of the offices that sat there."""
    wanted = set(attendees)
    if not wanted:
        return []
    seats = Membership.objects.live(at).filter(user__reference__in=wanted, agency_id__in=offices)
    found = set(seats.values_list("user_id", flat=True))
    if len(found) < len(wanted):
        raise RuleBroken("attendee-unknown")
    return list(found)


def _require_seats(
    case: Case, offices: Sequence[Agency], people: Sequence[int], at: datetime
) -> None:
    if any(access.is_blocked(case.pk, agency_id=office.pk) for office in offices):
        raise RuleBroken("attendee-blocked")
    if any(access.is_blocked(case.pk, user_id=user_id) for user_id in people):
        raise RuleBroken("attendee-blocked")
    if not {office.pk for office in offices} <= _reached(case, at):
        raise RuleBroken("attendee-without-access")


def _reached(case: Case, at: datetime) -> set[int]:
    """The owner, and the agencies with access at that moment."""
    live = Access.objects.filter(case_id=case.pk, live=True, starts__lte=at).exclude(ends__lte=at)
    return {case.owner_id, *live.values_list("agency_id", flat=True)}
