"""Who helps: agencies, what they offer and where."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.actors import Actor
from network.dated import Dated, DatedQuerySet
from network.language import in_language
from network.models.units import AdminUnit
from network.roles import AgencyKind, Role
from safekeeping import policies
from safekeeping.records import Record, RecordQuerySet


class Publicity(models.TextChoices):
    PUBLISHED = "published", _("Published")
    NETWORK = "network", _("Known within the network")
    SECRET = "secret", _("Secret")


class AgencyQuerySet(DatedQuerySet["Agency"], RecordQuerySet["Agency"]):  # type: ignore[override]
    """Agencies by day, by reference and by who looks."""

    def leaving(self, on: date) -> Self:
        """Those that have ended by this day and may still hold something, the first ended first."""
        return self.filter(valid_to__lte=on, passed_on_at=None).order_by("valid_to", "pk")

    def visible_to(self, actor: Actor) -> Self:
        """All but secret sites, which exist for their own people and for those who place people."""
        if actor.has(Role.NETWORK_ADMIN, Role.COORDINATOR):
            return self.all()
        return self.filter(~Q(publicity=Publicity.SECRET) | Q(pk=actor.agency_id))


@policies.rows(policies.COUNTED_BY)
class Agency(Record, Dated):
    """An office or site of the network, for as long as it existed; `successor` takes over after.

    `code` is its name in the province's data, the same for ever. `subject` is whose key seals the
    duty phones of its shifts, made when the first is written.
    """

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=24, choices=AgencyKind)
    name_vi = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    short_vi = models.CharField(max_length=80)
    short_en = models.CharField(max_length=80)
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="agencies")
    publicity = models.CharField(max_length=10, choices=Publicity)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    # The number that anyone may ring; the phones of people on duty are sealed on their shifts.
    duty_phone = models.CharField(max_length=24, blank=True)
    subject = models.UUIDField(null=True, editable=False)
    plan_ref = models.CharField(max_length=40, blank=True)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)
    certainty = models.CharField(max_length=10, blank=True)
    # When an office that ended held nothing any more; until then the sweep looks after it.
    passed_on_at = models.DateTimeField(null=True, editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "unit"], name="agency_of_kind")]

    @property
    def key_subject(self) -> uuid.UUID:
        """Whose key seals its shifts' phones; an agency without any has none yet."""
        if self.subject is None:
            raise LookupError(f"agency {self.reference} has no key yet")
        return self.subject

    @property
    def name(self) -> str:
        """Its full name in the reader's language."""
        return in_language(self.name_vi, self.name_en)

    @property
    def short(self) -> str:
        """Its name in lists."""
        return in_language(self.short_vi, self.short_en)


class Service(Dated):
    """One thing an agency offers. `order`: who is asked first where several cover a place."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="services")
    kind = models.CharField(max_length=40)  # a code of the list `service`
    hours = models.CharField(max_length=80, blank=True)
    capacity_note = models.CharField(max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(default=50)
    covers: "models.ManyToManyField[AdminUnit, Coverage]" = models.ManyToManyField(
        AdminUnit, through="Coverage", related_name="services"
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "kind", "valid_from"], name="service_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agency_id}"


class Coverage(models.Model):
    """A unit that a service covers; a province covers its communes."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="coverage")
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="coverage")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "unit"], name="coverage_once")]

    def __str__(self) -> str:
        return f"{self.service_id} in {self.unit_id}"
