"""Who is there: the members of agencies, and who of them is on duty.

`at` is an aware moment. A phone stays sealed on its shift.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from network import rules
from network.models import Agency, Membership, Shift
from safekeeping.questions import Id, kept

ROSTER_KEPT = timedelta(days=7)


def is_connected(one: Agency | int, role: str | Iterable[str], at: datetime) -> bool:
    """Whether an agency has an active member in (any of) the needed role(s).

    Most communes have none on day one: their work falls to the duty desk, and the page says whom
    to ring.
    """
    return bool(connected([one if isinstance(one, int) else one.pk], role, at))


def connected(agency_ids: Iterable[int], role: str | Iterable[str], at: datetime) -> set[int]:
    """Those of these agencies that have an active member in (any of) the role(s); one query."""
    roles = [role] if isinstance(role, str) else list(role)
    live = Membership.objects.live(at).with_role(*roles).filter(agency_id__in=list(agency_ids))
    return set(live.values_list("agency_id", flat=True))


def roles_at(agency_ids: Iterable[int], at: datetime) -> dict[int, set[str]]:
    """Agency id → every role that an active member holds there; one query."""
    found: dict[int, set[str]] = defaultdict(set)
    live = Membership.objects.live(at).filter(agency_id__in=list(agency_ids))
    for agency_id, roles in live.values_list("agency_id", "roles"):
        found[agency_id].update(roles)
    return found


def members(one: Agency | int, at: datetime, *roles: str) -> list[Membership]:
    """Active members of an agency, by given name; only those with one of the roles, if named."""
    return members_in([one], at, *roles)


def members_in(agencies: Iterable[Agency | int], at: datetime, *roles: str) -> list[Membership]:
    """The same of several agencies; one query."""
    ids = [one if isinstance(one, int) else one.pk for one in agencies]
    live = Membership.objects.live(at).filter(agency_id__in=ids)
    if roles:
        live = live.with_role(*roles)
    by_name = ("user__given_name", "user__family_name", "pk")
    return list(live.select_related("user", "agency").order_by(*by_name))


def memberships_of(user_id: int, at: datetime) -> list[Membership]:
    """A person's live memberships, the first joined first: what one may switch between.

    Each carries `duty_ends`: until when the person is on duty there now, or None.
    """
    return _memberships(Id(user_id), at)


@kept
def _memberships(user_id: int, at: datetime) -> QuerySet[Membership]:
    running = Shift.objects.at(at).filter(membership=OuterRef("pk")).order_by("-ends")
    live = Membership.objects.live(at).filter(user_id=user_id)
    shown = live.annotate(duty_ends=Subquery(running.values("ends")[:1]))
    return shown.select_related("user", "agency__unit").order_by("starts", "pk")


@dataclass(frozen=True)
class Duty:
    """Somebody on duty. The phone stays sealed on the shift."""

    shift_id: int
    shift: UUID
    agency_id: int
    membership_id: int
    user_id: int
    name: str
    given_name: str
    roles: frozenset[str]
    turn: int
    starts: datetime
    ends: datetime


def on_duty(one: Agency | int, at: datetime) -> list[Duty]:
    """Who is on duty for an agency, in the order in which they are rung."""
    return on_duty_in([one if isinstance(one, int) else one.pk], at)


def on_duty_in(agency_ids: Iterable[int], at: datetime) -> list[Duty]:
    """The same for several agencies; one query."""
    shifts = Shift.objects.at(at).filter(agency_id__in=list(agency_ids))
    return _duties(shifts, at)


def _duties(shifts: QuerySet[Shift], at: datetime) -> list[Duty]:
    live = shifts.filter(membership__in=Membership.objects.live(at))
    return [_duty(shift) for shift in live.select_related("membership__user").defer("phone")]


def _duty(shift: Shift) -> Duty:
    membership = shift.membership
    return Duty(
        shift_id=shift.pk,
        shift=shift.reference,
        agency_id=shift.agency_id,
        membership_id=membership.pk,
        user_id=membership.user_id,
        name=membership.user.name,
        given_name=membership.user.given_name,
        roles=frozenset(membership.roles),
        turn=shift.turn,
        starts=shift.starts,
        ends=shift.ends,
    )


@dataclass(frozen=True)
class Watch:
    """An agency's roster around a moment: who is on duty now, and when nobody will be."""

    duties: list[Duty]
    gaps: list[rules.Spell]


def watch(
    agency_ids: Iterable[int], at: datetime, ahead: timedelta = timedelta(days=7)
) -> dict[int, Watch]:
    """The rosters of several agencies; one query. Without a shift for a week one keeps none."""
    near = Shift.objects.within(at - ROSTER_KEPT, at + ahead)
    shifts = near.filter(agency_id__in=list(agency_ids)).order_by("turn", "starts", "pk")
    held: dict[int, list[Duty]] = defaultdict(list)
    for duty in _duties(shifts, at):
        held[duty.agency_id].append(duty)
    return {
        agency_id: Watch(
            duties=[duty for duty in duties if duty.starts <= at < duty.ends],
            gaps=rules.gaps([(duty.starts, duty.ends) for duty in duties], at, at + ahead),
        )
        for agency_id, duties in held.items()
    }


def gaps_ahead(
    agency_ids: Iterable[int], at: datetime, ahead: timedelta = timedelta(days=7)
) -> dict[int, list[rules.Spell]]:
    """When nobody will be on duty, for each agency that keeps a roster and has gaps; one query."""
    seen = watch(agency_ids, at, ahead)
    return {agency_id: one.gaps for agency_id, one in seen.items() if one.gaps}
