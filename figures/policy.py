"""Who may read which figures."""

from network.actors import Actor
from network.roles import Role

READERS = (
    Role.ANALYST,
    Role.SUPERVISOR,
    Role.COORDINATOR,
    Role.AGENCY_ADMIN,
    Role.NETWORK_ADMIN,
    Role.AUDITOR,
)


def may_read_network(actor: Actor) -> bool:
    """Partners of the network read its figures; none of them is counted from what they may see."""
    return actor.has(*READERS)


def may_read_draft_for_public(actor: Actor) -> bool:
    """What may one day be published is looked at by analysts until it has been attacked."""
    return actor.has(Role.ANALYST, Role.NETWORK_ADMIN)
