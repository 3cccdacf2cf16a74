"""May this person? Roles in the owner's office, the duty desk standing in, another person's eye.

Conflict blocks are no matter of policy: whom they name does not see the case at all.
"""

from datetime import datetime

from casework import rules
from casework.models import Case
from casework.models.access import Reviewed
from casework.models.base import WORKS_CASES
from network.actors import Actor
from network.roles import AgencyKind, Role
from safekeeping.errors import require as require  # noqa: PLC0414  (others ask it of us)


def may_report(actor: Actor) -> bool:
    """Any member of any agency; reporting opens nothing."""
    return actor.is_person and actor.agency_id is not None


def may_report_for(actor: Actor) -> bool:
    """In the name of an officer or host who called: an operator or the coordinator."""
    return actor.has(Role.OPERATOR, Role.COORDINATOR)


def may_complete(actor: Actor, case: Case, *, reporter_id: int) -> bool:
    """Who reported, or a person of the owner, brings what could not be sealed at first."""
    return actor.user_id == reporter_id or is_of_owner(actor, case)


def is_coordinator(actor: Actor) -> bool:
    """On the network's duty desk."""
    return actor.agency_kind == AgencyKind.DUTY_DESK and actor.has(Role.COORDINATOR)


def is_of_owner(actor: Actor, case: Case) -> bool:
    """A member of the owner who works on cases."""
    return actor.agency_id == case.owner_id and actor.has(*WORKS_CASES)


def leads(actor: Actor, case: Case) -> bool:
    """The owner's supervisor; on the duty desk every coordinator."""
    if actor.agency_id != case.owner_id:
        return False
    return actor.has(Role.SUPERVISOR) or is_coordinator(actor)


def works_on(actor: Actor, case: Case) -> bool:
    """The case's own worker; on the duty desk every coordinator."""
    if actor.agency_id != case.owner_id:
        return False
    is_worker = actor.has(Role.CASEWORKER) and case.worker_id == actor.user_id
    return is_worker or is_coordinator(actor)


def may_erase(actor: Actor, case: Case) -> bool:
    """Who leads the case; erasing cannot be undone."""
    return leads(actor, case)


def may_hold(actor: Actor, case: Case) -> bool:
    """Who leads the case keeps it from being erased, and lets it go again."""
    return leads(actor, case)


def may_assign(actor: Actor, case: Case) -> bool:
    """Who leads gives the case to a worker, or to another one."""
    return leads(actor, case)


def may_claim(actor: Actor, case: Case) -> bool:
    """A caseworker takes on a case that has no worker."""
    if actor.agency_id != case.owner_id or case.worker_id is not None:
        return False
    return actor.has(Role.CASEWORKER) or is_coordinator(actor)


def may_acknowledge(actor: Actor, case: Case) -> bool:
    """A person of the owner has taken note."""
    return is_of_owner(actor, case)


def may_stand_in(actor: Actor, *, waits_since: datetime | None, now: datetime) -> bool:
    """The coordinator acts for an owner who has not taken note for 20 minutes."""
    return is_coordinator(actor) and rules.is_unheard(waits_since, now=now)


def may_clear(actor: Actor, case: Case) -> bool:
    """The duty desk rings back and clears what it owns."""
    return is_coordinator(actor) and actor.agency_id == case.owner_id


def may_block(actor: Actor, case: Case) -> bool:
    """Who leads reads and keeps the list; the list itself names her."""
    return leads(actor, case)


def may_waive(actor: Actor, case: Case, agency_id: int) -> bool:
    """Who leads the case, or the supervisor of the agency that the clock is about."""
    if leads(actor, case):
        return True
    return actor.agency_id == agency_id and (actor.has(Role.SUPERVISOR) or is_coordinator(actor))


def may_review(actor: Actor, row: Reviewed) -> bool:
    """A supervisor who is not the one who acted, of the office that was asked to look."""
    if actor.user_id == row.done_by or actor.agency_id != row.review_agency_id:
        return False
    return actor.has(Role.SUPERVISOR) or is_coordinator(actor)


def may_break_glass(actor: Actor) -> bool:
    """Whoever works on cases and sees that this one exists, or its emergency card."""
    return actor.is_person and actor.has(*WORKS_CASES)


def may_oversee(actor: Actor) -> bool:
    """Supervisors and coordinators look over their own office, auditors over the chain."""
    return actor.has(Role.SUPERVISOR, Role.COORDINATOR, Role.AUDITOR)


def may_search(actor: Actor) -> bool:
    """Whoever may open what is compared: workers and supervisors."""
    return actor.has(Role.CASEWORKER, Role.SUPERVISOR) or is_coordinator(actor)


# The later steps


def may_work(actor: Actor, case: Case, *, overriding: bool = False) -> bool:
    """The case's worker; a caseworker of the owner while it has none, or past the assignment.

    `overriding`: the soft guard of assignment is asked about in the action.
    """
    if works_on(actor, case):
        return True
    is_colleague = actor.agency_id == case.owner_id and actor.has(Role.CASEWORKER)
    return is_colleague and (case.worker_id is None or overriding)


def may_ask_consent(actor: Actor, case: Case) -> bool:
    """Whoever works on the case or leads it may write down what she said."""
    return may_work(actor, case) or leads(actor, case)


def may_withdraw_consent(actor: Actor) -> bool:
    """She may say it to anybody who works on her case, in whichever agency."""
    return actor.has(*WORKS_CASES)


def may_note(actor: Actor, case: Case) -> bool:
    """Notes belong to the owner's people on the case."""
    return may_work(actor, case) or leads(actor, case)


def may_check_safety(actor: Actor) -> bool:
    """Whoever sees the case may say that she is safe: a fact is never refused."""
    return actor.has(*WORKS_CASES)


def may_record_death(actor: Actor) -> bool:
    """Whoever sees the case may say that she has died: a fact is never refused."""
    return actor.has(*WORKS_CASES)


def may_take_back_death(actor: Actor, case: Case) -> bool:
    """Who leads the case says that it was a mistake."""
    return leads(actor, case)


def may_debrief(actor: Actor, case: Case) -> bool:
    """The people who worked on the case."""
    return is_of_owner(actor, case)


def may_confer(actor: Actor, case: Case) -> bool:
    """Who works on the case or leads it keeps the record of its conference."""
    return may_work(actor, case) or leads(actor, case)


def may_propose_closure(actor: Actor, case: Case) -> bool:
    """The worker or the supervisor."""
    return may_work(actor, case) or leads(actor, case)


def may_decide_closure(actor: Actor, case: Case, *, by: int | None, is_asked: bool = False) -> bool:
    """Another person of the owner than the one who proposed it.

    is_asked: the own office was asked, for the owner's has nobody else.
    """
    answers_for_it = actor.has(Role.SUPERVISOR) or is_coordinator(actor)
    is_theirs = is_of_owner(actor, case) or (is_asked and answers_for_it)
    return is_theirs and actor.user_id != by


def may_reopen(actor: Actor, case: Case) -> bool:
    """A caseworker or supervisor of the owner."""
    is_ours = actor.agency_id == case.owner_id
    return is_ours and (actor.has(Role.CASEWORKER, Role.SUPERVISOR) or is_coordinator(actor))


def may_correct(actor: Actor, case: Case) -> bool:
    """Who works on the case or leads it."""
    return may_work(actor, case) or leads(actor, case)


def may_link(actor: Actor, case: Case) -> bool:
    """A supervisor who sees both cases."""
    return leads(actor, case)


def may_claim_task(actor: Actor, case: Case) -> bool:
    """Any worker of the owner; being claimed gives no right beyond what one has."""
    return is_of_owner(actor, case)
