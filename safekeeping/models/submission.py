"""Forms that took effect, so that the same form never takes effect twice."""

from django.db import models


class Submission(models.Model):
    """A key and the answer that its first use was given; the body is kept as a keyed hash only."""

    user_id = models.BigIntegerField()
    key = models.UUIDField()
    body = models.BinaryField(max_length=32)
    answer = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "key"], name="submission_once"),
        ]

    def __str__(self) -> str:
        return str(self.key)
