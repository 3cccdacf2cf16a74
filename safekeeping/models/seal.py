"""The chain's own rows: seals of events, which only grow."""

from django.db import models

from safekeeping import policies
from safekeeping.appendonly import append_only
from safekeeping.policies import system


@policies.rows(
    policies.Rows(
        using=system("seal", "setup", "audit"), check=system("seal"), grants="SELECT, INSERT"
    )
)
class EventSeal(models.Model):
    """One event's place in the chain: numbers run without a gap, each mac covers the one before."""

    number = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    mac = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=16)
    sealed_at = models.DateTimeField()

    class Meta:
        triggers = append_only("eventseal")

    def __str__(self) -> str:
        return f"seal {self.number}"
