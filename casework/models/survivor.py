"""Her, how she is found again, and what happened to her."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from casework.groups import (
    Children,
    Contact,
    Identity,
    Perpetrator,
    SupportNeeds,
    Whereabouts,
    Words,
)
from casework.models.base import CaseRecord, GroupedQuerySet, of_groups
from casework.models.case import Case
from network.models import AdminUnit
from safekeeping import policies
from safekeeping.sealed import SealedField

OF_HER = ("person", "contact", "whereabouts", "children", "needs")
OF_EVENTS = ("account", "accused")


@policies.rows(
    of_groups(
        *OF_HER,
        figures=(
            "case_id", "sex", "birth_year", "age_band", "disability", "ethnicity_group", "pregnant",
        ),
    )
)  # fmt: skip
class Survivor(CaseRecord):
    """Her; coded columns in clear, everything that finds her sealed. One row, one case."""

    OPENED_BY = ((Q(), OF_HER),)

    case = models.OneToOneField(Case, on_delete=models.PROTECT)
    sex = models.CharField(max_length=12, default="unknown")
    birth_year = models.PositiveSmallIntegerField(null=True)
    age_band = models.CharField(max_length=12, blank=True)
    disability = models.CharField(max_length=24, blank=True)
    ethnicity_group = models.CharField(max_length=24, blank=True)
    nationality_kind = models.CharField(max_length=24, blank=True)
    identification = models.CharField(max_length=24, blank=True)
    pregnant = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=12, default="vi")
    interpreter_needed = models.BooleanField(default=False)
    identity = SealedField(Identity, null=True)
    contact = SealedField(Contact, null=True)
    whereabouts = SealedField(Whereabouts, null=True)
    children = SealedField(Children, null=True)
    support_needs = SealedField(SupportNeeds, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()


def of_age() -> dict[str, Subquery]:
    """How old the survivor is, as far as it is known and may be read: to annotate a case with."""
    survivor = Survivor.objects.filter(case=OuterRef("pk"))
    return {name: Subquery(survivor.values(name)[:1]) for name in ("birth_year", "age_band")}


@policies.rows(
    policies.of_case(
        policies.system("repair"),
        opened=policies.opens("person", "contact"),
        grants="SELECT, INSERT, UPDATE, DELETE",
    )
)
class SurvivorIndex(models.Model):
    """Blind indexes that find a survivor again; a value is shared by a crowd, by design.

    `key_id`: the index key that made it; the repair renews those of an older one.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12)
    value = models.IntegerField()
    key_id = models.CharField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["kind", "value"], name="survivor_index")]
        constraints = [models.CheckConstraint(condition=~Q(key_id=""), name="index_of_a_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


@policies.rows(
    of_groups(
        *OF_EVENTS,
        figures=(
            "id", "case_id", "happened_on", "recorded_at", "unit_id", "gbvims_type", "acts",
            "relation", "accused_sex", "place_kind", "prior", "carried",
        ),
    )
)  # fmt: skip
class Incident(CaseRecord):
    """One event of violence; GBVIMS type and the law's acts live side by side.

    carried: as it was told in another case that was joined to this one.
    """

    OPENED_BY = ((Q(), OF_EVENTS),)

    happened_on = models.DateField(null=True)
    precision = models.CharField(max_length=12, default="day")
    recorded_at = models.DateTimeField()
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, null=True, related_name="+")
    place_kind = models.CharField(max_length=24, blank=True)
    time_of_day = models.CharField(max_length=12, blank=True)
    gbvims_type = models.CharField(max_length=32, blank=True)
    acts = ArrayField(models.CharField(max_length=4), default=list)
    relation = models.CharField(max_length=32, blank=True)
    accused_sex = models.CharField(max_length=12, blank=True)
    accused_age = models.CharField(max_length=12, blank=True)
    prior = models.CharField(max_length=12, blank=True)
    carried = models.BooleanField(default=False)
    account = SealedField(Words, null=True)
    perpetrator = SealedField(Perpetrator, null=True)

    objects: ClassVar = GroupedQuerySet.as_manager()
