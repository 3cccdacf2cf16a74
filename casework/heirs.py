"""Who takes over a case from an office that has ended; asked with the case in hand."""

from collections.abc import Collection
from datetime import datetime

from casework import access, routing, staff
from casework.models import Case
from network import registry
from network.models import Agency
from network.roles import Role

# A successor without one of these is not connected: the duty desk places the case.
OWNS = routing.OWNS
# Whoever works there may answer what else an office had to do.
WORKS = (*routing.ANSWERS, Role.KEEPER, Role.OPERATOR)


def heir_of(case: Case, office: Agency, now: datetime) -> Agency | None:
    """The successor that may see this case; None if there is none or a block names it.

    Where the office's commune was split it is found by the place of the act.
    """
    heir = registry.successor_of(office, registry.localdate(now), place=case.place)
    if heir is None or access.is_blocked(case.pk, agency_id=heir.pk):
        return None
    return heir


def owner_of(case: Case, office: Agency, now: datetime) -> Agency:
    """Who has the case from now on; a closed one waits for nobody, so the successor itself has it.

    Whoever opens files as the successor's answers for them, and the duty desk need read none.
    """
    heir = None if case.is_live else heir_of(case, office, now)
    return heir or keeper_of(case, office, now)


def keeper_of(case: Case, office: Agency, now: datetime, roles: Collection[str] = OWNS) -> Agency:
    """The same, or the duty desk where there is none or nobody there has one of the roles yet."""
    heir = heir_of(case, office, now)
    desk = routing.duty_desk(now)
    if heir is None or heir.pk == desk.pk or not registry.is_connected(heir, roles, now):
        return staff.reviewer_outside(case, now) if _is_kept_out(case, desk) else desk
    return heir


def _is_kept_out(case: Case, desk: Agency) -> bool:
    return access.is_blocked(case.pk, agency_id=desk.pk)
