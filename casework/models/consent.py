"""What she said when she was asked; each asking is a row of its own."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from casework.groups import Words
from casework.models.base import CaseRecord, GroupedQuerySet, of_groups
from safekeeping import policies
from safekeeping.sealed import SealedField
from safekeeping.states import Births, Edges, StateField, Stateful

USER = settings.AUTH_USER_MODEL


class ConsentState(models.TextChoices):
    NOT_POSSIBLE = "NOT_POSSIBLE", _("Could not be asked")
    GIVEN = "GIVEN", _("Given")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


# How an asking can end; nothing is born withdrawn.
ANSWERS = (ConsentState.NOT_POSSIBLE, ConsentState.GIVEN, ConsentState.REFUSED)


class Scope(models.TextChoices):
    """What a withdrawal ends; a stay or a duty by law goes on."""

    SERVICE = "service", _("This service")
    SHARING = "sharing", _("All sharing")
    COUNTED = "counted", _("Being counted in figures")
    CONTACT = "contact", _("Being contacted")


@policies.rows(of_groups("evidence", figures=("id", "case_id", "state", "service", "asked_at")))
class Consent(Stateful, CaseRecord):
    """One answer, for one service to one kind of agency with exactly these groups.

    What she said to others is no receiver's: its own request says what it may open.
    Source: Law 91/2025/QH15 (consent is provable, specific, never by default).
    """

    OPENED_BY = ((Q(), ("evidence",)),)

    state = StateField(choices=ConsentState.choices)
    purpose = models.CharField(max_length=24, default="service")
    service = models.CharField(max_length=24)
    recipient_kind = models.CharField(max_length=32)
    groups = ArrayField(models.CharField(max_length=24), default=list)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    alone = models.BooleanField(null=True)
    spoken_for_by = models.CharField(max_length=16, blank=True)
    child_view = models.CharField(max_length=12, blank=True)
    told_beforehand = models.BooleanField(default=False)
    evidence_kind = models.CharField(max_length=16, default="spoken")
    scope = models.CharField(max_length=12, choices=Scope.choices, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    evidence = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "service", "asked_at"], name="consent_of_case")]
        triggers = [
            Edges(name="consent_edges"),
            Births(name="consent_births", states=ANSWERS),
        ]

    @transition(field=state, source=ConsentState.GIVEN, target=ConsentState.WITHDRAWN)
    def withdraw(self, *, scope: str, at: datetime) -> None:
        self.scope, self.withdrawn_at = scope, at
