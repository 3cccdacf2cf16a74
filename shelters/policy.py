"""May this person? The page's buttons ask the same.

owner_id: the agency that owns the stay's case, None where the asker does not see the case at all
(a keeper never does). A coordinator of the duty desk is shown every request that waits.
"""

from casework.policy import is_coordinator
from network.actors import Actor
from network.roles import Role
from shelters.models import Bed, Shelter, Stay

WORKERS = (Role.CASEWORKER, Role.SUPERVISOR)


def works(actor: Actor, owner_id: int | None) -> bool:
    """Works on the case for its owner."""
    if owner_id is None or actor.agency_id != owner_id:
        return False
    return actor.has(*WORKERS) or is_coordinator(actor)


def keeps(actor: Actor, shelter: Shelter) -> bool:
    """Keeps this house."""
    return actor.agency_id == shelter.agency_id and actor.has(Role.KEEPER)


def keeps_stay(actor: Actor, stay: Stay) -> bool:
    """Keeps the house in which this stay has its bed."""
    if stay.agency_id is None or stay.agency_id != actor.agency_id:
        return False
    return actor.has(Role.KEEPER)


def may_request(actor: Actor, owner_id: int | None) -> bool:
    """Ask for a bed: the owner's people."""
    return works(actor, owner_id)


def may_amend(actor: Actor, owner_id: int | None) -> bool:
    """Change what was asked: the owner's people, and the coordinator who was shown it."""
    return works(actor, owner_id) or is_coordinator(actor)


def may_cancel(actor: Actor, stay: Stay, owner_id: int | None) -> bool:
    """Call it off: those, and the keeper who holds the bed."""
    return may_amend(actor, owner_id) or keeps_stay(actor, stay)


def may_hold(actor: Actor, shelter: Shelter, owner_id: int | None) -> bool:
    """A keeper gives the own beds; the owner's people and the coordinator any they see."""
    return keeps(actor, shelter) or may_amend(actor, owner_id)


def may_tend(actor: Actor, stay: Stay, owner_id: int | None) -> bool:
    """Say that she came, moved, left: the keeper, or somebody whom the host told by telephone."""
    return keeps_stay(actor, stay) or may_amend(actor, owner_id)


def may_walk_in(actor: Actor, shelter: Shelter) -> bool:
    """Enter somebody who stands at the door, also for a host who is not connected."""
    return keeps(actor, shelter) or actor.has(*WORKERS) or is_coordinator(actor)


def may_confirm_leave(actor: Actor, stay: Stay, owner_id: int | None) -> bool:
    """Another person than the one who asked that she must leave."""
    if stay.leave_asked_by_id is None or stay.leave_asked_by_id == actor.user_id:
        return False
    return keeps_stay(actor, stay) or works(actor, owner_id)


def may_open_card(actor: Actor, stay: Stay, owner_id: int | None) -> bool:
    """The keeper while a bed is kept, and the people who wrote it."""
    return (keeps_stay(actor, stay) and stay.is_live) or works(actor, owner_id)


def may_stop_bed(actor: Actor, bed: Bed) -> bool:
    """Take a bed of the own house out of use, and back."""
    return keeps(actor, bed.shelter)
