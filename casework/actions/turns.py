"""A task of an agency is claimed by a person of it, or given back."""

from datetime import datetime
from uuid import UUID

from casework import policy
from casework.models import AgencyTask, Case
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require


def claim_task(*, actor: Actor, reference: UUID, step: str, now: datetime) -> UUID:
    """Say "I do this" of an open step of a case; returns the case's reference.

    Raises NotVisible, PermissionDenied, RuleBroken("no-such-task", "claimed-already").
    Records task.claimed with the step.
    """
    return _own(actor, reference, step, actor.user_id, "task.claimed", now=now)


def release_task(*, actor: Actor, reference: UUID, step: str, now: datetime) -> UUID:
    """Give it back to the agency; returns the case's reference.

    Raises NotVisible, PermissionDenied, RuleBroken("no-such-task", "claimed-already").
    Records task.released with the step.
    """
    return _own(actor, reference, step, None, "task.released", now=now)


def _own(
    actor: Actor, reference: UUID, step: str, owner_id: int | None, topic: str, *, now: datetime
) -> UUID:
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_claim_task(actor, case))
        task = _open_task(case_id, actor, step)
        if task.owner_id not in (None, actor.user_id):
            raise RuleBroken("claimed-already")
        task.owner_id = owner_id
        task.save(update_fields=["owner"])
        events.record(topic, subject=case, actor=actor, at=now, code=step)
    return reference


def _open_task(case_id: int, actor: Actor, step: str) -> AgencyTask:
    rows = AgencyTask.objects.filter(case_id=case_id, agency_id=actor.agency_id, finished=None)
    tasks: list[AgencyTask] = list(rows.order_by("pk"))
    for task in tasks:
        if task.flow_task.name == step:
            return task
    raise RuleBroken("no-such-task")
