"""Who may see which groups of a case, who never may, and what was done past a guard."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from casework.groups import Words
from casework.models.base import MINE, WORKS_CASES, CaseRecord, CaseRecordQuerySet
from network.actors import Actor
from network.models import Agency, Membership
from network.roles import Role
from safekeeping import policies, rls
from safekeeping.policies import ACTOR, AGENCY, CASE
from safekeeping.sealed import SealedField

USER = settings.AUTH_USER_MODEL
R = TypeVar("R", bound=models.Model)


class AccessQuerySet(CaseRecordQuerySet["Access"]):
    """Access rows."""

    def visible_to(self, actor: Actor) -> Self:
        """What one's own office was given; whom else a case was opened to is in hand alone."""
        return super().visible_to(actor).filter(agency_id=actor.agency_id)

    def live_for(self, actor: Actor, at: datetime | None = None) -> Self:
        """Rows in force for this person, at this moment or at that of the transaction."""
        moment = at or rls.context().now
        whose = Q(user=None) | Q(user_id=actor.user_id)
        lasts = Q(ends=None) | Q(ends__gt=moment) if moment else Q()
        return self.filter(whose, lasts, agency_id=actor.agency_id, live=True)


class AccessWhy(models.TextChoices):
    OWNER = "owner"
    CONSENT = "consent"
    STATUTE = "statute"
    LIFE = "life"
    BREAK_GLASS = "break_glass"
    FORMER_OWNER = "former_owner"
    SECOND_PERSON = "second_person"


@policies.rows(
    policies.Rows(
        using=f"{MINE} OR {{t}}.case_id = {CASE} OR {policies.system('sweep')}",
        check=f"{{t}}.case_id = {CASE}",
    )
)
class Access(CaseRecord):
    """An agency (or one person of it) may open these groups of a case, from–to.

    `live` is lowered for an early end: who waited for the lock brings an older clock.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    reach = models.PositiveSmallIntegerField(default=policies.SHARED)
    groups = ArrayField(models.CharField(max_length=24), default=list)
    why = models.CharField(max_length=16, choices=AccessWhy.choices)
    source = models.UUIDField(null=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    live = models.BooleanField(default=True)

    objects: ClassVar = AccessQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["case", "agency"], include=["ends", "reach", "live"], name="access_of_case"
            ),
            models.Index(
                fields=["agency", "case"], include=["ends", "live"], name="access_of_agency"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(reach=policies.OWNING, live=True), name="one_owner"
            )
        ]


def seats_now() -> models.QuerySet[Membership]:
    """Who has a place in which office, at the moment of the transaction."""
    moment = rls.context().now
    if not moment:
        return Membership.objects.none()
    return Membership.objects.filter(Q(ends=None) | Q(ends__gt=moment), starts__lte=moment)


class BlockQuerySet(CaseRecordQuerySet["Block"]):
    """Conflict blocks."""

    def visible_to(self, actor: Actor) -> Self:
        """None: who leads the case reads the list with the case in hand."""
        return self.none()

    def against(self, actor: Actor) -> Self:
        """Blocks in force that name this person, this office, or another where the person sits."""
        me = Q(user_id=actor.user_id, user__isnull=False)
        office = Q(agency_id=actor.agency_id, agency__isnull=False)
        seats = seats_now().filter(user_id=actor.user_id or 0)
        return self.filter(me | office | Q(agency__in=seats.values("agency_id")), live=True)


@policies.rows(
    policies.Rows(
        # The blocked must be able to read their own rows, else the policy's subquery finds none.
        using=(
            f"{MINE} OR {{t}}.user_id = {ACTOR} OR {{t}}.case_id = {CASE}"
            f" OR {policies.sits_in('{t}.agency_id')}"
        ),
        check=f"{{t}}.case_id = {CASE}",
    )
)
class Block(CaseRecord):
    """A person or an office that may never see this case; deny beats every allow.

    Who sits in such an office does not see it in the name of another one either.
    """

    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=24)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    starts = models.DateTimeField()
    live = models.BooleanField(default=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar = BlockQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["agency"], condition=Q(live=True), name="block_of_agency"),
            models.Index(fields=["user"], condition=Q(live=True), name="block_of_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(agency__isnull=False), name="block_names_one"
            )
        ]


class ReviewedQuerySet(CaseRecordQuerySet[R]):
    """What another person has to look at afterwards."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows of the cases that one has, one's own, and those that one is asked to look at.

        A receiver has a case to help, and not to know who passed a guard of its owner's; nor has
        everybody of the office that is asked to look, but who may answer for it.
        """
        if not actor.has(*WORKS_CASES):
            return self.none()
        looks = actor.has(Role.SUPERVISOR, Role.COORDINATOR)
        asked = Q(review_agency_id=actor.agency_id) if looks else Q(pk__in=())
        who: Any = self.model  # each such model names the column of who did it
        own = Q(**{who.WHO: actor.user_id}, agency_id=actor.agency_id)
        blocked = Block.objects.against(actor)
        owned = Access.objects.live_for(actor).filter(reach=policies.OWNING)
        seen = self.filter(Q(case_id__in=owned.values("case_id")) | asked | own)
        return seen.exclude(case_id__in=blocked.values("case_id"))


REVIEWED = f"{MINE} OR {{t}}.review_agency_id = {AGENCY}"


class Reviewed(CaseRecord):
    """What one person did and another looks at afterwards. WHO: the column of who did it."""

    WHO: ClassVar[str]

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    review_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=24, blank=True)

    objects: ClassVar = ReviewedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def done_by(self) -> int:
        """Who did it; anybody else may look at it."""
        return int(getattr(self, self.WHO))

    @property
    def waits(self) -> bool:
        """Nobody has looked at it yet."""
        return self.reviewed_at is None


@policies.rows(policies.of_case(REVIEWED, least=policies.OWNING))
class BreakGlass(Reviewed):
    """One person opened one case without access, for 60 minutes; words and review follow."""

    WHO = "user_id"

    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24)
    at = models.DateTimeField()
    ends = models.DateTimeField()
    words = SealedField(Words, null=True)


@policies.rows(
    policies.of_case(
        REVIEWED, least=policies.OWNING, figures=("id", "case_id", "at", "reviewed_at", "verdict")
    )
)
class Override(Reviewed):
    """Soft guards passed for danger to life, with one sentence; reviewed in 24 h, no fault."""

    WHO = "by_id"

    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    event = models.UUIDField(default=uuid.uuid4)
    action = models.CharField(max_length=48)
    guards = ArrayField(models.CharField(max_length=48))
    at = models.DateTimeField()
    why = SealedField(Words, null=True)
