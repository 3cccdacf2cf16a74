"""May this person? The templates' buttons ask the same."""

from datetime import datetime

from casework import policy as casework
from casework.models import Case
from casework.models.base import WORKS_CASES
from network.actors import Actor
from network.roles import Role
from referral.models import IN_WORK, Kind, Referral, State
from referral.rules import OVERTAKES, closes

ANSWERS = WORKS_CASES
SENDS = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.COORDINATOR})


def may_send(actor: Actor, case: Case) -> bool:
    """The case's worker, or a supervisor or coordinator of its owner."""
    if actor.agency_id != case.owner_id or not actor.has(*SENDS):
        return False
    return actor.has(Role.SUPERVISOR, Role.COORDINATOR) or case.worker_id == actor.user_id


def may_overtake(actor: Actor, case: Case, service: str) -> bool:
    """Anyone of the owner who works cases, past assignment, to reach police or a doctor."""
    return actor.agency_id == case.owner_id and actor.has(*WORKS_CASES) and service in OVERTAKES


def may_answer(actor: Actor, referral: Referral) -> bool:
    """Only the addressed agency answers; the sender never can, whatever its roles."""
    return not referral.outside and actor.agency_id == referral.to_agency_id and actor.has(*ANSWERS)


def may_record_answer(actor: Actor, referral: Referral) -> bool:
    """The sender writes down what an office outside the network said; never for a member."""
    return (
        referral.outside and actor.agency_id == referral.from_agency_id and actor.has(*WORKS_CASES)
    )


def may_work(actor: Actor, referral: Referral) -> bool:
    """Who answered for the addressee goes on: start, complete, return."""
    return may_answer(actor, referral) or may_record_answer(actor, referral)


def may_withdraw(actor: Actor, referral: Referral) -> bool:
    """The sending agency takes back what nobody has taken on."""
    return actor.agency_id == referral.from_agency_id and actor.has(*SENDS)


def may_send_on(actor: Actor, referral: Referral) -> bool:
    """The sending agency asks the next one."""
    return may_withdraw(actor, referral)


def may_void(actor: Actor, referral: Referral) -> bool:
    """A mistake is voided by another person than who accepted, of either agency."""
    ours = actor.agency_id in {referral.to_agency_id, referral.from_agency_id}
    return (
        ours
        and actor.has(Role.RESPONDER, Role.SUPERVISOR, Role.COORDINATOR)
        and actor.user_id != referral.answered_by_id
    )


def may_read_stop(actor: Actor, referral: Referral) -> bool:
    """Whoever would have reached for her acknowledges that nobody does."""
    return may_work(actor, referral)


def may_open_message(actor: Actor, referral: Referral, case: Case | None, at: datetime) -> bool:
    """The addressee from its acceptance until 14 days after the work, and who works on the case.

    case: the referral's, where it is there for this person.
    """
    if may_answer(actor, referral) and is_open_to_receiver(referral, at):
        return True
    return works_on_its_case(actor, case)


def is_open_to_receiver(referral: Referral, at: datetime) -> bool:
    """Whether what the acceptance opened is still open. A handover opens the case, to its owner."""
    if referral.state in IN_WORK:
        return bool(referral.kind != Kind.HANDOVER)
    done = referral.completed_at if referral.state == State.COMPLETED else None
    return done is not None and at < closes(done)


def may_open_feedback(actor: Actor, referral: Referral, case: Case | None) -> bool:
    """What the receiver wrote back is for the writer, and for who works on the case."""
    return may_answer(actor, referral) or works_on_its_case(actor, case)


def works_on_its_case(actor: Actor, case: Case | None) -> bool:
    """The owner's worker or who leads there; a former owner opens nothing of what it once sent."""
    if case is None or case.owner_id != actor.agency_id:
        return False
    return casework.may_note(actor, case)


def may_read_reason(actor: Actor, referral: Referral) -> bool:
    """That somebody knows the person accused is for coordinators, and for who said so."""
    if referral.reason != "conflict":
        return True
    return actor.has(Role.COORDINATOR) or may_answer(actor, referral)


def may_see_way(actor: Actor, referral: Referral) -> bool:
    """Police, emergencies and those told by law read the emergency card while they are asked."""
    if not may_answer(actor, referral):
        return False
    if referral.is_notice:
        return bool(referral.state == State.ACKNOWLEDGED)
    return referral.shows_the_way and referral.is_live
