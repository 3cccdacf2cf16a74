"""Ways back in: a forgotten password, and a lost second factor, which two take away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied

from network import sittings
from network.actions import people
from network.actors import Actor
from network.models import Invitation, Membership
from network.roles import Role
from safekeeping import rls
from safekeeping.errors import RuleBroken
from tests.conftest import NOW
from tests.network.test_actions import admin, ferry, recorded, worker

__all__ = ["admin", "worker"]

pytestmark = pytest.mark.usefixtures("song_lam")

LATER = NOW + timedelta(hours=1)


def test_a_forgotten_password_is_replaced_by_code(admin: Actor, worker: Membership) -> None:
    session = SessionStore()
    sittings.begin(session, worker.user, NOW)
    with rls.acting(actor=admin, now=NOW):
        made = people.give_password_code(actor=admin, membership=worker.reference, now=NOW)

    with rls.acting(actor=None, now=NOW):
        done = people.set_password(username="tho", code=made.code, password="mật khẩu mới", now=NOW)

    assert done
    assert not SessionStore().exists(session.session_key)
    assert recorded("password.code_given") == 1


def test_a_newer_code_kills_the_older(admin: Actor, worker: Membership) -> None:
    with rls.acting(actor=admin, now=NOW):
        older, newer = (
            people.give_password_code(actor=admin, membership=worker.reference, now=NOW)
            for _ in range(2)
        )

    with rls.acting(actor=None, now=NOW):
        tries = [
            people.set_password(username="tho", code=made.code, password="mật khẩu", now=NOW)
            for made in (older, newer)
        ]

    assert tries == [False, True]


WAYS_IN = [people.give_password_code, people.ask_second_factor_reset]


@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize("begins", [NOW - timedelta(days=1), NOW + timedelta(days=1)])
def test_who_is_taken_on_is_not_let_into_by_that_where_else_she_works(
    admin: Actor, member: Callable[..., Membership], way: Any, begins: Any
) -> None:
    elsewhere = member("desk", Role.COORDINATOR, username="hai")
    Membership.objects.filter(pk=elsewhere.pk).update(starts=begins)
    with rls.acting(actor=admin, now=NOW):
        here = people.begin_membership(
            actor=admin, agency=ferry().reference, username="hai", roles=[Role.REPORTER], now=NOW
        )
        with pytest.raises(PermissionDenied):
            way(actor=admin, membership=here, now=NOW)


@pytest.mark.parametrize("way", WAYS_IN)
def test_the_networks_administrator_lets_in_who_works_in_several_places(
    actor: Callable[..., Actor], member: Callable[..., Membership], way: Any
) -> None:
    member("desk", Role.COORDINATOR, username="hai")
    here = member("ferry", Role.REPORTER, username="hai")
    over_all = actor("desk", Role.NETWORK_ADMIN, username="nga")

    with rls.acting(actor=over_all, now=NOW):
        way(actor=over_all, membership=here.reference, now=NOW)

    assert Invitation.objects.filter(user=here.user).count() == 1


@pytest.fixture
def asked(admin: Actor, worker: Membership) -> Membership:
    """The worker's second factor is lost, and the administrator has asked."""
    Authenticator.objects.create(user=worker.user, type=Authenticator.Type.TOTP, data={})
    with rls.acting(actor=admin, now=NOW):
        people.ask_second_factor_reset(actor=admin, membership=worker.reference, now=NOW)
    return worker


def confirm(by: Actor, membership: Membership) -> None:
    with rls.acting(actor=by, now=NOW):
        people.confirm_second_factor_reset(actor=by, membership=membership.reference, now=NOW)


def test_asking_alone_takes_nothing_away(asked: Membership) -> None:
    assert Authenticator.objects.filter(user=asked.user).exists()


def test_a_second_person_takes_the_lost_factor_away(
    asked: Membership, actor: Callable[..., Actor]
) -> None:
    confirm(actor("ferry", Role.SUPERVISOR, username="hai"), asked)

    assert not Authenticator.objects.filter(user=asked.user).exists()
    assert (recorded("second_factor.reset_asked"), recorded("second_factor.reset")) == (1, 1)


def test_who_asked_cannot_confirm(asked: Membership, admin: Actor) -> None:
    with pytest.raises(PermissionDenied):
        confirm(admin, asked)


def test_nobody_confirms_for_oneself(asked: Membership) -> None:
    own = Actor(
        user_id=asked.user_id, membership_id=asked.pk, agency_id=asked.agency_id,
        roles=frozenset({Role.SUPERVISOR}),
    )  # fmt: skip

    with pytest.raises(PermissionDenied):
        confirm(own, asked)


def test_it_is_confirmed_once(asked: Membership, actor: Callable[..., Actor]) -> None:
    second = actor("ferry", Role.SUPERVISOR, username="hai")
    confirm(second, asked)

    with pytest.raises(RuleBroken, match="nothing-asked"):
        confirm(second, asked)
