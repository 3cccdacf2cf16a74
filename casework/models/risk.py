"""How much danger she is in, by which questions, and who judged."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.groups import Words
from casework.models.base import CaseRecord, GroupedQuerySet, of_groups
from casework.models.case import Level
from safekeeping import policies
from safekeeping.sealed import SealedField


@policies.rows(of_groups("risk", figures=("id", "case_id", "level", "at")))
class Assessment(CaseRecord):
    """Answers to an instrument. Judgement may raise the level, a sum never lowers it.

    `answers`: question code → "yes", "no", "unknown" or "unanswered"; not answered is not no.
    """

    OPENED_BY = ((Q(), ("risk",)),)

    instrument = models.CharField(max_length=32)
    edition = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    score = models.SmallIntegerField(default=0)
    level = models.CharField(max_length=12, choices=Level.choices)
    raised = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reasoning = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()
