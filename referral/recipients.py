"""Who can be asked: agencies that offer the service at the place, less the blocked.

Asked with the case in hand, for only so are its blocks seen. An agency that a block names, and one
whose every member is blocked, is never offered; nobody is told why.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from casework.models import Block, Case
from network import registry
from network.models import Agency, Membership
from referral.policy import ANSWERS


@dataclass(frozen=True)
class Recipient:
    """One who can be asked. Not connected: nobody there can sign in, the sender rings `phone`."""

    agency: Agency
    connected: bool

    @property
    def phone(self) -> str:
        return registry.duty_phone_of(self.agency)


@dataclass(frozen=True)
class Blocked:
    """Offices and persons that may never see a case."""

    agencies: frozenset[int]
    users: frozenset[int]


def blocked(case_id: int) -> Blocked:
    """The blocks in force of the case in hand."""
    rows = Block.objects.filter(case_id=case_id, live=True).values_list("agency_id", "user_id")
    found = list(rows)
    return Blocked(
        agencies=frozenset(agency for agency, _ in found if agency),
        users=frozenset(user for _, user in found if user),
    )


def offers(
    case: Case,
    service: str,
    at: datetime,
    *,
    kinds: Collection[str] = (),
    after: Collection[int] = (),
    barred: Blocked | None = None,
) -> list[Recipient]:
    """All who can be asked for a service of this case in hand, in the order of asking.

    kinds: only these kinds of agency, if any are named. after: ids of agencies asked already.
    barred: the case's blocks, where they were looked up already.
    """
    barred = barred or blocked(case.pk)
    found = registry.agencies_offering(
        service,
        case.place,
        registry.localdate(at),
        after={*after, *barred.agencies, case.owner_id},
        kinds=kinds,
    )
    return _with_members(found, barred, at)


def first_offer(found: Iterable[Recipient]) -> Recipient | None:
    """Whom to ask without a person choosing: the first connected one, else the first to be rung."""
    listed = list(found)
    return next((one for one in listed if one.connected), listed[0] if listed else None)


def among(
    case: Case, agencies: list[Agency], at: datetime, *, barred: Blocked | None = None
) -> list[Recipient]:
    """These agencies as recipients, less those that blocks forbid or empty."""
    barred = barred or blocked(case.pk)
    free = [one for one in agencies if one.pk not in barred.agencies]
    return _with_members(free, barred, at)


def desk(case: Case, at: datetime) -> Recipient | None:
    """The duty desk, for where nobody else may or can be asked."""
    found = registry.duty_desk(registry.localdate(at))
    if found is None or found.pk == case.owner_id:
        return None
    return next(iter(among(case, [found], at)), None)


def _with_members(found: list[Agency], barred: Blocked, at: datetime) -> list[Recipient]:
    """Drop agencies emptied by blocks; mark those that have nobody at all as not connected."""
    if not found:
        return []
    members: dict[int, set[int]] = {}
    rows = (
        Membership.objects.live(at)
        .with_role(*ANSWERS)
        .filter(agency_id__in=[one.pk for one in found])
        .values_list("agency_id", "user_id")
    )
    for agency_id, user_id in rows:
        members.setdefault(agency_id, set()).add(user_id)
    return [
        Recipient(one, connected=one.pk in members)
        for one in found
        if one.pk not in members or members[one.pk] - barred.users
    ]
