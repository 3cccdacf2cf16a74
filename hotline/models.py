"""Alerts that ring until a person answers, and each try to reach one."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from casework.models import Block, CaseRecord, CaseRecordQuerySet
from hotline.rules import LONGEST
from network.actors import Actor
from network.models import Agency, Shift
from network.roles import Role
from safekeeping import policies
from safekeeping.policies import AGENCY, NOW
from safekeeping.states import Births, Edges, StateField, Stateful

USER = settings.AUTH_USER_MODEL


class AlertState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    NOTIFIED = "NOTIFIED", _("Being rung")
    EXHAUSTED = "EXHAUSTED", _("Nobody answered: with the duty desk")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Answered")
    CANCELLED = "CANCELLED", _("No longer needed")


A = AlertState
# Whoever is rung; nobody else knows that anything rang.
ANSWERS = (
    Role.CASEWORKER,
    Role.SUPERVISOR,
    Role.RESPONDER,
    Role.KEEPER,
    Role.OPERATOR,
    Role.COORDINATOR,
)
RINGING = (A.OPEN, A.NOTIFIED, A.EXHAUSTED)
# As `rules.is_due` says.
_DUE = (
    f"{{t}}.next_action_at <= {NOW}"
    f" OR {{t}}.next_action_at > {NOW} + interval '{LONGEST.total_seconds():.0f} seconds'"
)
_MINE = f"{{t}}.agency_id = {AGENCY} OR {AGENCY} = ANY ({{t}}.also)"


class AlertQuerySet(CaseRecordQuerySet["Alert"]):
    """Alerts."""

    def visible_to(self, actor: Actor) -> Self:
        """Alerts to one's agency, or passed on to it, for those who answer there.

        Never one of a case that blocks one.
        """
        if not actor.has(*ANSWERS):
            return self.none()
        mine = Q(agency_id=actor.agency_id) | Q(also__contains=[actor.agency_id])
        blocked = Block.objects.against(actor)
        return self.filter(mine).exclude(case_id__in=blocked.values("case_id"))

    def ringing(self) -> Self:
        """Those that nobody has answered."""
        return self.filter(state__in=RINGING)

    def unsettled(self) -> Self:
        """Those, and what is looked at again."""
        return self.filter(Q(state__in=RINGING) | Q(next_action_at__isnull=False))


@policies.rows(policies.of_case(_MINE, least=None, sweep=_DUE))
class Alert(Stateful, CaseRecord):
    """Something that a person of an agency must know now; it rings until one says so.

    topic, code: of the event behind it. mark: the four digits of the text, to find it by.
    also: further agencies that see it (the duty desk, once nobody else answered).
    next_action_at: what the sweep looks at; null once there is nothing more to do.
    """

    topic = models.CharField(max_length=64)
    code = models.CharField(max_length=64, blank=True)
    subject_kind = models.CharField(max_length=32)
    subject = models.UUIDField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    also = ArrayField(models.BigIntegerField(), default=list)
    emergency = models.BooleanField(default=False)
    mark = models.PositiveSmallIntegerField()
    state = StateField(default=A.OPEN, choices=A.choices)
    step = models.SmallIntegerField(default=-1)
    opened_at = models.DateTimeField()
    next_action_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar = AlertQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_action_at"],
                condition=Q(next_action_at__isnull=False),
                name="alert_due",
            ),
            models.Index(fields=["agency", "opened_at"], name="alert_of_agency"),
            models.Index(fields=["case", "topic"], name="alert_of_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "topic", "subject"],
                condition=Q(state__in=RINGING),
                name="one_alert_at_a_time",
            )
        ]
        triggers = [Edges(name="alert_edges"), Births(name="alert_births", states=(A.OPEN,))]

    @transition(field=state, source=(A.OPEN, A.NOTIFIED), target=A.NOTIFIED)
    def notify(self, *, step: int, next_at: datetime) -> None:
        self.step, self.next_action_at = step, next_at

    @transition(field=state, source=RINGING, target=A.EXHAUSTED)
    def exhaust(self, *, step: int, next_at: datetime, offices: Iterable[int]) -> None:
        """offices: which see it from now on besides whoever did."""
        self.step, self.next_action_at = step, next_at
        known = (self.agency_id, *self.also)
        self.also = [*self.also, *(one for one in offices if one not in known)]

    @transition(field=state, source=RINGING, target=A.ACKNOWLEDGED)
    def acknowledge(self, *, user_id: int | None, at: datetime, again: datetime | None) -> None:
        """again: when to look whether anything was done; None for what is no emergency."""
        self.answered_by_id, self.answered_at, self.next_action_at = user_id, at, again

    @transition(field=state, source=RINGING, target=A.CANCELLED)
    def cancel(self) -> None:
        self.next_action_at = None

    @transition(field=state, source=A.ACKNOWLEDGED, target=A.OPEN)
    def open_again(self, *, at: datetime) -> None:
        """One step higher than where it was answered, for it was answered and nothing was done."""
        self.answered_by_id, self.answered_at, self.next_action_at = None, None, at

    def rest(self) -> None:
        """Answered and acted upon: nothing more to look at."""
        self.next_action_at = None


class AttemptState(models.TextChoices):
    QUEUED = "QUEUED", _("Waiting to be sent")
    SENT = "SENT", _("Sent")
    DELIVERED = "DELIVERED", _("On the phone")
    FAILED = "FAILED", _("Not delivered")


T = AttemptState


class AttemptQuerySet(CaseRecordQuerySet["Attempt"]):
    """Tries."""

    def visible_to(self, actor: Actor) -> Self:
        """Tries to reach the own office's people, for those who answer there."""
        if not actor.has(*ANSWERS):
            return self.none()
        blocked = Block.objects.against(actor)
        mine = self.filter(agency_id=actor.agency_id)
        return mine.exclude(case_id__in=blocked.values("case_id"))


@policies.rows(
    policies.of_case(
        # A provider's receipt comes from nobody: it finds its try by a random reference.
        f"{{t}}.agency_id = {AGENCY} OR {policies.system('deliver')}",
        least=None,
        sweep=f"{{t}}.next_try_at <= {NOW}",
    )
)
class Attempt(Stateful, CaseRecord):
    """One try to reach one person on duty. It names the shift; the number stays sealed there.

    Nothing of the number is copied: what is not written twice cannot leak twice.
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="attempts")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    step = models.SmallIntegerField()
    state = StateField(default=T.QUEUED, choices=T.choices)
    gateway = models.CharField(max_length=16, blank=True)
    provider_id = models.CharField(max_length=64, blank=True)
    fault = models.CharField(max_length=32, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar = AttemptQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="attempt_due"
            ),
            models.Index(fields=["provider_id"], name="attempt_of_provider"),
        ]
        triggers = [Edges(name="attempt_edges"), Births(name="attempt_births", states=(T.QUEUED,))]

    @transition(field=state, source=T.QUEUED, target=T.SENT)
    def send(self, *, gateway: str, provider_id: str, at: datetime) -> None:
        self.gateway, self.provider_id, self.sent_at = gateway, provider_id, at
        self.next_try_at = None

    @transition(field=state, source=(T.QUEUED, T.SENT), target=T.FAILED)
    def fail(self, *, fault: str, at: datetime) -> None:
        self.fault, self.settled_at, self.next_try_at = fault, at, None

    @transition(field=state, source=T.SENT, target=T.DELIVERED)
    def deliver(self, *, at: datetime) -> None:
        self.settled_at = at
