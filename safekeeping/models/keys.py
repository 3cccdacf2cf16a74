"""Rows that hold keys, wrapped, and what became of them."""

from django.db import models

from safekeeping import policies
from safekeeping.policies import Grants


class SubjectKey(models.Model):
    """One subject's data key, wrapped. Deleting it makes all its sealed values unreadable.

    A subject is whose values one key seals: a survivor, a secret shelter, an agency's duty phone.
    It is a random uuid of its own and names nobody.
    """

    subject = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    kek_id = models.CharField(max_length=16, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "version"], name="one_key_of_a_version"),
        )

    def __str__(self) -> str:
        return f"key of {self.subject}"


@policies.rows(Grants(app="SELECT, INSERT, DELETE"))
class SubjectHold(models.Model):
    """A reason why a subject may not be erased; several may stand side by side.

    `source`: what it was placed by, so that this one can be taken away and the others stay.
    """

    subject = models.UUIDField(db_index=True)
    source = models.UUIDField(null=True)
    reason = models.CharField(max_length=40)
    ends = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"hold on {self.subject}"


@policies.rows(Grants(app="SELECT, INSERT"))
class KeyCanary(models.Model):
    """Proof of a root key, by which a start with the wrong ring is found out."""

    use = models.CharField(max_length=10)
    key_id = models.CharField(max_length=16)
    proof = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["use", "key_id"], name="one_canary_of_a_key"),
        )

    def __str__(self) -> str:
        return f"{self.use} {self.key_id}"


@policies.rows(Grants(app="SELECT, INSERT"))
class Erasure(models.Model):
    """A subject whose key was deleted; its copy outside is replayed after every restore."""

    subject = models.UUIDField(unique=True)
    reason = models.CharField(max_length=40)
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erasure of {self.subject}"
