"""Who acts in a sign-in, and how long that lasts: idle, at most, in two browsers, until ended.

What a browser's session holds: `began`, `seen` (moments as ISO text), `membership` (an id), and
allauth's list of how one showed who one is: `method`, `at` (seconds since 1970).
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied

from network import registry
from network.actors import STRANGER, Actor
from network.models import Membership, Sitting, User
from network.roles import Role

# Our choice; operators write during long calls.
IDLE, IDLE_OPERATOR = timedelta(minutes=15), timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
MOST = 2
SEEN_EVERY = timedelta(minutes=1)  # one write a minute, not one a page
BEGAN, SEEN, MEMBERSHIP, SECOND_FACTOR = "began", "seen", "membership", "second_factor"


def begin(session: Any, user: User, now: datetime) -> None:
    """Note a fresh sign-in and end the oldest where there are more than two.

    One that was left is none any more: it must not end another's.
    """
    session[BEGAN] = session[SEEN] = now.isoformat()
    if session.session_key is None:
        session.create()
    Sitting.objects.create(user=user, session_key=session.session_key, started_at=now)
    user.sittings.exclude(session_key__in=Session.objects.values("session_key")).delete()
    held = list(user.sittings.order_by("-started_at", "-pk").values_list("session_key", flat=True))
    _end(held[MOST:])


def keep_only(session: Any, user_id: int, *, before: str) -> None:
    """After a new password: this browser's sitting goes on under its new key, all others end.

    before: the key that the session had; one that is not found again is never ended either.
    """
    held = Sitting.objects.filter(user_id=user_id)
    held.filter(session_key=before).update(session_key=session.session_key)
    others = held.exclude(session_key=session.session_key)
    _end(others.values_list("session_key", flat=True))


def end_all(user_id: int) -> None:
    """Sign a person out everywhere, now."""
    _end(Sitting.objects.filter(user_id=user_id).values_list("session_key", flat=True))


def _end(session_keys: Any) -> None:
    keys = list(session_keys)
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        Sitting.objects.filter(session_key__in=keys).delete()


def is_over(session: Any, now: datetime, *, idle: timedelta) -> bool:
    """Whether the session has lasted too long, or stood still too long; ends are exclusive."""
    began, seen = _moment(session.get(BEGAN)), _moment(session.get(SEEN))
    if began is None or seen is None:
        return True
    return not (_is_within(began, now, ABSOLUTE) and _is_within(seen, now, idle))


def is_fresh(session: Any, now: datetime, within: timedelta) -> bool:
    """Whether the person signed in a moment ago."""
    began = _moment(session.get(BEGAN))
    return began is not None and _is_within(began, now, within)


def has_second_factor(session: Any, now: datetime, within: timedelta) -> bool:
    """Whether the second factor was shown a moment ago, at sign-in or when asked again."""
    shown = [each["at"] for each in session.get(METHODS, ()) if each.get("method") == "mfa"]
    return any(abs(now.timestamp() - at) < within.total_seconds() for at in shown)


def idle_of(actor: Actor) -> timedelta:
    """How long a person may stand still."""
    return IDLE_OPERATOR if actor.has(Role.OPERATOR) else IDLE


def touch(session: Any, now: datetime) -> None:
    """Note that the person is there."""
    seen = _moment(session.get(SEEN))
    if seen is None or not _is_within(seen, now, SEEN_EVERY):
        session[SEEN] = now.isoformat()


def _is_within(moment: datetime, now: datetime, span: timedelta) -> bool:
    """Whether it is less than the span away, either way.

    A clock that was wrong for a while leaves moments to come: one must not last until they are.
    """
    return abs(now - moment) < span


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def actor_for(user: User, membership: Membership | None, at: datetime) -> Actor:
    """The actor of a signed-in person; without a membership, one who may do nothing.

    Raises PermissionDenied for a membership that is not theirs, not begun or ended, and for a
    person who may no longer sign in.
    """
    if not user.is_active:
        raise PermissionDenied
    if membership is None:
        return Actor(user_id=user.pk)
    if membership.user_id != user.pk or not membership.is_live(at):
        raise PermissionDenied
    return Actor(
        user_id=user.pk,
        membership_id=membership.pk,
        agency_id=membership.agency_id,
        agency_kind=membership.agency.kind,
        roles=frozenset(membership.roles),
        unit_id=membership.agency.unit_id,
    )


def actor_in(user: Any, session: Any, now: datetime) -> tuple[Actor, list[Membership]]:
    """Who acts in this session, and all memberships one may switch between; the first acts.

    For requests and sockets alike. A stranger, and a session that is over, give STRANGER.
    The memberships are those of this moment, so an ended one counts at once: they came with the
    person of a request, or are read now.
    """
    if not user.is_authenticated or not user.is_active:
        return STRANGER, []
    held = user.memberships_now
    read = registry.memberships_of(user.pk, now) if held is None else held
    live = [membership for membership in read if membership.is_live(now)]
    live.sort(key=lambda membership: membership.pk != session.get(MEMBERSHIP))
    actor = actor_for(user, live[0] if live else None, now)
    if is_over(session, now, idle=idle_of(actor)):
        return STRANGER, []
    return actor, live
