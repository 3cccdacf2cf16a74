"""The spine: one case, the report that began it, and the card for the night."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from casework.groups import Card, Informant, Words
from casework.models.base import (
    OF_OWNER,
    WORKS_CASES,
    CaseQuerySet,
    CaseRecord,
    CaseRecordQuerySet,
    OwnedQuerySet,
)
from network import registry
from network.actors import Actor
from network.models import AdminUnit, Agency
from safekeeping import policies
from safekeeping.policies import ACTOR, AGENCY
from safekeeping.records import Record
from safekeeping.sealed import SealedField
from safekeeping.states import Births, Edges, StateField, Stateful

USER = settings.AUTH_USER_MODEL


class CaseState(models.TextChoices):
    DETECTED = "DETECTED", _("Reported")
    ASSIGNED = "ASSIGNED", _("Assigned")
    ASSESSED = "ASSESSED", _("Assessed")
    SUPPORTED = "SUPPORTED", _("Being supported")
    FOLLOW_UP = "FOLLOW_UP", _("Followed up")
    CLOSING = "CLOSING", _("Closure proposed")
    CLOSED = "CLOSED", _("Closed")


class Level(models.TextChoices):
    STANDARD = "standard", _("Standard")
    RAISED = "raised", _("Raised")
    HIGH = "high", _("High")
    EXTREME = "extreme", _("Extreme")


class Conflict(models.TextChoices):
    """Is he, or a relative of his, in the commune office, the police or the network?"""

    NO = "no", _("No")
    YES = "yes", _("Yes")
    UNKNOWN = "unknown", _("Don't know")
    UNANSWERED = "unanswered", _("Not answered")
    CLEARED = "cleared", _("Cleared")


S = CaseState
OPEN_STATES = (S.DETECTED, S.ASSIGNED, S.ASSESSED, S.SUPPORTED, S.FOLLOW_UP)
COUNTED = (
    "id", "person", "state", "owner_id", "legal_tracks", "risk_level", "detected_channel",
    "detected_kind", "place_id", "opened_at", "recorded_at", "closed_at", "closure_reason",
    "counted",
)  # fmt: skip


# What a database that was put back has to erase again is found by whom it was of.
ERASED = "EXISTS (SELECT 1 FROM safekeeping_erasure e WHERE e.subject = {t}.subject_reference)"


@policies.rows(
    policies.of_case(f"{{t}}.owner_id = {AGENCY}", case="{t}.id", figures=COUNTED, sweep=ERASED)
)
class Case(Stateful, Record):
    """One survivor's case. Access, key, consent, erasure and handover follow it."""

    code = models.CharField(max_length=16, unique=True)
    alias = models.CharField(max_length=24)
    person = models.UUIDField(default=uuid.uuid4)
    subject_reference = models.UUIDField(editable=False)
    state = StateField(default=S.DETECTED, choices=S.choices)
    closing_from = models.CharField(max_length=24, blank=True)
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    legal_tracks = ArrayField(models.CharField(max_length=24), default=list)
    risk_level = models.CharField(max_length=12, choices=Level.choices)
    detected_channel = models.CharField(max_length=24)
    detected_kind = models.CharField(max_length=32)
    place = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closure_reason = models.CharField(max_length=24, blank=True)
    wishes_coded = ArrayField(models.CharField(max_length=32), default=list)
    wishes_asked_at = models.DateTimeField(null=True)
    accused_status = models.CharField(max_length=16, default="unknown")
    accused_noted_at = models.DateTimeField(null=True)
    held_until = models.DateField(null=True)
    not_told = ArrayField(models.CharField(max_length=16), default=list)
    conflict = models.CharField(max_length=12, choices=Conflict.choices)
    counted = models.BooleanField(default=True)
    contactable = models.BooleanField(default=True)
    summary = SealedField(Words, null=True)
    wishes = SealedField(Words, null=True)
    informant = SealedField(Informant, null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "state", "opened_at"], name="case_of_owner"),
            models.Index(fields=["worker", "state"], name="case_of_worker"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "alias"], condition=~Q(state=S.CLOSED), name="alias_of_owner"
            )
        ]
        triggers = [
            Edges(name="case_edges"),
            Births(name="case_births", states=(S.DETECTED,)),
        ]

    @property
    def event_case_id(self) -> int:
        return self.pk

    @property
    def key_subject(self) -> uuid.UUID:
        return self.subject_reference

    @property
    def is_live(self) -> bool:
        return bool(self.state != S.CLOSED)

    @property
    def not_told_in_words(self) -> tuple[str, ...]:
        """Who of the family gets no notice, no call and no answer."""
        return tuple(registry.label("not_told", code) for code in self.not_told)

    @transition(field=state, source=S.DETECTED, target=S.ASSIGNED)
    def assign(self) -> None:
        """To a worker; claimed or given."""

    @transition(field=state, source=S.ASSIGNED, target=S.ASSESSED)
    def assess(self) -> None:
        """Risk and needs are known."""

    @transition(field=state, source=(S.ASSIGNED, S.ASSESSED), target=S.SUPPORTED)
    def support(self) -> None:
        """At least one item of a plan is agreed."""

    @transition(field=state, source=(S.ASSESSED, S.SUPPORTED), target=S.FOLLOW_UP)
    def follow_up(self) -> None:
        """Nothing of the plan is open."""

    @transition(field=state, source=S.FOLLOW_UP, target=S.SUPPORTED)
    def resume(self) -> None:
        """Support is needed again."""

    @transition(field=state, source=OPEN_STATES, target=S.CLOSING)
    def propose_closure(self, *, reason: str) -> None:
        """The body runs before the edge is taken: the state read here is the way back."""
        self.closing_from, self.closure_reason = str(self.state), reason

    @transition(field=state, source=S.CLOSING, target=S.CLOSED)
    def approve_closure(self, *, at: datetime) -> None:
        self.closed_at = at

    def return_closure(self) -> None:
        """Back to the state that closure was proposed from; one declared edge for each."""
        back = {
            S.DETECTED: self.return_to_detected,
            S.ASSIGNED: self.return_to_assigned,
            S.ASSESSED: self.return_to_assessed,
            S.SUPPORTED: self.return_to_supported,
            S.FOLLOW_UP: self.return_to_follow_up,
        }
        back[CaseState(self.closing_from or S.DETECTED)]()
        self.closing_from = self.closure_reason = ""

    @transition(field=state, source=S.CLOSING, target=S.DETECTED)
    def return_to_detected(self) -> None: ...

    @transition(field=state, source=S.CLOSING, target=S.ASSIGNED)
    def return_to_assigned(self) -> None: ...

    @transition(field=state, source=S.CLOSING, target=S.ASSESSED)
    def return_to_assessed(self) -> None: ...

    @transition(field=state, source=S.CLOSING, target=S.SUPPORTED)
    def return_to_supported(self) -> None: ...

    @transition(field=state, source=S.CLOSING, target=S.FOLLOW_UP)
    def return_to_follow_up(self) -> None: ...

    @transition(field=state, source=S.CLOSED, target=S.ASSIGNED)
    def reopen(self) -> None:
        self.closed_at, self.closure_reason, self.closing_from = None, "", ""


class ReportStatus(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    HANDLED = "HANDLED", _("Being handled")
    CLOSED = "CLOSED", _("Closed")


class ReportQuerySet(CaseRecordQuerySet["Report"]):
    """Reports."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own, and those of the cases of one's office."""
        cases = apps.get_model("casework", "Case").objects.visible_to(actor)
        cases = cases.filter(owner_id=actor.agency_id)
        return self.filter(Q(reporter_id=actor.user_id) | Q(case_id__in=cases.values("pk")))


MY_REPORT = f"{{t}}.reporter_id = {ACTOR}"


@policies.rows(
    replace(
        policies.of_case(
            f"{{t}}.from_agency_id = {AGENCY} OR {MY_REPORT}",
            least=policies.OWNING,
            sweep="{t}.sealed_later",
        ),
        # Whoever reported may follow it, even when the own office is blocked.
        restrict=f"{policies.unblocked('{t}.case_id')} OR {MY_REPORT}",
    )
)
class Report(Stateful, CaseRecord):
    """What a reporter sees ever after: received, being handled, closed; who was told."""

    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reporter = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=24)
    status = StateField(default=ReportStatus.RECEIVED, choices=ReportStatus.choices)
    needs = ArrayField(models.CharField(max_length=24), default=list)
    circumstances = ArrayField(models.CharField(max_length=24), default=list)
    adults = models.PositiveSmallIntegerField(default=1)
    children_count = models.PositiveSmallIntegerField(default=0)
    danger_now = models.CharField(max_length=12, default="unanswered")
    conflict = models.CharField(max_length=12, choices=Conflict.choices)
    code = models.CharField(max_length=16)
    told = ArrayField(models.BigIntegerField(), default=list)
    not_told = ArrayField(models.BigIntegerField(), default=list)
    to_ring = ArrayField(models.BigIntegerField(), default=list)
    sealed_later = models.BooleanField(default=False)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects: ClassVar = ReportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["from_agency", "recorded_at"], name="report_of_agency")]
        triggers = [
            Edges(name="report_edges", field="status"),
            Births(name="report_births", states=(ReportStatus.RECEIVED,), field="status"),
        ]

    @transition(field=status, source=ReportStatus.RECEIVED, target=ReportStatus.HANDLED)
    def handle(self) -> None: ...

    @transition(
        field=status,
        source=(ReportStatus.RECEIVED, ReportStatus.HANDLED),
        target=ReportStatus.CLOSED,
    )
    def close(self) -> None: ...

    @transition(field=status, source=ReportStatus.CLOSED, target=ReportStatus.HANDLED)
    def handle_again(self) -> None: ...


class CardQuerySet(CaseRecordQuerySet["EmergencyCard"]):
    """Emergency cards."""

    def visible_to(self, actor: Actor) -> Self:
        """Cards addressed to one's office, and those of the own cases; less blocks."""
        if not actor.has(*WORKS_CASES) or actor.agency_id is None:
            return self.none()
        owned = apps.get_model("casework", "Case").objects.filter(owner_id=actor.agency_id)
        blocks = apps.get_model("casework", "Block").objects.against(actor)
        mine = Q(readers__contains=[actor.agency_id]) | Q(case_id__in=owned.values("pk"))
        return self.filter(mine).exclude(case_id__in=blocks.values("case_id"))


@policies.rows(policies.of_case(f"{AGENCY} = ANY ({{t}}.readers)", least=policies.OWNING))
class EmergencyCard(CaseRecord):
    """What those who must reach her tonight see, and nothing else of the case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT)
    level = models.CharField(max_length=12, choices=Level.choices)
    danger = ArrayField(models.CharField(max_length=32), default=list)
    adults = models.PositiveSmallIntegerField(default=1)
    children_count = models.PositiveSmallIntegerField(default=0)
    needs = ArrayField(models.CharField(max_length=24), default=list)
    interpreter = models.CharField(max_length=24, blank=True)
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, null=True, related_name="+")
    readers = ArrayField(models.BigIntegerField(), default=list)
    reported_at = models.DateTimeField()
    card = SealedField(Card, null=True)

    objects: ClassVar = CardQuerySet.as_manager()

    @property
    def mark(self) -> str:
        """Four letters of its random name, to speak of one of several cards without a word of her.

        Not the case's code or alias: whoever sees a card sees nothing of the case.
        """
        return self.reference.hex[:4].upper()


@policies.rows(OF_OWNER)
class Link(CaseRecord):
    """Two cases of one person, or one event reported twice."""

    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar = OwnedQuerySet.as_manager()
