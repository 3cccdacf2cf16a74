"""Whose turn it is: one process and one task model for all flows.

viewflow's own tables carry no case and no policy; these do, and a queue is one indexed query.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from viewflow.workflow.models import AbstractProcess, AbstractTask

from casework.models.base import MINE, CaseRecordQuerySet
from casework.models.case import Case
from network.models import Agency
from safekeeping import policies

OF_RUN = policies.Rows(
    using=f"{{t}}.case_id = {policies.CASE} OR {policies.reaches('{t}.case_id', policies.OWNING)}",
    check=f"{{t}}.case_id = {policies.CASE}",
)


@policies.rows(OF_RUN)
class Run(AbstractProcess):
    """One flow of one case. `ahead` names nodes whose event came before their turn."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    ahead = ArrayField(models.CharField(max_length=64), default=list)

    # viewflow sets these; we keep nothing in clear beside the case.
    data: Any = None
    seed: Any = None
    parent_task: Any = None

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case"], name="run_of_case")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class Previous:
    """`task.previous` as an array of ids: a many-to-many costs an INSERT and a policy each."""

    def __init__(self, task: "AgencyTask") -> None:
        self.task = task

    def add(self, *tasks: "AgencyTask") -> None:
        known = self.task.previous_ids
        self.task.previous_ids = [*known, *(t.pk for t in tasks if t.pk not in known)]

    def all(self) -> "models.QuerySet[AgencyTask]":
        return AgencyTask.objects.filter(pk__in=self.task.previous_ids)

    def exclude(self, **lookups: Any) -> "models.QuerySet[AgencyTask]":
        return self.all().exclude(**lookups)


@policies.rows(policies.of_case(MINE, least=policies.OWNING))
class AgencyTask(AbstractTask):
    """One node's turn, in an agency's queue until a person claims it."""

    process = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="task_set")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due = models.DateTimeField(null=True)
    previous_ids = ArrayField(models.BigIntegerField(), default=list)

    data: Any = None
    seed: Any = None

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "due"], condition=Q(finished=None), name="task_of_agency"
            ),
            models.Index(fields=["process"], condition=Q(finished=None), name="task_open"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def previous(self) -> Previous:
        return Previous(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.case_id is None:  # type: ignore[has-type]  # viewflow's gates know only the process
            self.case_id = self.process.case_id
        super().save(*args, **kwargs)
