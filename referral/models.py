"""One agency asks another to act on a case: the request, its card, and every edge it may take.

The row itself is the card that the receiver sees before it accepts: coded words only, the place as
an area of many communes, the age in a band ten years wide.
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from casework.groups import Words
from casework.models import Access, Block, Case, CaseState, Consent, Level
from casework.models.base import WORKS_CASES, CaseRecord, CaseRecordQuerySet
from network.actors import Actor
from network.models import Agency
from referral.groups import Answerer
from safekeeping import policies
from safekeeping.policies import AGENCY, NOW, OWNING
from safekeeping.sealed import SealedField
from safekeeping.states import Births, Edges, StateField, Stateful

USER = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    SERVICE = "service", _("Service")
    HANDOVER = "handover", _("Handover of the case")
    NOTIFY = "notify", _("Notice")


class Ground(models.TextChoices):
    """Why sharing is allowed. Statute and life are grounds of the referral, not consent."""

    CONSENT = "consent", _("The person agreed")
    STATUTE = "statute", _("Required by law")
    LIFE = "life", _("Danger to life")


class Urgency(models.TextChoices):
    EMERGENCY = "emergency", _("emergency")
    URGENT = "urgent", _("soon")
    ROUTINE = "routine", _("routine")


class State(models.TextChoices):
    SENT = "SENT", _("Waiting for an answer")
    ACCEPTED = "ACCEPTED", _("Accepted")
    PARTLY_ACCEPTED = "PARTLY_ACCEPTED", _("Accepted in part")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Taken back")
    LAPSED = "LAPSED", _("Not answered in time")
    SUPERSEDED = "SUPERSEDED", _("Taken on by another agency")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    STARTED = "STARTED", pgettext_lazy("referral", "Started")
    COMPLETED = "COMPLETED", _("Completed")
    RETURNED = "RETURNED", _("Returned")
    VOIDED = "VOIDED", _("Voided as a mistake")
    REVOKED = "REVOKED", _("Stopped: do not contact")


S = State
ASKED = (S.SENT, S.LAPSED)
ANSWERED_YES = (S.ACCEPTED, S.PARTLY_ACCEPTED)
IN_WORK = (*ANSWERED_YES, S.STARTED)
LIVE = (*ASKED, *IN_WORK)
# Something is left for a next agency: the sender finds it on the queue and may send it on.
TO_SEND_ON = (S.LAPSED, S.DECLINED, S.RETURNED, S.PARTLY_ACCEPTED, S.VOIDED)
DIED = "died"  # why a request was stopped, when it was not her withdrawal
# The receiver has the case itself: nothing of the request lives on.
DONE = Q(kind=Kind.HANDOVER, state__in=ANSWERED_YES)
OF_NOTICE = (S.SENT, S.ACKNOWLEDGED, S.WITHDRAWN)


def _is_notice(row: Any) -> bool:
    return bool(row.kind == Kind.NOTIFY)


def _is_request(row: Any) -> bool:
    return not _is_notice(row)


def _is_work(row: Any) -> bool:
    """A handover is done with its acceptance: what would end or begin work says nothing of it."""
    return bool(row.kind == Kind.SERVICE)


def _may_be_stopped(row: Any) -> bool:
    return _is_work(row) or (_is_request(row) and row.state in ASKED)


class ReferralQuerySet(CaseRecordQuerySet["Referral"]):
    """Referrals: an agency's queue is this table."""

    def visible_to(self, actor: Actor) -> Self:
        """What was sent to or by one's agency, and all of the cases that it owns; less blocks."""
        if not actor.has(*WORKS_CASES):
            return self.none()
        owned = Access.objects.live_for(actor).filter(reach=OWNING)
        mine = Q(to_agency_id=actor.agency_id) | Q(from_agency_id=actor.agency_id)
        blocks = Block.objects.against(actor)
        seen = self.filter(mine | Q(case_id__in=owned.values("case_id")))
        return seen.exclude(case_id__in=blocks.values("case_id"))

    def incoming(self, actor: Actor) -> Self:
        """Waiting for an answer of one's own agency."""
        return self.visible_to(actor).filter(
            to_agency_id=actor.agency_id, outside=False, state__in=ASKED
        )

    def outgoing(self, actor: Actor) -> Self:
        """Sent by one's agency and not answered yet, or something is left for a next one.

        What came back is left to whoever has the case, as long as that is open.
        """
        own = Case.objects.filter(owner_id=actor.agency_id).exclude(state=CaseState.CLOSED)
        left = Q(state__in=TO_SEND_ON, passed_on=False, case_id__in=own.values("pk"))
        waits = Q(state=S.SENT) | left
        return self.visible_to(actor).filter(waits, from_agency_id=actor.agency_id)

    def stops(self, actor: Actor) -> Self:
        """Lines that say "stop, do not contact", not read yet by whoever would have called."""
        reaches = Q(to_agency_id=actor.agency_id, outside=False)
        reaches |= Q(from_agency_id=actor.agency_id, outside=True)
        return self.visible_to(actor).filter(reaches, state=S.REVOKED, stop_seen_at=None)

    def in_work(self, actor: Actor) -> Self:
        """Taken on by one's own agency."""
        mine = Q(to_agency_id=actor.agency_id, outside=False)
        mine |= Q(from_agency_id=actor.agency_id, outside=True)
        working = self.visible_to(actor).filter(mine, state__in=IN_WORK)
        return working.exclude(kind=Kind.HANDOVER)


# What the sweep may find: what fell due, and what is addressed to an office that exists no longer.
DUE = f"{{t}}.state = 'SENT' AND {{t}}.kind <> 'notify' AND {{t}}.answer_due <= {NOW}"
LIVE_NOW = (
    "({t}.state IN ('SENT', 'LAPSED', 'ACCEPTED', 'PARTLY_ACCEPTED', 'STARTED')"
    " OR ({t}.state = 'REVOKED' AND {t}.stop_seen_at IS NULL))"
)
# The widest day on earth: which day it is here the sweep asks of the province's calendar.
ENDED = f"a.valid_to <= ({NOW} AT TIME ZONE 'UTC' + interval '14 hours')::date"
OF_ENDED = "{t}.to_agency_id IN (SELECT a.id FROM network_agency a WHERE " + ENDED + ")"  # noqa: S608


@policies.rows(
    policies.of_case(
        f"{{t}}.to_agency_id = {AGENCY} OR {{t}}.from_agency_id = {AGENCY}",
        least=OWNING,
        sweep=f"({DUE}) OR ({LIVE_NOW} AND {OF_ENDED})",
        figures=(
            "id", "case_id", "kind", "service", "ground", "from_agency_id", "to_agency_id",
            "urgency", "state", "reason", "outcome", "sent_at", "answer_due", "answered_at",
            "completed_at", "outside",
        ),
    )
)  # fmt: skip
class Referral(Stateful, CaseRecord):
    """One request. Only the addressed agency answers; the sender never can.

    outside: the addressee is no member of the network; the sender records its answer.
    round: shared by requests sent for one need after another; the first acceptance wins it.
    needs, parts: what is asked for, and what of it was taken on. passed_on: a next request exists.
    """

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SERVICE)
    service = models.CharField(max_length=40)
    ground = models.CharField(max_length=12, choices=Ground.choices)
    statute = models.CharField(max_length=24, blank=True)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    outside = models.BooleanField(default=False)
    sent_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    state = StateField(default=S.SENT, choices=S.choices)
    urgency = models.CharField(max_length=12, choices=Urgency.choices)
    reach_by = models.CharField(max_length=16)
    area = models.CharField(max_length=20, blank=True)
    age_band = models.CharField(max_length=12, default="unknown")
    risk = models.CharField(max_length=12, choices=Level.choices)
    needs = ArrayField(models.CharField(max_length=32), default=list)
    parts = ArrayField(models.CharField(max_length=32), default=list)
    groups = ArrayField(models.CharField(max_length=24), default=list)
    round = models.UUIDField(default=uuid.uuid4)
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by"
    )
    passed_on = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    answer_due = models.DateTimeField()
    lapsed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_how = models.CharField(max_length=16, blank=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    stop_seen_at = models.DateTimeField(null=True)
    stop_seen_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    message = SealedField(Words, null=True)
    feedback = SealedField(Words, null=True)
    answerer = SealedField(Answerer, null=True)

    objects: ClassVar = ReferralQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["to_agency", "answer_due", "id"],
                condition=Q(state__in=ASKED),
                name="referral_in",
            ),
            models.Index(
                fields=["from_agency", "answer_due", "id"],
                condition=Q(state__in=(S.SENT, *TO_SEND_ON)),
                name="referral_out",
            ),
            models.Index(
                fields=["to_agency", "answered_at"],
                condition=Q(state__in=IN_WORK),
                name="referral_in_work",
            ),
            models.Index(
                fields=["to_agency"],
                condition=Q(state=S.REVOKED, stop_seen_at=None),
                name="referral_stop",
            ),
            models.Index(fields=["answer_due"], condition=Q(state=S.SENT), name="referral_due"),
            models.Index(fields=["case", "sent_at"], name="referral_of_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=Kind.NOTIFY) | Q(state__in=OF_NOTICE), name="notice_states"
            ),
            models.CheckConstraint(
                condition=~Q(state=S.ACKNOWLEDGED) | Q(kind=Kind.NOTIFY),
                name="only_notices_acknowledged",
            ),
            models.CheckConstraint(
                condition=~Q(ground=Ground.STATUTE) | ~Q(statute=""), name="statute_named"
            ),
        ]
        triggers = [
            Edges(name="referral_edges"),
            Births(name="referral_births", states=(S.SENT,)),
        ]

    # What it is

    @property
    def is_notice(self) -> bool:
        return _is_notice(self)

    @property
    def is_request(self) -> bool:
        """Anything but a notice: it is accepted or declined, a notice is acknowledged."""
        return not self.is_notice

    @property
    def is_live(self) -> bool:
        is_done = self.kind == Kind.HANDOVER and self.state in ANSWERED_YES
        return self.state in LIVE and not is_done

    @property
    def shows_the_way(self) -> bool:
        """Police and emergencies see at once what they need to reach her. Our choice."""
        return bool(self.service == "police" or self.urgency == Urgency.EMERGENCY)

    # Edges. Each body sets this row's own fields.

    @transition(field=state, source=ASKED, target=S.ACCEPTED, conditions=[_is_request])
    def accept(self, *, by: int | None, at: datetime, how: str = "") -> None:
        self.parts = list(self.needs)
        self._answered(by, at, how)

    @transition(field=state, source=ASKED, target=S.PARTLY_ACCEPTED, conditions=[_is_work])
    def accept_partly(
        self, *, parts: list[str], by: int | None, at: datetime, how: str = ""
    ) -> None:
        self.parts = list(parts)
        self._answered(by, at, how)

    @transition(field=state, source=ASKED, target=S.DECLINED, conditions=[_is_request])
    def decline(self, *, reason: str, by: int | None, at: datetime, how: str = "") -> None:
        self.reason, self.ended_at = reason, at
        self._answered(by, at, how)

    @transition(field=state, source=S.SENT, target=S.ACKNOWLEDGED, conditions=[_is_notice])
    def acknowledge(self, *, by: int | None, at: datetime, how: str = "") -> None:
        self._answered(by, at, how)

    @transition(field=state, source=S.SENT, target=S.LAPSED, conditions=[_is_request])
    def lapse(self, *, at: datetime) -> None:
        self.lapsed_at = at

    @transition(field=state, source=ASKED, target=S.SUPERSEDED, conditions=[_is_request])
    def supersede(self, *, at: datetime) -> None:
        self.ended_at = at

    @transition(field=state, source=ASKED, target=S.WITHDRAWN)
    def withdraw(self, *, reason: str, at: datetime) -> None:
        self.reason, self.ended_at = reason, at

    @transition(field=state, source=ANSWERED_YES, target=S.STARTED, conditions=[_is_work])
    def start(self, *, at: datetime) -> None:
        self.started_at = at

    @transition(field=state, source=IN_WORK, target=S.COMPLETED, conditions=[_is_work])
    def complete(self, *, outcome: str, at: datetime) -> None:
        self.outcome, self.completed_at, self.ended_at = outcome, at, at

    @transition(field=state, source=IN_WORK, target=S.RETURNED, conditions=[_is_work])
    def give_back(self, *, reason: str, at: datetime) -> None:
        self.reason, self.ended_at = reason, at

    @transition(field=state, source=ANSWERED_YES, target=S.VOIDED, conditions=[_is_work])
    def void(self, *, reason: str, at: datetime) -> None:
        self.reason, self.ended_at = reason, at

    @transition(field=state, source=LIVE, target=S.REVOKED, conditions=[_may_be_stopped])
    def revoke(self, *, scope: str, at: datetime) -> None:
        self.reason, self.ended_at = scope, at

    def _answered(self, by: int | None, at: datetime, how: str) -> None:
        self.answered_by_id, self.answered_at, self.answered_how = by, at, how
