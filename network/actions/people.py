"""Inviting people, changing and ending what they are, and ways back in."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from network import lockout, policy, registry, sittings
from network.actors import Actor
from network.models import Agency, Invitation, Membership, Shift, User
from network.roles import Role
from network.sittings import actor_for
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

# No letters or digits that sound or look alike when read out over the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10  # 49 bits; five tries
LASTS = timedelta(hours=72)
TRIES = 5
JOIN, PASSWORD, SECOND_FACTOR = "join", "password", "second_factor"


@dataclass(frozen=True)
class Names:
    """What a person is called and signs in by."""

    username: str
    family: str
    middle: str
    given: str
    language: str = "vi"


@dataclass(frozen=True)
class OneTime:
    """A code that is shown once, to be told over the phone; only its hash is kept."""

    membership: UUID
    code: str


@transaction.atomic
def invite_person(
    *, actor: Actor, agency: UUID, names: Names, roles: list[str], now: datetime
) -> OneTime:
    """Make a person who may sign in for an agency, with a code to set the first password.

    Raises NotVisible, PermissionDenied, RuleBroken("username-taken").
    Records person.invited, membership.begun.
    """
    place = Agency.objects.visible_to(actor).by_reference(agency)
    require(policy.may_manage(actor, place.pk) and policy.may_give(actor, place, roles))
    return _make_person(place, names, roles, by=actor, now=now)


def _make_person(
    place: Agency, names: Names, roles: list[str], *, by: Actor | None, now: datetime
) -> OneTime:
    if User.objects.filter(username__iexact=names.username).exists():
        raise RuleBroken("username-taken")
    user = User.born(
        username=names.username, family_name=names.family, middle_name=names.middle,
        given_name=names.given, language=names.language, joined_at=now,
        password=make_password(None),
    )  # fmt: skip
    membership = Membership.born(user=user, agency=place, roles=roles, starts=now)
    code = _make_code(user, JOIN, by, now)
    events.record("person.invited", subject=user, actor=by, at=now)
    events.record("membership.begun", subject=membership, actor=by, at=now)
    return OneTime(membership.reference, code)


def appoint_first_admin(*, agency: str, names: Names, now: datetime) -> OneTime:
    """The first person of a new installation, who invites all others; for the operator's shell.

    agency: its code in the province's data. Raises RuleBroken("admin-exists"), ("no-such-agency"),
    ("username-taken"). Records person.invited, membership.begun, in nobody's name.
    """
    with rls.acting(actor=None, now=now, system="setup"):
        if Membership.objects.live(now).with_role(Role.NETWORK_ADMIN).exists():
            raise RuleBroken("admin-exists")
        place = Agency.objects.filter(code=agency).first()
        if place is None:
            raise RuleBroken("no-such-agency")
        roles = [str(Role.NETWORK_ADMIN), str(Role.AGENCY_ADMIN)]
        return _make_person(place, names, roles, by=None, now=now)


@transaction.atomic
def begin_membership(
    *, actor: Actor, agency: UUID, username: str, roles: list[str], now: datetime
) -> UUID:
    """Let somebody who signs in already act for one more agency; returns the membership.

    Raises NotVisible, PermissionDenied, RuleBroken("no-such-person"), ("member-already").
    Records membership.begun.
    """
    place = Agency.objects.visible_to(actor).by_reference(agency)
    require(policy.may_manage(actor, place.pk) and policy.may_give(actor, place, roles))
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise RuleBroken("no-such-person")
    require(user.pk != actor.user_id)
    if Membership.objects.live(now).filter(user=user, agency=place).exists():
        raise RuleBroken("member-already")
    membership = Membership.born(user=user, agency=place, roles=roles, starts=now)
    events.record("membership.begun", subject=membership, actor=actor, at=now)
    return membership.reference


@transaction.atomic
def change_roles(
    *, actor: Actor, membership: UUID, roles: list[str], version: int | None, now: datetime
) -> UUID:
    """Give other roles in the same agency; counts from the person's next request on.

    Raises NotVisible, PermissionDenied, Stale, RuleBroken("membership-ended").
    Records membership.changed.
    """
    held = _membership(actor, membership, now)
    require(policy.may_change(actor, held) and policy.may_give(actor, held.agency, roles))
    # What one may not give one may not take either.
    require(policy.may_give(actor, held.agency, held.roles))
    held.require_version(version)
    held.roles = roles
    held.save(update_fields=["roles"])
    events.record("membership.changed", subject=held, actor=actor, at=now)
    return held.reference


@transaction.atomic
def end_membership(*, actor: Actor, membership: UUID, now: datetime) -> UUID:
    """End what a person is in an agency: signed out everywhere at once, off the roster.

    Raises NotVisible, PermissionDenied, RuleBroken("membership-ended").
    Records membership.ended; casework then lists the cases that are without a worker.
    """
    held = _membership(actor, membership, now)
    require(policy.may_change(actor, held) and policy.may_give(actor, held.agency, held.roles))
    held.ends = now
    held.save(update_fields=["ends"])
    shifts = Shift.objects.filter(membership=held, ends__gt=now)
    shifts.update(ends=Greatest(F("starts"), Value(now)))
    sittings.end_all(held.user_id)
    events.record("membership.ended", subject=held, actor=actor, at=now)
    return held.reference


@transaction.atomic
def give_password_code(*, actor: Actor, membership: UUID, now: datetime) -> OneTime:
    """A code by which somebody who forgot the password sets a new one.

    Raises NotVisible, PermissionDenied, RuleBroken("membership-ended").
    Records password.code_given.
    """
    held = _membership(actor, membership, now)
    _require_may_let_in(actor, held, now)
    code = _make_code(held.user, PASSWORD, actor, now)
    events.record("password.code_given", subject=held, actor=actor, at=now)
    return OneTime(held.reference, code)


@transaction.atomic
def let_try_again(*, actor: Actor, membership: UUID, now: datetime) -> UUID:
    """Open the door to somebody who typed too many wrong passwords; the password stays.

    Raises NotVisible, PermissionDenied, RuleBroken("membership-ended"). Records sign_in.unlocked.
    """
    held = _membership(actor, membership, now)
    require(policy.may_change(actor, held) and policy.may_give(actor, held.agency, held.roles))
    lockout.forget(held.user.username)
    events.record("sign_in.unlocked", subject=held, actor=actor, at=now)
    return held.reference


def unlock(*, username: str, now: datetime) -> None:
    """The same from the operator's shell, where no administrator can sign in.

    Raises RuleBroken("no-such-person"). Records sign_in.unlocked, in nobody's name.
    """
    with rls.acting(actor=None, now=now, system="setup"):
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise RuleBroken("no-such-person")
        lockout.forget(user.username)
        events.record("sign_in.unlocked", subject=user, actor=None, at=now)


@transaction.atomic
def ask_second_factor_reset(*, actor: Actor, membership: UUID, now: datetime) -> UUID:
    """Begin to take away a lost second factor; nothing happens until another person confirms.

    Raises NotVisible, PermissionDenied, RuleBroken("membership-ended").
    Records second_factor.reset_asked.
    """
    held = _membership(actor, membership, now)
    _require_may_let_in(actor, held, now)
    waiting(held.user_id, now).update(ends=now)
    Invitation.born(
        user=held.user, purpose=SECOND_FACTOR, code_hash="", made_by_id=actor.user_id,
        made_at=now, ends=now + LASTS,
    )  # fmt: skip
    events.record("second_factor.reset_asked", subject=held, actor=actor, at=now)
    return held.reference


@transaction.atomic
def confirm_second_factor_reset(*, actor: Actor, membership: UUID, now: datetime) -> UUID:
    """Take the lost second factor away, as the second person; the next sign-in sets a new one.

    Raises NotVisible, PermissionDenied, RuleBroken("nothing-asked").
    Records second_factor.reset.
    """
    held = _membership(actor, membership, now)
    asked = waiting(held.user_id, now).select_for_update().first()
    if asked is None:
        raise RuleBroken("nothing-asked")
    places = [one.agency_id for one in registry.memberships_of(held.user_id, now)]
    require(policy.may_confirm(actor, asked, places))
    asked.confirmed_by_id, asked.used_at = actor.user_id, now
    asked.save(update_fields=["confirmed_by", "used_at"])
    Authenticator.objects.filter(user=held.user).delete()
    sittings.end_all(held.user_id)
    events.record("second_factor.reset", subject=held, actor=actor, at=now)
    return held.reference


def offices_of(user_id: int, now: datetime) -> set[int]:
    """Ids of the agencies in which a person acts, or is going to."""
    held = Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), user_id=user_id)
    return set(held.values_list("agency_id", flat=True))


def _require_may_let_in(actor: Actor, held: Membership, now: datetime) -> None:
    require(policy.may_let_in(actor, held, offices_of(held.user_id, now)))
    require(policy.may_give(actor, held.agency, held.roles))


def waiting(user_id: int, now: datetime) -> QuerySet[Invitation]:
    """Resets of a second factor that nobody has confirmed yet."""
    return Invitation.objects.filter(
        user_id=user_id, purpose=SECOND_FACTOR, used_at=None, ends__gt=now
    )


@transaction.atomic
def set_password(*, username: str, code: str, password: str, now: datetime) -> bool:
    """Set a password by a one-time code; False if the two do not belong together.

    Every try counts, right or wrong person alike; after five the code is dead. All other browsers
    are signed out. Records password.set.
    """
    found = _open_code(username, now)
    if found is None or not check_password(_plain(code), found.code_hash):
        return False
    user, held = found.user, registry.memberships_of(found.user_id, now)
    user.password = make_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    open_codes(user).update(used_at=now)
    sittings.end_all(user.pk)
    lockout.forget(user.username)
    # The code has shown who this is; a person without an agency has nothing to act for.
    actor = actor_for(user, held[0], now)
    with rls.acting(actor=actor, now=now):
        events.record("password.set", subject=user, actor=actor, at=now)
    return True


def open_codes(user: User) -> QuerySet[Invitation]:
    """A person's codes that were not used."""
    return Invitation.objects.filter(user=user, used_at=None, purpose__in=(JOIN, PASSWORD))


def void_codes(*, now: datetime) -> int:
    """After a restore: no way in of then is one any more; returns how many were open.

    Of those that were used since, this database says that they were not; new ones are soon made.
    """
    return Invitation.objects.filter(used_at=None, ends__gt=now).update(ends=now)


def _open_code(username: str, now: datetime) -> Invitation | None:
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(
            user__username__iexact=username, user__is_active=True, used_at=None, ends__gt=now,
            tries__lt=TRIES, purpose__in=(JOIN, PASSWORD),
            user__memberships__in=Membership.objects.live(now),
        )
        .order_by("-made_at", "-pk")
        .first()
    )  # fmt: skip
    if found is not None:
        found.tries += 1
        found.save(update_fields=["tries"])
    return found


def _make_code(user: User, purpose: str, actor: Actor | None, now: datetime) -> str:
    """A new code; older ones of the same person no longer work."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    open_codes(user).update(ends=now)
    Invitation.born(
        user=user, purpose=purpose, code_hash=make_password(code),
        made_by_id=actor.user_id if actor else user.pk, made_at=now, ends=now + LASTS,
    )  # fmt: skip
    return code


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _membership(actor: Actor, reference: UUID, now: datetime) -> Membership:
    """A live membership that exists for this actor, locked."""
    visible = Membership.objects.visible_to(actor).select_for_update(of=("self",))
    held = visible.select_related("user", "agency").by_reference(reference)
    if not held.is_live(now):
        raise RuleBroken("membership-ended")
    return held
