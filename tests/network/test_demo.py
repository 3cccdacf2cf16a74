"""The invented people of the demonstration must not come into a house that serves in earnest."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from config import embedded, guard
from network import demo
from network.loading.bring import Changes
from network.models import Membership, User
from network.roles import Role

KNOWN, NAME = demo._read()[0], demo._read()[1][0].username


@pytest.fixture
def served(song_lam: Changes, settings: Any) -> None:
    """A house in production."""
    settings.MODE = "production"


@pytest.fixture
def invented(served: None, member: Callable[..., Membership]) -> Membership:
    """One of them, as the demonstration made her."""
    held = member("ferry", Role.KEEPER, username=NAME)
    User.objects.filter(pk=held.user_id).update(password=make_password(KNOWN))
    return held


def test_a_known_password_stops_the_start(invented: Membership) -> None:
    with pytest.raises(guard.UnsafeStart, match="sign in with a known password"):
        guard.require_safe_start()


def test_the_same_name_with_a_password_of_its_own_is_somebody_else(invented: Membership) -> None:
    User.objects.update(password=make_password("con thuyền nhỏ trên sông"))

    assert not demo.has_let_in(timezone.now())


def test_who_is_no_member_any_more_opens_nothing(invented: Membership) -> None:
    Membership.objects.update(ends=timezone.now() - timedelta(days=1))

    assert not demo.has_let_in(timezone.now())


def test_the_demonstration_itself_starts(invented: Membership, settings: Any) -> None:
    settings.MODE, settings.DEMO = "demo", True

    guard.require_safe_start()


def test_a_house_of_real_people_does_not_start_as_a_demonstration(
    invented: Membership, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MODE, settings.DEMO = "demo", True
    monkeypatch.setattr(embedded, "is_embedded", lambda: False)
    guard.require_safe_start()  # she is one of its own
    User.objects.update(password=make_password("con thuyền nhỏ trên sông"))

    with pytest.raises(guard.UnsafeStart, match="are not the demonstration's"):
        guard.require_safe_start()
