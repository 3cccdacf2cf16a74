"""What a person sets for oneself."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from network.actors import Actor
from network.models import User
from safekeeping import events, rls
from safekeeping.errors import NotVisible


@transaction.atomic
def choose_language(*, actor: Actor, language: str, now: datetime) -> UUID:
    """Read and be written to in this language from now on. Raises NotVisible for an unknown one."""
    if language not in dict(settings.LANGUAGES) or actor.user_id is None:
        raise NotVisible
    user: User = User.objects.get(pk=actor.user_id)
    user.language = language
    user.save(update_fields=["language"])
    return user.reference


@transaction.atomic
def note_own_password(*, actor: Actor, now: datetime) -> UUID:
    """The person signed in has just set another password. Records password.set."""
    user: User = User.objects.get(pk=actor.user_id)
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    events.record("password.set", subject=user, actor=actor, at=now)
    return user.reference


def note_second_step(*, actor: Actor, what: str, now: datetime) -> UUID:
    """The person signed in has set up or taken away a second step, or made recovery codes anew.

    what: allauth's word for it, as `totp_deactivated`; it may come after the commit, when nobody
    acts any more. Records second_factor.changed with it.
    """
    with rls.acting(actor=actor, now=now):
        user: User = User.objects.get(pk=actor.user_id)
        events.record("second_factor.changed", subject=user, actor=actor, at=now, code=what)
    return user.reference
