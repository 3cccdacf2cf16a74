"""What is written down beside the work: notes, conferences, closures, corrections."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.groups import HoldPaper, Words
from casework.models.base import (
    OF_OWNER,
    CaseRecord,
    CaseRecordQuerySet,
    GroupedQuerySet,
    OwnedQuerySet,
    of_groups,
)
from network.actors import Actor
from safekeeping import policies
from safekeeping.sealed import SealedField

USER = settings.AUTH_USER_MODEL


SHARED_KINDS = ("health", "legal")  # notes with a group of their own name; all others: `notes`


@policies.rows(
    policies.of_case(
        "false",
        opened=f"{policies.opens('notes')}"
        f" OR ({{t}}.kind IN {SHARED_KINDS} AND {{t}}.kind = ANY (a.groups))",
    )
)
class Note(CaseRecord):
    """One contact or thought; a contact says whether she was alone and how to reach her again."""

    OPENED_BY = ((Q(), ("notes",)), *((Q(kind=kind), (kind,)) for kind in SHARED_KINDS))

    kind = models.CharField(max_length=24)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    alone = models.BooleanField(null=True)
    safe_again = models.CharField(max_length=24, blank=True)
    reached = models.BooleanField(null=True)
    way = models.CharField(max_length=24, blank=True)
    text = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()


@policies.rows(of_groups("minutes"))
class Conference(CaseRecord):
    """A case conference; only agencies with Access attend, each checked against blocks."""

    OPENED_BY = ((Q(), ("minutes",)),)

    held_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    agencies = ArrayField(models.BigIntegerField(), default=list)
    attendees = ArrayField(models.BigIntegerField(), default=list)
    minutes = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()


# Asked to be the other person, for want of one in the owner's office: until it is answered.
ASKED = (  # our own words, as all policies are
    f"EXISTS (SELECT 1 FROM {policies.ACCESS} a WHERE a.source = {{t}}.reference"  # noqa: S608
    f" AND a.agency_id = {policies.AGENCY} AND a.live)"
)


class ClosureQuerySet(CaseRecordQuerySet["Closure"]):
    """Proposals to close."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the own cases, and those that one's office was asked to decide."""
        asked = apps.get_model("casework", "Access").objects.live_for(actor)
        mine = Q(case__owner_id=actor.agency_id) | Q(reference__in=asked.values("source"))
        return super().visible_to(actor).filter(mine)


@policies.rows(
    policies.of_case(
        ASKED,
        least=policies.OWNING,
        figures=("id", "case_id", "reason", "proposed_at", "decided_at", "approved"),
    )
)
class Closure(CaseRecord):
    """One proposal to close, and another person's answer."""

    reason = models.CharField(max_length=24)
    checklist = ArrayField(models.CharField(max_length=32), default=list)
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    words = SealedField(Words, null=True)

    objects: ClassVar = ClosureQuerySet.as_manager()


class HoldReason(models.TextChoices):
    """Why a file may not be erased; coded, since it is told to whoever wants to erase it."""

    INVESTIGATION = "investigation", _("Needed in an investigation")
    COURT = "court", _("Needed by a court")
    COMPLAINT = "complaint", _("A complaint is being looked into")
    DEATH = "death", _("A death is being reviewed")
    AUDIT = "audit", _("An inspection asked for it")


@policies.rows(of_groups("holds"))
class LegalHold(CaseRecord):
    """Nothing of the file is erased until its end (exclusive), or until it is lifted."""

    OPENED_BY = ((Q(), ("holds",)),)

    reason = models.CharField(max_length=16, choices=HoldReason.choices)
    ends = models.DateTimeField(null=True)
    placed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    paper = SealedField(HoldPaper, null=True)
    lifted_why = SealedField(Words, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case"], condition=Q(lifted_at=None), name="hold_of_case"),
        ]

    @property
    def last_day(self) -> date | None:
        """The last day of it, local; None where no end is known."""
        return last_day_of(self.ends)


def last_day_of(ends: datetime | None) -> date | None:
    """The local day on which something with this exclusive end is last in force."""
    return timezone.localdate(ends - timedelta(microseconds=1)) if ends else None


@policies.rows(OF_OWNER)
class Correction(CaseRecord):
    """A mended value: the old one is kept, sealed as it was, and why it was changed."""

    kind = models.CharField(max_length=32)
    record = models.UUIDField()
    field = models.CharField(max_length=32)
    reason = models.CharField(max_length=24)
    old_code = models.CharField(max_length=500, blank=True)  # a list of codes, by commas
    old_envelope = models.BinaryField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    why = SealedField(Words, null=True)

    objects: ClassVar = OwnedQuerySet.as_manager()
