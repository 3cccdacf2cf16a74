"""Who acts: people, what they are in which agency, when they are on duty."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from network.actors import Actor
from network.models.agencies import Agency
from network.roles import Role
from safekeeping.records import Record, RecordQuerySet
from safekeeping.sealed import SealedField, group


class UserManager(BaseUserManager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    """People by username, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        found: User = self.get(username__iexact=username)
        return found


class User(AbstractBaseUser, Record):
    """A person who signs in. Deactivated, never deleted: events go on naming the id.

    There is no superuser: what a person may do follows from memberships alone.
    """

    username = models.CharField(max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    email = models.EmailField(blank=True)
    family_name = models.CharField(max_length=40)
    middle_name = models.CharField(max_length=60, blank=True)
    given_name = models.CharField(max_length=40)
    language = models.CharField(max_length=5, default="vi")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["family_name", "given_name"]
    # What came with the person of a session (`network.backends`); None for any other.
    memberships_now: "list[Membership] | None" = None
    # What allauth, axes and Django ask of a user and we never grant.
    is_staff = is_superuser = False

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="username_any_case")]

    def __str__(self) -> str:
        return str(self.reference)

    @property
    def key_subject(self) -> uuid.UUID:
        """A person of the network has no sealed group."""
        raise LookupError("a user seals nothing")

    @property
    def name(self) -> str:
        """Family, middle and given name."""
        return " ".join(filter(None, (self.family_name, self.middle_name, self.given_name)))

    def get_full_name(self) -> str:
        """What Django's and allauth's templates ask for."""
        return self.name

    def get_short_name(self) -> str:
        """The given name, by which people are addressed."""
        return self.given_name

    def has_perm(self, *_: Any, **__: Any) -> bool:
        """Nobody has Django's permissions: roles and policies decide."""
        return False

    def has_module_perms(self, *_: Any) -> bool:
        """The same."""
        return False


class MembershipQuerySet(RecordQuerySet["Membership"]):
    """Memberships by time, role and who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own; an administrator's or supervisor's: the agency's."""
        if actor.has(Role.NETWORK_ADMIN):
            return self.all()
        if actor.has(Role.AGENCY_ADMIN, Role.SUPERVISOR):
            return self.filter(agency_id=actor.agency_id)
        return self.filter(user_id=actor.user_id)

    def live(self, at: datetime) -> Self:
        """Begun and not ended, of a person who may sign in."""
        return self.filter(Q(ends=None) | Q(ends__gt=at), starts__lte=at, user__is_active=True)

    def with_role(self, *roles: str) -> Self:
        """Holding any of these roles."""
        return self.filter(roles__overlap=list(roles))


class Membership(Record):
    """A person in an agency, with roles, from `starts` until `ends` (exclusive)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=16, choices=Role))
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency"], condition=Q(ends=None), name="one_open_membership"
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="membership_forward"
            ),
        ]
        indexes = [models.Index(fields=["agency", "ends"], name="membership_of_agency")]

    @property
    def role_labels(self) -> list[str]:
        """Its roles in the reader's language, in the order of the roles."""
        return [str(role.label) for role in Role if role in self.roles]

    def is_live(self, at: datetime) -> bool:
        """Whether one may act by it; the person must be active too."""
        return self.starts <= at and (self.ends is None or at < self.ends)


@group("phone")
@dataclass(frozen=True)
class ShiftPhone:
    """The phone that rings on a shift."""

    number: str


SEES_ALL_ROSTERS = (Role.NETWORK_ADMIN, Role.COORDINATOR)


class ShiftQuerySet(RecordQuerySet["Shift"]):
    """Shifts by time and who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of one's agency; the coordinator and the network's administrator see all."""
        if actor.has(*SEES_ALL_ROSTERS):
            return self.all()
        return self.filter(agency_id=actor.agency_id)

    def standing(self) -> Self:
        """Shifts that last; one that was dropped stays as a row without length."""
        return self.filter(starts__lt=F("ends"))

    def within(self, starts: datetime, ends: datetime) -> Self:
        """Standing shifts of which a part lies between two moments."""
        return self.standing().filter(ends__gt=starts, starts__lt=ends)

    def at(self, moment: datetime) -> Self:
        """Shifts that run now, who is rung first first."""
        return self.filter(starts__lte=moment, ends__gt=moment).order_by("turn", "starts", "pk")


class Shift(Record):
    """Who is on duty for an agency, from `starts` until `ends`; `turn` 1 is rung first."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="shifts")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="shifts")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    turn = models.PositiveSmallIntegerField(default=1)
    phone = SealedField(ShiftPhone)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="shift_forward")
        ]
        indexes = [models.Index(fields=["agency", "ends", "starts"], name="shift_of_agency")]

    @property
    def key_subject(self) -> uuid.UUID:
        """The agency's."""
        return self.agency.key_subject


class Invitation(Record):
    """A one-time way in: to set a first password, or a new one, by a code told by a second way.

    Only a hash of the code is kept. `purpose`: join, password, second_factor.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    purpose = models.CharField(max_length=16)
    code_hash = models.CharField(max_length=128)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # A lost second factor needs another person beside the agency's administrator.
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    ends = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)


class Sitting(models.Model):
    """One signed-in browser of a person: at most two, ended with the membership or by idleness."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sittings")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sitting {self.pk}"
