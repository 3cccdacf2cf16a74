"""What the published figures need from the province: areas, and estimates for the first year."""

from django.db import models

from network.dated import Dated, DatedQuerySet
from network.language import in_language
from network.models.units import AdminUnit
from safekeeping import policies


@policies.rows(policies.COUNTED_BY)
class Area(Dated):
    """A group of communes large enough to be named in a published table; one list only."""

    code = models.CharField(max_length=20)
    name_vi = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()
    units = models.ManyToManyField(AdminUnit, related_name="areas")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="area_once")]
        ordering = ["order"]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name_vi, self.name_en)


@policies.rows(policies.COUNTED_BY)
class FigureEstimate(models.Model):
    """How many of something a year is expected to bring, before there is a last year."""

    year = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=4)  # T1 … T13
    counts = models.CharField(max_length=40)
    total = models.PositiveIntegerField()
    source = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "table"], name="estimate_once")]

    def __str__(self) -> str:
        return f"{self.table}/{self.year}"


# The rows between areas and their units have no class of their own to carry the rule.
policies.rows(policies.COUNTED_BY)(Area.units.through)
