"""Clocks that run: one row each, found by the sweep when they fall due."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.groups import Words
from casework.models.base import MINE, CaseRecord, CaseRecordQuerySet
from network.actors import Actor
from network.models import Agency
from safekeeping import policies
from safekeeping.policies import NOW
from safekeeping.sealed import SealedField

_DUE = (
    "{t}.met_at IS NULL AND {t}.waived_at IS NULL AND {t}.breached_at IS NULL"
    f" AND {{t}}.due_at <= {NOW}"
)


class DeadlineQuerySet(CaseRecordQuerySet["Deadline"]):
    """Clocks."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the own cases, and the own office's in cases that exist for this person."""
        mine = Q(case__owner_id=actor.agency_id) | Q(agency_id=actor.agency_id)
        return super().visible_to(actor).filter(mine)


@policies.rows(
    policies.of_case(
        MINE,
        least=policies.OWNING,
        sweep=_DUE,
        figures=(
            "id", "case_id", "clock", "started_at", "due_at", "met_at", "breached_at",
            "waived_at", "late_entry",
        ),
    )
)  # fmt: skip
class Deadline(CaseRecord):
    """By when one agency must have done one thing. Met, waived with a reason, or visibly late.

    subject: the row that it is about, so that two referrals run two clocks.
    late_entry: past due when a late fact opened it; shown and counted, old ones not alerted.
    """

    clock = models.CharField(max_length=32)
    variant = models.CharField(max_length=20, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=32, blank=True)
    subject = models.UUIDField(default=uuid.uuid4)
    source = models.CharField(max_length=240, blank=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    waive_reason = models.CharField(max_length=24, blank=True)
    late_entry = models.BooleanField(default=False)
    waive_words = SealedField(Words, null=True)

    objects: ClassVar = DeadlineQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(met_at=None, waived_at=None, breached_at=None),
                name="deadline_due",
            ),
            models.Index(
                fields=["agency", "due_at"],
                condition=Q(met_at=None, waived_at=None),
                name="deadline_open",
            ),
            models.Index(fields=["case", "clock"], name="deadline_of_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock", "subject"],
                condition=Q(met_at=None, waived_at=None),
                name="one_running_clock",
            )
        ]
