"""A case conference: who sat there, and what they decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from casework import access, policy
from casework.actions.plan import Item, write_plan
from casework.groups import words_of
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
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case: Any = Case.objects.annotate(**access.kept_out()).get(pk=case_id)
        require(policy.may_confer(actor, case))
        nobody = {*case.blocked_people, *case.sitting_there}
        reached = _offices_with_access(case, now).exclude(pk__in=case.blocked_offices)
        offices = list(reached.order_by("pk"))
        members = registry.members_in(offices, now, *WORKS_CASES)
        free = [member for member in members if member.user_id not in nobody]
        return [seat for office in offices for seat in _seats_of(office, free)]


def _offices_with_access(case: Case, at: datetime) -> QuerySet[Agency]:
    """The owner, and the agencies with access at that moment."""
    live = Access.objects.filter(case_id=case.pk, live=True, starts__lte=at).exclude(ends__lte=at)
    rows: QuerySet[Agency] = Agency.objects.filter(
        Q(pk=case.owner_id) | Q(pk__in=live.values("agency_id"))
    )
    return rows


def _seats_of(office: Agency, members: Sequence[Membership]) -> list[Seat]:
    people = [
        Seat(office.reference, office.short, member.user.reference, member.user.name)
        for member in members
        if member.agency_id == office.pk
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
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
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
            minutes=words_of(minutes),
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
    kept_out, nobody = access.blocked(case.pk)
    if kept_out.intersection(office.pk for office in offices) or nobody.intersection(people):
        raise RuleBroken("attendee-blocked")
    reached = set(_offices_with_access(case, at).values_list("pk", flat=True))
    if not {office.pk for office in offices} <= reached:
        raise RuleBroken("attendee-without-access")
