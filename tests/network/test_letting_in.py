"""Who opens the door again to somebody who typed too many wrong passwords."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied

from network import lockout
from network.actions import people
from network.actors import Actor
from network.models import Membership
from safekeeping import rls
from tests.conftest import NOW
from tests.network.test_actions import admin, recorded, worker

__all__ = ["admin", "worker"]
pytestmark = pytest.mark.usefixtures("song_lam")


def tried(name: str) -> None:
    """Eight wrong passwords for that name."""
    AccessAttempt.objects.create(
        username=lockout.mark_of(None, {"username": name}), ip_address="203.0.113.7",
        failures_since_start=8,
    )  # fmt: skip


def test_an_administrator_lets_somebody_try_again(admin: Actor, worker: Membership) -> None:
    tried("tho")
    tried("quan")

    with rls.acting(actor=admin, now=NOW):
        people.let_try_again(actor=admin, membership=worker.reference, now=NOW)

    assert AccessAttempt.objects.count() == 1
    assert recorded("sign_in.unlocked") == 1


def test_nobody_lets_oneself_try_again(admin: Actor) -> None:
    own = Membership.objects.get(user__username="quan").reference

    with rls.acting(actor=admin, now=NOW), pytest.raises(PermissionDenied):
        people.let_try_again(actor=admin, membership=own, now=NOW)


def test_a_password_set_by_a_code_opens_the_door(admin: Actor, worker: Membership) -> None:
    tried("tho")
    with rls.acting(actor=admin, now=NOW):
        made = people.give_password_code(actor=admin, membership=worker.reference, now=NOW)

    with rls.acting(actor=None, now=NOW):
        people.set_password(username="tho", code=made.code, password="mật khẩu mới", now=NOW)

    assert not AccessAttempt.objects.exists()


def test_after_a_restore_no_code_of_before_opens(admin: Actor, worker: Membership) -> None:
    """It may have been used since; the database that was put back knows nothing of it."""
    with rls.acting(actor=admin, now=NOW):
        made = people.give_password_code(actor=admin, membership=worker.reference, now=NOW)
    moment = NOW + timedelta(minutes=1)

    voided = people.void_codes(now=moment)

    told = {"username": "tho", "code": made.code, "password": "mật khẩu mới"}
    with rls.acting(actor=None, now=moment):
        done = people.set_password(**told, now=moment)
    assert (voided, done) == (1, False)
