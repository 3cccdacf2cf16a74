"""Houses, rooms and beds; a bed is a row because it is what two keepers must not both give."""

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from casework.models.base import MINE
from network.actors import Actor
from network.language import in_language
from network.models import Agency, Publicity
from network.roles import Role
from safekeeping import policies
from safekeeping.policies import AGENCY, CASE
from safekeeping.records import Record, RecordQuerySet
from safekeeping.sealed import SealedField
from shelters.groups import SiteAddress

# Who works with beds. A reporter never learns where anybody sleeps.
SEES_BEDS = frozenset({Role.KEEPER, Role.CASEWORKER, Role.SUPERVISOR, Role.COORDINATOR})

SETUP = policies.system("setup")
# Shelter's own policy works inside the subquery: what is of a hidden house is hidden with it.
OF_SEEN = "{t}.shelter_id IN (SELECT s.id FROM shelters_shelter s)"
OF_MINE = f"{{t}}.shelter_id IN (SELECT s.id FROM shelters_shelter s WHERE s.agency_id = {AGENCY})"  # noqa: S608

R = TypeVar("R", bound=models.Model)


def of_shelter(*, check: str) -> policies.Rows:
    """A table of a house: read by whoever may know of the house."""
    return policies.Rows(using=f"{OF_SEEN} OR {SETUP}", check=f"{check} OR {SETUP}")


class ShelterQuerySet(RecordQuerySet["Shelter"]):
    def kept(self) -> Self:
        """Houses that somebody keeps: a house whose agency ended without a successor is closed."""
        return self.filter(agency__passed_on_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Houses that exist for this person: a secret one for its own people and the trusted."""
        if not actor.has(*SEES_BEDS):
            return self.none()
        known = ~Q(publicity=Publicity.SECRET) | Q(agency_id=actor.agency_id)
        return self.kept().filter(known | Q(trusted__contains=[actor.agency_id]))


class OfShelterQuerySet(RecordQuerySet[R]):
    """Rows of a house."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows whose house exists for this person."""
        return self.filter(shelter__in=Shelter.objects.visible_to(actor))


@policies.rows(
    policies.Rows(
        using=(
            f"{{t}}.publicity <> 'secret' OR {MINE} OR {AGENCY} = ANY ({{t}}.trusted) OR {SETUP}"
        ),
        check=f"{MINE} OR {SETUP}",
    )
)
class Shelter(Record):
    """A house with beds. `trusted`: ids of agencies that may know of it although it is secret."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, unique=True)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    publicity = models.CharField(max_length=10, choices=Publicity)
    trusted = ArrayField(models.BigIntegerField(), default=list, blank=True)
    subject = models.UUIDField(editable=False)
    order = models.PositiveSmallIntegerField(default=50)
    address = SealedField(SiteAddress, null=True)

    objects = ShelterQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    @property
    def key_subject(self) -> uuid.UUID:
        return self.subject

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name_vi, self.name_en)


@policies.rows(of_shelter(check=OF_MINE))
class Room(Record):
    """A room; `tags` are codes of the list `bed_tag`, `sons_up_to` the oldest boy (inclusive)."""

    shelter = models.ForeignKey(Shelter, on_delete=models.PROTECT, related_name="rooms")
    code = models.CharField(max_length=20)
    name_vi = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    tags = ArrayField(models.CharField(max_length=16), default=list)
    sons_up_to = models.PositiveSmallIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = OfShelterQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["shelter", "code"], name="room_once")]

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name_vi, self.name_en)


# A claimer of another agency locks the row (which asks the update policy), with a case in hand.
@policies.rows(of_shelter(check=f"{CASE} IS NOT NULL OR {OF_MINE}"))
class Bed(Record):
    """One bed. An `extra` one is put up when needed, and is given like any other."""

    shelter = models.ForeignKey(Shelter, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    name = models.CharField(max_length=12)
    extra = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)

    objects = OfShelterQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["room", "name"], name="bed_once")]


class OutageQuerySet(OfShelterQuerySet["Outage"]):
    def at(self, moment: datetime) -> Self:
        """Those that hold at a moment."""
        return self.filter(Q(ends=None) | Q(ends__gt=moment), starts__lte=moment)


@policies.rows(of_shelter(check=OF_MINE))
class Outage(Record):
    """A bed that cannot be given, from `starts` until `ends` (exclusive; None: until further)."""

    shelter = models.ForeignKey(Shelter, on_delete=models.PROTECT, related_name="+")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="outages")
    reason = models.CharField(max_length=24)  # a code of the list `outage_reason`
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OutageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["bed", "starts"], name="outage_of_bed")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="outage_forward"
            )
        ]
