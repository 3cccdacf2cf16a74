"""Who can be asked: agencies that offer the service at the place, less the blocked.

Asked with the case in hand, for only so are its blocks seen. An agency that a block names, and one
whose every member is blocked, is never offered; nobody is told why.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, QuerySet, Value

from casework import access
from casework.models import Case
from network import registry
from network.models import Agency, Membership
from referral.models import Referral
from referral.policy import ANSWERS
from referral.rules import OWNERS


@dataclass(frozen=True)
class Recipient:
    """One who can be asked. Not connected: nobody there can sign in, the sender rings `phone`."""

    agency: Agency
    connected: bool

    @property
    def may_own(self) -> bool:
        """Whether a case can be handed over to it: of such a kind, and somebody is there."""
        return self.connected and self.agency.kind in OWNERS

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
    return _blocked(access.named_by_blocks(case_id))


def _blocked(rows: Iterable[tuple[int | None, int | None]]) -> Blocked:
    found = list(rows)
    return Blocked(
        agencies=frozenset(agency for agency, _ in found if agency),
        users=frozenset(user for _, user in found if user),
    )


def blocked_or_asked(referral: Referral) -> Blocked:
    """The blocks of the case in hand, and as offices also those asked in the referral's round."""
    blocks = access.named_by_blocks(referral.case_id)
    round_ = Referral.objects.filter(case_id=referral.case_id, round=referral.round)
    nobody = Value(None, output_field=BigIntegerField())
    return _blocked(blocks.union(round_.values_list("to_agency_id", nobody), all=True))


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
        members=_answering(at),
    )
    return _recipients(found, {one.pk: set(one.member_ids) for one in found}, barred)


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
    return _recipients(free, _members_of(free, at), barred)


def desk(case: Case, at: datetime) -> Recipient | None:
    """The duty desk, for where nobody else may or can be asked."""
    found = registry.duty_desk(registry.localdate(at))
    if found is None or found.pk == case.owner_id:
        return None
    return next(iter(among(case, [found], at)), None)


def _answering(at: datetime) -> QuerySet[Membership]:
    """Who may answer a request."""
    rows: QuerySet[Membership] = Membership.objects.live(at).with_role(*ANSWERS)
    return rows


def _members_of(found: list[Agency], at: datetime) -> dict[int, set[int]]:
    """Agency id → ids of the users who may answer there."""
    members: dict[int, set[int]] = {one.pk: set() for one in found}
    if members:
        rows = _answering(at).filter(agency_id__in=members)
        for agency_id, user_id in rows.values_list("agency_id", "user_id"):
            members[agency_id].add(user_id)
    return members


def _recipients(
    found: list[Agency], members: dict[int, set[int]], barred: Blocked
) -> list[Recipient]:
    """Drop agencies emptied by blocks; mark those that have nobody at all as not connected."""
    return [
        Recipient(one, connected=bool(members[one.pk]))
        for one in found
        if not members[one.pk] or members[one.pk] - barred.users
    ]
