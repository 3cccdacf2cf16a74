"""The mart: rounded figures and nothing else. Exact counts are never stored."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from safekeeping import policies

READ_BY_APP = policies.Grants(app="SELECT", figures="SELECT, INSERT")


@policies.rows(READ_BY_APP)
class Release(models.Model):
    """One period for one audience, counted once and frozen: late records enter the next longer one.

    `is_public` stays false until an attacker of our own has failed on it.
    """

    span = models.CharField(max_length=8)
    audience = models.CharField(max_length=8)
    starts = models.DateField()
    ends = models.DateField()
    built_at = models.DateTimeField()
    is_public = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["span", "audience"], name="release_once"),
            # The gate is not built yet: no row can claim that it was passed.
            models.CheckConstraint(condition=models.Q(is_public=False), name="nothing_public_yet"),
        ]

    def __str__(self) -> str:
        return f"{self.span}/{self.audience}"


@policies.rows(READ_BY_APP)
class Margin(models.Model):
    """A view of a table over some of its dimensions, or the note that it is too thin to show."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="margins")
    table = models.CharField(max_length=4)
    dimensions = ArrayField(models.CharField(max_length=16), default=list)
    # 1, 3 or 12: shown in a period of so many months; 0: in none.
    shown_by = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "table", "dimensions"], name="margin_once")
        ]

    def __str__(self) -> str:
        return f"{self.table} {','.join(self.dimensions)}"


@policies.rows(READ_BY_APP)
class Cell(models.Model):
    """One rounded figure; a cell that is not there is 0."""

    margin = models.ForeignKey(Margin, on_delete=models.PROTECT, related_name="cells")
    codes = ArrayField(models.CharField(max_length=40), default=list)
    value = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["margin", "codes"], name="cell_once")]

    def __str__(self) -> str:
        return f"{','.join(self.codes)}"
