"""What happened: references and codes only, never a word about anybody."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from safekeeping import policies, rls
from safekeeping.appendonly import append_only
from safekeeping.policies import AGENCY, CASE, OWNING, reaches, system


@policies.rows(
    policies.Rows(
        using=(
            f"{{t}}.case_id = {CASE} OR {{t}}.agency_id = {AGENCY}"
            # Somebody who acts for no agency: what was written must be readable to be inserted.
            f" OR ({{t}}.agency_id IS NULL AND {{t}}.actor_id = {policies.ACTOR})"
            f" OR {reaches('{t}.case_id', OWNING)}"
            f" OR {system('seal', 'repair', 'setup', 'gate', 'audit', 'deliver')}"
        ),
        check=(
            f"({{t}}.case_id = {CASE} OR {{t}}.case_id IS NULL)"
            f" AND {{t}}.actor_id IS NOT DISTINCT FROM {policies.ACTOR}"
            f" AND {{t}}.agency_id IS NOT DISTINCT FROM {AGENCY}"
        ),
        restrict=f"{{t}}.case_id IS NULL OR {policies.unblocked('{t}.case_id')}",
        grants="SELECT, INSERT",
        figures=(
            "topic",
            "recorded_at",
            "happened_at",
            "case_id",
            "code",
            "from_state",
            "to_state",
            "override",
        ),
    )
)
class Event(models.Model):
    """One thing that happened; written in the transaction of the change, never changed after.

    `code` is a coded word that the topic needs (a reason, a clock, a service); `groups` the names
    of the sealed groups opened or changed; `override` the soft guards that were passed; `digest` of
    the envelopes that its subject was given by the change (`sealed.digest_of_fresh`).
    """

    reference = models.UUIDField(unique=True, editable=False)
    topic = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject = models.UUIDField()
    case_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    agency_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24, blank=True)
    code = models.CharField(max_length=64, blank=True)
    groups = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    override = ArrayField(models.CharField(max_length=48), null=True, blank=True)
    out_of_order = models.BooleanField(default=False)
    digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case_id", "id"], name="event_of_case"),
            models.Index(fields=["agency_id", "topic", "id"], name="event_of_agency"),
            models.Index(fields=["subject", "topic"], name="event_of_subject"),
        ]
        triggers = append_only("event")

    def __str__(self) -> str:
        return f"{self.topic} {self.reference}"

    @property
    def originator(self) -> rls.Ids:
        """Who made it happen, as far as a job needs to know to work in that name."""
        return rls.Ids(user_id=self.actor_id, agency_id=self.agency_id)


@policies.rows(
    policies.Rows(
        using=f"{{t}}.case_id = {CASE} OR {system('repair', 'sweep')}",
        check=f"{{t}}.case_id = {CASE}",
    )
)
class Repair(models.Model):
    """A handler that failed after an event: what `repair` runs again; class name only."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    case_id = models.BigIntegerField()
    handler = models.CharField(max_length=128)
    fault = models.CharField(max_length=64)
    noted_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="repair_once")]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"
