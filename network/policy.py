"""May this person? Asked by actions and, alike, by the pages that offer the buttons."""

from collections.abc import Iterable

from network.actors import Actor
from network.models import Agency, Invitation, Membership, Publicity
from network.models.people import SEES_ALL_ROSTERS
from network.roles import AgencyKind, Role

# Roles over the whole network; only its administrator gives them.
OVER_ALL = frozenset({Role.NETWORK_ADMIN, Role.AUDITOR})
# A coordinator sits at the duty desk, an operator on a hotline, and nowhere else.
SEATS = {Role.COORDINATOR: AgencyKind.DUTY_DESK, Role.OPERATOR: AgencyKind.HOTLINE}
RUNS_ROSTER = frozenset({Role.AGENCY_ADMIN, Role.SUPERVISOR, Role.COORDINATOR})


def may_manage(actor: Actor, agency_id: int) -> bool:
    """Invite, change and end memberships there."""
    if actor.has(Role.NETWORK_ADMIN):
        return True
    return actor.has(Role.AGENCY_ADMIN) and actor.agency_id == agency_id


def may_give(actor: Actor, agency: Agency, roles: Iterable[str]) -> bool:
    """Whether these roles may be given in that agency by this person."""
    wanted = set(roles)
    if not wanted or not wanted <= set(Role.values):
        return False
    if wanted & OVER_ALL and not actor.has(Role.NETWORK_ADMIN):
        return False
    return all(agency.kind == seat for role, seat in SEATS.items() if role in wanted)


def givable(actor: Actor, agency: Agency) -> list[str]:
    """The roles to offer on a form."""
    return [role for role in Role.values if may_give(actor, agency, [role])]


def may_change(actor: Actor, membership: Membership) -> bool:
    """Somebody else's membership only: nobody grants or ends anything for oneself."""
    return may_manage(actor, membership.agency_id) and membership.user_id != actor.user_id


def may_let_in(actor: Actor, membership: Membership, agency_ids: Iterable[int]) -> bool:
    """Begin to give somebody a way back in, who manages every office that it leads to.

    agency_ids: of all in which that person acts. An office may take on whom it likes: it must not
    come into another one by it.
    """
    everywhere = actor.has(Role.NETWORK_ADMIN) or set(agency_ids) <= {actor.agency_id}
    return everywhere and may_change(actor, membership)


def may_confirm(actor: Actor, asked: Invitation, agency_ids: Iterable[int]) -> bool:
    """The second person for a lost second factor: neither the first nor the one concerned.

    agency_ids: where the person concerned works.
    """
    if actor.user_id in (asked.made_by_id, asked.user_id):
        return False
    if actor.has(Role.NETWORK_ADMIN):
        return True
    return actor.has(Role.AGENCY_ADMIN, Role.SUPERVISOR) and actor.agency_id in set(agency_ids)


def may_see_roster(actor: Actor, agency_id: int) -> bool:
    """See who is on duty there beyond now."""
    return actor.agency_id == agency_id or actor.has(*SEES_ALL_ROSTERS)


def may_run_roster(actor: Actor, agency_id: int) -> bool:
    """Write who is on duty there."""
    if actor.has(Role.NETWORK_ADMIN):
        return True
    return actor.has(*RUNS_ROSTER) and actor.agency_id == agency_id


def may_reorganise(actor: Actor) -> bool:
    """End agencies, split and merge communes: what the network is, not who works in it."""
    return actor.has(Role.NETWORK_ADMIN)


def may_see_agency(actor: Actor, agency: Agency) -> bool:
    """A secret site exists for its own people, the coordinator and the network's administrator.

    Of a row at hand; of all rows `Agency.objects.visible_to` asks the same.
    """
    if agency.publicity != Publicity.SECRET:
        return True
    return actor.agency_id == agency.pk or actor.has(Role.COORDINATOR, Role.NETWORK_ADMIN)
