"""Who acts: one membership at a time, for as long as it lasts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from network.actors import system_actor
from network.loading.bring import Changes
from network.models import Membership
from network.roles import AgencyKind, Role
from network.sittings import actor_for
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("song_lam")


def test_an_actor_has_the_agency_and_roles_of_the_membership(
    member: Callable[..., Membership],
) -> None:
    membership = member("desk", Role.COORDINATOR, Role.REPORTER)

    actor = actor_for(membership.user, membership, NOW)

    assert (actor.user_id, actor.agency_id) == (membership.user_id, membership.agency_id)
    assert actor.agency_kind == AgencyKind.DUTY_DESK
    assert actor.has(Role.COORDINATOR)
    assert not actor.has(Role.SUPERVISOR, Role.KEEPER)


def test_without_a_membership_one_may_do_nothing(member: Callable[..., Membership]) -> None:
    actor = actor_for(member("desk", Role.COORDINATOR).user, None, NOW)

    assert actor.agency_id is None
    assert actor.roles == frozenset()


@pytest.mark.parametrize("minutes", [0, 1])
def test_a_membership_ends_at_its_moment(member: Callable[..., Membership], minutes: int) -> None:
    membership = member("desk", Role.COORDINATOR)
    membership.ends = NOW

    with pytest.raises(PermissionDenied):
        actor_for(membership.user, membership, NOW + timedelta(minutes=minutes))

    assert actor_for(membership.user, membership, NOW - timedelta(seconds=1)).agency_id


def test_somebody_elses_membership_is_refused(member: Callable[..., Membership]) -> None:
    mine, theirs = member("desk", Role.KEEPER), member("ferry", Role.KEEPER, username="bay")

    with pytest.raises(PermissionDenied):
        actor_for(mine.user, theirs, NOW)


def test_an_inactive_person_cannot_act(member: Callable[..., Membership]) -> None:
    membership = member("desk", Role.KEEPER)
    membership.user.is_active = False

    with pytest.raises(PermissionDenied):
        actor_for(membership.user, membership, NOW)


def test_the_system_is_nobody(song_lam: Changes) -> None:
    actor = system_actor("sweep")

    assert (actor.user_id, actor.agency_id, actor.roles) == (None, None, frozenset())
