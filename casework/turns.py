"""Whose turn it is, for the page "my work": open tasks of one's agency by what falls due first."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import pgettext_lazy

from casework.flows import CaseResponse
from casework.models import AgencyTask, Case, Closure
from casework.models.base import WORKS_CASES
from network.actors import Actor
from safekeeping.questions import kept
from safekeeping.sealed import sealed_names

PAGE = 25
# What the drawing calls by one word is said here as a thing to do.
TO_DO = {
    "take_note": pgettext_lazy("to do", "Take note of a new case"),
    "assign": pgettext_lazy("to do", "Find a worker for the case"),
    "assess": pgettext_lazy("to do", "Assess risk and needs with the person"),
    "find_bed": pgettext_lazy("to do", "Find a safe bed"),
    "agree_plan": pgettext_lazy("to do", "Agree the plan with the person"),
    "carry_out": pgettext_lazy("to do", "Carry out what the plan says"),
    "follow_up": pgettext_lazy("to do", "Keep in touch as agreed"),
    "review_closure": pgettext_lazy("to do", "Look through a closure that is proposed"),
}
# A case with a worker is taken on, but for the turn that only somebody else can take.
OF_ANOTHER = "review_closure"
REVIEW = CaseResponse.instance.node(OF_ANOTHER)


@dataclass(frozen=True)
class Turn:
    """One open task. step: the node's name, which `claim_task` takes. due: None if nothing says.

    is_claimed: by this person, who may give it back. is_mine: also as the case's worker.
    """

    reference: UUID
    code: str
    alias: str
    state: str
    level: str
    step: str
    title: str
    due: datetime | None
    opened: datetime
    is_claimable: bool
    is_claimed: bool
    is_mine: bool
    is_taken: bool


def turns_for(actor: Actor, *, limit: int = PAGE) -> list[Turn]:
    """Open tasks of the actor's agency, in one statement; what is blocked is not among them.

    Nor is a closure that this person proposed: somebody else decides it. `limit` of the office's
    and, wherever they stand among those, `limit` of one's own.
    """
    if not actor.has(*WORKS_CASES):
        return []
    return [_turn(task, actor) for task in _tasks(actor, limit)]


@kept
def _tasks(actor: Actor, limit: int) -> QuerySet[AgencyTask]:
    proposed = Closure.objects.filter(
        case=OuterRef("case"), decided_at=None, proposed_by_id=actor.user_id
    )
    tasks = AgencyTask.objects.filter(agency_id=actor.agency_id, finished=None)
    tasks = tasks.exclude(Exists(proposed), flow_task=REVIEW)
    ordered = tasks.order_by(F("due").asc(nulls_last=True), "pk")
    own = ordered.filter(Q(owner_id=actor.user_id) | Q(case__worker_id=actor.user_id))
    pages = (Q(pk__in=each.values("pk")[:limit]) for each in (ordered, own))
    sealed = [f"case__{name}" for name in sealed_names(Case)]
    shown: QuerySet[AgencyTask] = ordered.filter(reduce(or_, pages)).select_related("case")
    return shown.defer(*sealed)


def _turn(task: AgencyTask, actor: Actor) -> Turn:
    case, step = task.case, str(task.flow_task.name)
    return Turn(
        reference=case.reference,
        code=case.code,
        alias=case.alias,
        state=str(case.state),
        level=case.risk_level,
        step=step,
        title=str(TO_DO.get(step, task.flow_task.task_title)),
        due=task.due,
        opened=task.created,
        is_claimable=task.owner_id is None and case.worker_id != actor.user_id,
        is_claimed=task.owner_id == actor.user_id,
        is_mine=actor.user_id in (task.owner_id, case.worker_id),
        is_taken=task.owner_id is not None or (case.worker_id is not None and step != OF_ANOTHER),
    )
