"""Facts that hold from a day until another: what was so is never overwritten."""

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model)


class DatedQuerySet(models.QuerySet[M]):
    """Rows by the day on which they hold."""

    def on(self, day: date) -> Self:
        """Rows that hold on this day of the province's calendar."""
        return self.filter(holds_on(day))


class Dated(models.Model):
    """Holds from `valid_from` until the day before `valid_to`; an open end is null."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def holds(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def holds_on(day: date, prefix: str = "") -> Q:
    """The same as a condition; `prefix` reaches through a relation, as `agency__`."""
    begun = Q(**{f"{prefix}valid_from__lte": day})
    return begun & (Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day}))
