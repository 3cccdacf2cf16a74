"""What is written down beside the work: notes, conferences, closures, corrections."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from casework.groups import Words
from casework.models.base import OF_OWNER, CaseRecord
from safekeeping import policies
from safekeeping.sealed import SealedField

USER = settings.AUTH_USER_MODEL


@policies.rows(policies.of_case("false"))
class Note(CaseRecord):
    """One contact or thought; a contact says whether she was alone and how to reach her again."""

    kind = models.CharField(max_length=24)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    alone = models.BooleanField(null=True)
    safe_again = models.CharField(max_length=24, blank=True)
    reached = models.BooleanField(null=True)
    way = models.CharField(max_length=24, blank=True)
    text = SealedField(Words, null=True)


@policies.rows(OF_OWNER)
class Conference(CaseRecord):
    """A case conference; only agencies with Access attend, each checked against blocks."""

    held_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    agencies = ArrayField(models.BigIntegerField(), default=list)
    attendees = ArrayField(models.BigIntegerField(), default=list)
    minutes = SealedField(Words, null=True)


# Asked to be the other person, for want of one in the owner's office: until it is answered.
ASKED = (  # our own words, as all policies are
    f"EXISTS (SELECT 1 FROM {policies.ACCESS} a WHERE a.source = {{t}}.reference"  # noqa: S608
    f" AND a.agency_id = {policies.AGENCY} AND a.live)"
)


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
