"""Who is acting: made once per request, job or command, and passed from there."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied

from network.models import Membership, User


@dataclass(frozen=True)
class Actor:
    """A person in one membership; without one (stranger, system) ids are None and roles empty."""

    user_id: int | None = None
    membership_id: int | None = None
    agency_id: int | None = None
    agency_kind: str = ""
    roles: frozenset[str] = frozenset()
    unit_id: int | None = None
    system: str = ""

    def has(self, *roles: str) -> bool:
        """Whether the person holds any of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_person(self) -> bool:
        """Somebody signed in, with or without a membership."""
        return self.user_id is not None


STRANGER = Actor()


def actor_for(user: User, membership: Membership | None, at: datetime) -> Actor:
    """The actor of a signed-in person; without a membership, one who may do nothing.

    Raises PermissionDenied for a membership that is not theirs, not begun or ended, and for a
    person who may no longer sign in.
    """
    if not user.is_active:
        raise PermissionDenied
    if membership is None:
        return Actor(user_id=user.pk)
    if membership.user_id != user.pk or not membership.is_live(at):
        raise PermissionDenied
    return Actor(
        user_id=user.pk,
        membership_id=membership.pk,
        agency_id=membership.agency_id,
        agency_kind=membership.agency.kind,
        roles=frozenset(membership.roles),
        unit_id=membership.agency.unit_id,
    )


def system_actor(name: str) -> Actor:
    """The program itself under one of safekeeping's system names; no person, no agency."""
    return Actor(system=name)
