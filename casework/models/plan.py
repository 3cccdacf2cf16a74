"""What was agreed with her, piece by piece, and the visits after."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from casework.groups import Words
from casework.models.base import CaseRecord, GroupedQuerySet, of_groups
from network.models import Agency
from safekeeping import policies
from safekeeping.sealed import SealedField
from safekeeping.states import Births, Edges, StateField, Stateful

USER = settings.AUTH_USER_MODEL


class PlanKind(models.TextChoices):
    SAFETY = "safety", _("Safety plan")
    SUPPORT = "support", _("Support plan")


def _group_of(kind: str) -> str:
    return f"CASE {kind} WHEN '{PlanKind.SAFETY}' THEN 'risk' ELSE 'needs' END"


@policies.rows(policies.of_case("false", opened=f"{_group_of('{t}.kind')} = ANY (a.groups)"))
class Plan(CaseRecord):
    """A safety plan or a support plan; changed by new items, not by rewriting."""

    OPENED_BY = ((Q(kind=PlanKind.SUPPORT), ("needs",)), (Q(kind=PlanKind.SAFETY), ("risk",)))

    kind = models.CharField(max_length=12, choices=PlanKind.choices)
    agreed_at = models.DateTimeField()
    agreed_alone = models.BooleanField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    content = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()


class ItemState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    DONE = "DONE", _("Done")
    DROPPED = "DROPPED", _("Dropped")


# Our own words, as all policies are; an item is read by whom its plan is read.
_GROUP_OF_ITEM = (
    f"(SELECT {_group_of('p.kind')} FROM casework_plan p"  # noqa: S608
    " WHERE p.id = {t}.plan_id)"
)


@policies.rows(
    policies.of_case(
        "false",
        opened=f"{_GROUP_OF_ITEM} = ANY (a.groups)",
        figures=("id", "case_id", "service", "need", "state", "reason", "recorded_at"),
    )
)
class PlanItem(Stateful, CaseRecord):
    """One thing to be done, by whom, by when, and who goes with her."""

    OPENED_BY = (
        (Q(plan__kind=PlanKind.SUPPORT), ("needs",)),
        (Q(plan__kind=PlanKind.SAFETY), ("risk",)),
    )

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items")
    state = StateField(default=ItemState.OPEN, choices=ItemState.choices)
    need = models.CharField(max_length=24)
    service = models.CharField(max_length=24, blank=True)
    responsible = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    companion = models.CharField(max_length=24, blank=True)
    due_on = models.DateField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    settled_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    content = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()

    class Meta:
        triggers = [
            Edges(name="item_edges"),
            Births(name="item_births", states=(ItemState.OPEN,)),
        ]

    @transition(field=state, source=ItemState.OPEN, target=ItemState.DONE)
    def finish(self, *, at: datetime) -> None:
        self.settled_at = at

    @transition(field=state, source=ItemState.OPEN, target=ItemState.DROPPED)
    def drop(self, *, reason: str, at: datetime) -> None:
        self.reason, self.settled_at = reason, at


class FollowUpState(models.TextChoices):
    PLANNED = "PLANNED", _("Planned")
    HELD = "HELD", _("Held")
    MISSED = "MISSED", _("Missed")
    CANCELLED = "CANCELLED", _("Cancelled")


@policies.rows(of_groups("follow_up"))
class FollowUp(Stateful, CaseRecord):
    """One planned contact after support, in the way that she chose."""

    OPENED_BY = ((Q(), ("follow_up",)),)

    state = StateField(default=FollowUpState.PLANNED, choices=FollowUpState.choices)
    due_at = models.DateTimeField()
    mode = models.CharField(max_length=24)
    settled_at = models.DateTimeField(null=True)
    alone = models.BooleanField(null=True)
    safe_again = models.CharField(max_length=24, blank=True)
    recorded_at = models.DateTimeField()
    text = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()

    class Meta:
        triggers = [
            Edges(name="follow_up_edges"),
            Births(name="follow_up_births", states=(FollowUpState.PLANNED,)),
        ]

    @transition(field=state, source=FollowUpState.PLANNED, target=FollowUpState.HELD)
    def hold(self, *, at: datetime) -> None:
        self.settled_at = at

    @transition(field=state, source=FollowUpState.PLANNED, target=FollowUpState.MISSED)
    def miss(self, *, at: datetime) -> None:
        self.settled_at = at

    @transition(field=state, source=FollowUpState.PLANNED, target=FollowUpState.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        self.settled_at = at
