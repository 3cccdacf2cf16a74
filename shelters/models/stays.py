"""Who sleeps where: the stay of one family, and the use it makes of each bed."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from casework.models import Access, Block, CaseRecord, CaseRecordQuerySet, Level
from casework.models.base import WORKS_CASES
from network.actors import Actor
from network.models import Agency
from network.roles import Role
from safekeeping import policies
from safekeeping.policies import AGENCY, CASE, NOW
from safekeeping.sealed import SealedField
from safekeeping.states import Births, Edges, StateField, Stateful
from shelters.groups import ArrivalCard
from shelters.models.places import OF_SEEN, Bed, OfShelterQuerySet, Shelter

USER = settings.AUTH_USER_MODEL


class StayState(models.TextChoices):
    REQUESTED = "REQUESTED", _("Bed asked for")
    WAITING = "WAITING", _("Waiting for a bed")
    SAFE_ELSEWHERE = "SAFE_ELSEWHERE", _("Safe elsewhere for now")
    HELD = "HELD", _("Bed held")
    ADMITTED = "ADMITTED", _("In the shelter")
    AWAY = "AWAY", _("Away for a while")
    LAPSED = "LAPSED", _("Did not arrive: check that the person is safe")
    CANCELLED = "CANCELLED", _("No longer needed")
    DISCHARGED = "DISCHARGED", _("Has left the shelter")
    TRANSFERRED = "TRANSFERRED", _("Moved to another shelter")
    LEFT_UNTOLD = "LEFT_UNTOLD", _("Left without a word: check that the person is safe")
    VOIDED = "VOIDED", _("Entered by mistake")


class Sex(models.TextChoices):
    """Of the adults who come; not known rules no room out."""

    FEMALE = "female", _("Women")
    MALE = "male", _("Men")
    MIXED = "mixed", _("Women and men")
    UNKNOWN = "unknown", _("Not known")


class Onward(models.TextChoices):
    """What became of the question for a bed in another house."""

    ASKED = "ASKED", _("A bed in another house is asked for")
    HELD = "HELD", _("A bed is held in another house")


S = StayState
OPEN = (S.REQUESTED, S.WAITING, S.SAFE_ELSEWHERE)  # a bed is looked for, or may be again
LIVE = (S.HELD, S.ADMITTED, S.AWAY)  # a bed is kept
ASLEEP = (S.ADMITTED, S.AWAY)  # the badge "in shelter"

_OPEN_SQL = ", ".join(f"'{state}'" for state in OPEN)
_MINE = (
    f"{{t}}.agency_id = {AGENCY} OR"
    f" ({{t}}.state IN ({_OPEN_SQL}) AND {AGENCY} = ANY ({{t}}.readers))"
)


class StayQuerySet(CaseRecordQuerySet["Stay"]):
    def visible_to(self, actor: Actor) -> Self:
        """Stays that exist for this person.

        A keeper's: those of the own house, and requests that the house may answer. A worker's:
        those of the own agency's cases; who was merely granted a part of a case sees no stay.
        """
        kept = Q(agency_id=actor.agency_id) | Q(state__in=OPEN, readers__contains=[actor.agency_id])
        owned = Access.objects.live_for(actor).filter(reach=policies.OWNING)
        seen = Q(pk=None)
        if actor.has(Role.KEEPER, Role.COORDINATOR):
            seen |= kept
        if actor.has(*WORKS_CASES):
            seen |= Q(case_id__in=owned.values("case_id"))
        return self.filter(seen).exclude(case_id__in=Block.objects.against(actor).values("case_id"))


@policies.rows(
    policies.of_case(
        _MINE,
        least=policies.OWNING,
        sweep=f"{{t}}.state = 'HELD' AND {{t}}.until <= {NOW}",
        figures=(
            "id", "case_id", "agency_id", "state", "emergency", "adults", "children_count",
            "requested_at", "arrived_at", "ended_at", "reason", "next_place", "came_from_id",
        ),
    )
)  # fmt: skip
class Stay(Stateful, CaseRecord):
    """One family's stay. `readers`: agencies that see the request while it has no bed.

    until: a hold's end, exclusive. sharing: small children who sleep in another's bed.
    came_from: the stay that this one takes over; that ends once this one has a bed.
    onward: how far the stay is that takes this one over, for this house's keeper sees no other's.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    shelter = models.ForeignKey(Shelter, on_delete=models.PROTECT, null=True, related_name="+")
    state = StateField(default=S.REQUESTED, choices=S.choices)
    readers = ArrayField(models.BigIntegerField(), default=list)
    came_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    onward = models.CharField(max_length=8, choices=Onward.choices, blank=True)
    emergency = models.BooleanField(default=False)
    level = models.CharField(max_length=12, choices=Level.choices)
    adults = models.PositiveSmallIntegerField(default=1)
    children_count = models.PositiveSmallIntegerField(default=0)
    sharing = models.PositiveSmallIntegerField(default=0)
    sex = models.CharField(max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    oldest_boy = models.PositiveSmallIntegerField(null=True)
    needs = ArrayField(models.CharField(max_length=16), default=list)
    planned = models.BooleanField(default=False)
    for_host = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    expected_on = models.DateField(null=True)
    away_why = models.CharField(max_length=24, blank=True)
    back_due = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    next_place = models.CharField(max_length=24, blank=True)
    elsewhere_kind = models.CharField(max_length=24, blank=True)
    next_check_at = models.DateTimeField(null=True)
    leave_asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    leave_asked_at = models.DateTimeField(null=True)
    arrival_card = SealedField(ArrivalCard, null=True)

    objects: ClassVar = StayQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["until"], condition=Q(state=S.HELD), name="stay_hold_ends"),
            models.Index(fields=["requested_at"], condition=Q(state__in=OPEN), name="stay_open"),
            models.Index(fields=["agency", "state"], name="stay_of_agency"),
            models.Index(fields=["case", "state"], name="stay_of_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=LIVE) | Q(shelter__isnull=False, agency__isnull=False),
                name="stay_has_a_house",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.HELD) | Q(until__isnull=False), name="hold_ends"
            ),
            models.CheckConstraint(
                condition=Q(sharing__lte=F("children_count")), name="only_children_share"
            ),
        ]
        triggers = [
            Edges(name="stay_edges"),
            Births(name="stay_births", states=(S.REQUESTED, S.ADMITTED)),
        ]

    @property
    def is_live(self) -> bool:
        """Whether a bed is kept for it."""
        return self.state in LIVE

    @transition(field=state, source=S.REQUESTED, target=S.WAITING)
    def wait(self) -> None:
        """No bed fits now."""

    @transition(field=state, source=OPEN, target=S.HELD)
    def hold(self, *, shelter: Shelter, until: datetime, planned: bool) -> None:
        self.shelter, self.agency_id = shelter, shelter.agency_id
        self.until, self.planned = until, planned
        self.next_check_at, self.elsewhere_kind = None, ""

    @transition(field=state, source=(S.REQUESTED, S.WAITING), target=S.SAFE_ELSEWHERE)
    def settle_elsewhere(self, *, kind: str, next_check_at: datetime) -> None:
        self.elsewhere_kind, self.next_check_at = kind, next_check_at

    @transition(field=state, source=S.HELD, target=S.ADMITTED)
    def admit(self, *, at: datetime, expected_on: date | None) -> None:
        self.arrived_at, self.expected_on, self.until = at, expected_on, None

    @transition(field=state, source=S.HELD, target=S.LAPSED)
    def lapse(self, *, at: datetime) -> None:
        self.ended_at = at

    # Safe elsewhere and in no more need of a bed: else its check would ring every six hours on.
    @transition(field=state, source=(*OPEN, S.HELD), target=S.CANCELLED)
    def cancel(self, *, at: datetime, reason: str) -> None:
        self.ended_at, self.reason = at, reason

    @transition(field=state, source=S.ADMITTED, target=S.AWAY)
    def go_away(self, *, why: str, back_due: datetime | None) -> None:
        self.away_why, self.back_due = why, back_due

    @transition(field=state, source=S.AWAY, target=S.ADMITTED)
    def come_back(self) -> None:
        self.away_why, self.back_due = "", None

    @transition(field=state, source=ASLEEP, target=S.DISCHARGED)
    def discharge(self, *, at: datetime, reason: str, next_place: str) -> None:
        self.ended_at, self.reason, self.next_place = at, reason, next_place

    @transition(field=state, source=ASLEEP, target=S.TRANSFERRED)
    def transfer(self, *, at: datetime) -> None:
        self.ended_at, self.reason, self.next_place = at, "other_shelter", "shelter"

    @transition(field=state, source=ASLEEP, target=S.LEFT_UNTOLD)
    def leave_untold(self, *, at: datetime) -> None:
        self.ended_at, self.next_place = at, "unknown"

    @transition(field=state, source=(S.HELD, S.ADMITTED), target=S.VOIDED)
    def void(self, *, at: datetime, reason: str) -> None:
        self.ended_at, self.reason = at, reason


class BedUseQuerySet(OfShelterQuerySet["BedUse"]):
    def during(self, starts: datetime, ends: datetime | None) -> Self:
        """Live uses that meet a span; `ends` is exclusive, None has no end."""
        return self.filter(live=True, period__overlap=(starts, ends))


_IN_HAND = (
    f"EXISTS (SELECT 1 FROM shelters_stay y WHERE y.id = {{t}}.stay_id AND y.case_id = {CASE})"  # noqa: S608
)


@policies.rows(
    policies.Rows(using=f"{OF_SEEN} OR {_IN_HAND}", check=_IN_HAND),
)
class BedUse(models.Model):
    """One bed used by one stay; says nothing of the case, for every claimer must see it.

    period: from–until; a hold's ends when the hold does, a sleeper's is open until she has left.
    live: lowered for an early end. The database refuses two live uses of a bed that overlap.
    """

    shelter = models.ForeignKey(Shelter, on_delete=models.PROTECT, related_name="+")
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="uses")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="uses")
    period = DateTimeRangeField()
    live = models.BooleanField(default=True)
    persons = models.PositiveSmallIntegerField(default=1)
    expected_on = models.DateField(null=True)

    objects = BedUseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["bed"], condition=Q(live=True), name="use_of_bed"),
            models.Index(fields=["stay"], name="use_of_stay"),
        ]
        constraints = [
            ExclusionConstraint(
                name="one_use_of_a_bed",
                condition=Q(live=True),
                expressions=[
                    (
                        Func(F("bed"), F("bed"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"use {self.pk}"
