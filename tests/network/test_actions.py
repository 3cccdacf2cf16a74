"""People and rosters: each verb once right, and once for each refusal."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from network import registry, sittings
from network.actions import account, people
from network.actions.people import Names
from network.actors import Actor
from network.loading.bring import Changes
from network.models import Agency, Invitation, Membership, Shift, User
from network.roles import Role
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken, Stale
from safekeeping.models import Event
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("song_lam")

LAN = Names("lan.do", "Đỗ", "Thị", "Lan")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def admin(song_lam: Changes, actor: Callable[..., Actor]) -> Actor:
    """Administers the ferry."""
    return actor("ferry", Role.AGENCY_ADMIN, username="quan")


@pytest.fixture
def worker(song_lam: Changes, member: Callable[..., Membership]) -> Membership:
    """Works at the ferry."""
    return member("ferry", Role.CASEWORKER, username="tho")


@pytest.fixture
def acting(admin: Actor) -> Iterator[None]:
    """The administrator's request."""
    with rls.acting(actor=admin, now=NOW):
        yield


def ferry() -> Agency:
    return Agency.objects.get(code="ferry")


def recorded(topic: str) -> int:
    with rls.acting(actor=None, now=NOW, system="audit"):
        return Event.objects.filter(topic=topic).count()


def invite(actor: Actor, roles: list[str], names: Names = LAN) -> people.OneTime:
    with rls.acting(actor=actor, now=NOW):
        return people.invite_person(
            actor=actor, agency=ferry().reference, names=names, roles=roles, now=NOW
        )


# Inviting


def test_an_invited_person_sets_a_password_by_the_code(admin: Actor) -> None:
    made = invite(admin, [Role.CASEWORKER])

    with rls.acting(actor=None, now=NOW):
        done = people.set_password(
            username="LAN.DO", code=made.code.lower(), password="con thuyền nhỏ", now=NOW
        )

    user = User.objects.get(username="lan.do")
    assert done
    assert check_password("con thuyền nhỏ", user.password)
    assert user.name == "Đỗ Thị Lan"
    assert Membership.objects.get(user=user).roles == [Role.CASEWORKER]
    assert (recorded("person.invited"), recorded("membership.begun"), recorded("password.set")) == (
        1, 1, 1,
    )  # fmt: skip


def test_a_code_works_once(admin: Actor) -> None:
    made = invite(admin, [Role.CASEWORKER])

    with rls.acting(actor=None, now=NOW):
        tries = [
            people.set_password(username="lan.do", code=made.code, password="mật khẩu dài", now=NOW)
            for _ in range(2)
        ]

    assert tries == [True, False]


def test_a_code_is_dead_after_five_wrong_tries(admin: Actor) -> None:
    made = invite(admin, [Role.CASEWORKER])

    with rls.acting(actor=None, now=NOW):
        for code in ("A" * 10,) * people.TRIES:
            people.set_password(username="lan.do", code=code, password="mật khẩu dài", now=NOW)
        late = people.set_password(
            username="lan.do", code=made.code, password="mật khẩu dài", now=NOW
        )

    assert not late


def test_a_code_ends_after_three_days(admin: Actor) -> None:
    made = invite(admin, [Role.CASEWORKER])

    with rls.acting(actor=None, now=NOW):
        late = people.set_password(
            username="lan.do", code=made.code, password="mật khẩu dài", now=NOW + people.LASTS
        )

    assert not late


def test_the_code_itself_is_not_kept(admin: Actor) -> None:
    made = invite(admin, [Role.CASEWORKER])

    assert made.code not in Invitation.objects.get().code_hash


def test_a_user_name_is_taken_once_whatever_its_case(admin: Actor) -> None:
    invite(admin, [Role.CASEWORKER])

    with pytest.raises(RuleBroken, match="username-taken"):
        invite(admin, [Role.CASEWORKER], replace(LAN, username="Lan.Do"))


@pytest.mark.parametrize("role", [Role.NETWORK_ADMIN, Role.AUDITOR, Role.COORDINATOR, "king"])
def test_an_agency_gives_no_role_over_others(admin: Actor, role: str) -> None:
    with pytest.raises(PermissionDenied):
        invite(admin, [role])


def test_nobody_invites_into_another_agency(actor: Callable[..., Actor]) -> None:
    other = actor("desk", Role.AGENCY_ADMIN, username="khac")

    with pytest.raises(PermissionDenied):
        invite(other, [Role.CASEWORKER])


def test_a_supervisor_invites_nobody(actor: Callable[..., Actor]) -> None:
    with pytest.raises(PermissionDenied):
        invite(actor("ferry", Role.SUPERVISOR), [Role.CASEWORKER])


def test_an_unknown_agency_does_not_exist(admin: Actor) -> None:
    with rls.acting(actor=admin, now=NOW), pytest.raises(NotVisible):
        people.invite_person(
            actor=admin, agency=admin_reference(), names=LAN, roles=[Role.KEEPER], now=NOW
        )


def admin_reference() -> Any:
    return User.objects.get(username="quan").reference


def test_a_name_that_is_none_is_refused_in_one_sentence() -> None:
    with pytest.raises(CommandError, match="Chỉ dùng 2 đến 60 chữ cái"):
        call_command("first_admin", "lan do!", family="Đỗ", given="Lan", agency="desk")


def test_the_first_person_is_made_from_the_shell() -> None:
    said = StringIO()

    call_command("first_admin", "lan.do", family="Đỗ", given="Lan", agency="desk", stdout=said)

    code = said.getvalue().split()[-1]
    with rls.acting(actor=None, now=NOW):
        assert people.set_password(
            username="lan.do", code=code, password="con thuyền nhỏ", now=timezone.now()
        )
    held = Membership.objects.get(user__username="lan.do")
    assert held.roles == [Role.NETWORK_ADMIN, Role.AGENCY_ADMIN]


def test_there_is_only_one_first_person(actor: Callable[..., Actor]) -> None:
    actor("desk", Role.NETWORK_ADMIN)

    with pytest.raises(RuleBroken, match="admin-exists"):
        people.appoint_first_admin(agency="desk", names=LAN, now=NOW)


def test_the_first_person_needs_an_agency() -> None:
    with pytest.raises(RuleBroken, match="no-such-agency"):
        people.appoint_first_admin(agency="nowhere", names=LAN, now=NOW)


# Memberships


@pytest.mark.usefixtures("acting")
def test_somebody_may_act_for_two_agencies(admin: Actor, member: Callable[..., Membership]) -> None:
    other = member("desk", Role.COORDINATOR, username="hai")

    people.begin_membership(
        actor=admin, agency=ferry().reference, username="hai", roles=[Role.REPORTER], now=NOW
    )

    places = [one.agency.code for one in registry.memberships_of(other.user_id, NOW)]
    assert places == ["desk", "ferry"]


@pytest.mark.usefixtures("acting")
@pytest.mark.parametrize(
    ("username", "code"), [("ai", "no-such-person"), ("tho", "member-already")]
)
def test_adding_is_refused(admin: Actor, worker: Membership, username: str, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        people.begin_membership(
            actor=admin, agency=ferry().reference, username=username, roles=[Role.REPORTER], now=NOW
        )


@pytest.mark.usefixtures("acting")
def test_roles_are_changed(admin: Actor, worker: Membership) -> None:
    people.change_roles(
        actor=admin, membership=worker.reference, roles=[Role.KEEPER], version=worker.version,
        now=NOW,
    )  # fmt: skip

    worker.refresh_from_db()
    assert worker.roles == [Role.KEEPER]
    assert recorded("membership.changed") == 1


@pytest.mark.usefixtures("acting")
def test_roles_changed_meanwhile_are_not_overwritten(admin: Actor, worker: Membership) -> None:
    with pytest.raises(Stale):
        people.change_roles(
            actor=admin, membership=worker.reference, roles=[Role.KEEPER],
            version=worker.version - 1, now=NOW,
        )  # fmt: skip


@pytest.mark.usefixtures("acting")
def test_nobody_changes_their_own_roles(admin: Actor) -> None:
    own = Membership.objects.get(pk=admin.membership_id)

    with pytest.raises(PermissionDenied):
        people.change_roles(
            actor=admin, membership=own.reference, roles=[Role.SUPERVISOR], version=None, now=NOW
        )


@pytest.mark.usefixtures("acting")
def test_a_membership_elsewhere_does_not_exist(
    admin: Actor, member: Callable[..., Membership]
) -> None:
    other = member("desk", Role.COORDINATOR, username="hai")

    with pytest.raises(NotVisible):
        people.end_membership(actor=admin, membership=other.reference, now=NOW)


@pytest.mark.usefixtures("acting")
def test_an_ended_membership_counts_no_longer(admin: Actor, worker: Membership) -> None:
    session = SessionStore()
    sittings.begin(session, worker.user, NOW)
    running = shift_of(worker, hours=(-1, 7))
    coming = shift_of(worker, hours=(24, 30))

    people.end_membership(actor=admin, membership=worker.reference, now=NOW)

    assert registry.memberships_of(worker.user_id, NOW) == []
    assert not SessionStore().exists(session.session_key)
    assert not registry.on_duty(worker.agency, NOW + timedelta(minutes=1))
    running.refresh_from_db()
    coming.refresh_from_db()
    assert (running.ends, coming.ends) == (NOW, coming.starts)
    assert recorded("membership.ended") == 1


@pytest.mark.usefixtures("acting")
def test_what_has_ended_is_not_ended_again(admin: Actor, worker: Membership) -> None:
    people.end_membership(actor=admin, membership=worker.reference, now=NOW)

    with pytest.raises(RuleBroken, match="membership-ended"):
        people.end_membership(actor=admin, membership=worker.reference, now=LATER)


def shift_of(membership: Membership, *, hours: tuple[int, int]) -> Shift:
    begins, ends = hours
    return Shift.born(
        agency=membership.agency, membership=membership,
        starts=NOW + timedelta(hours=begins), ends=NOW + timedelta(hours=ends),
    )  # fmt: skip


# Language


@pytest.mark.usefixtures("acting")
def test_a_person_reads_in_the_chosen_language(admin: Actor) -> None:
    account.choose_language(actor=admin, language="en", now=NOW)

    assert User.objects.get(pk=admin.user_id).language == "en"


@pytest.mark.usefixtures("acting")
def test_an_unknown_language_does_not_exist(admin: Actor) -> None:
    with pytest.raises(NotVisible):
        account.choose_language(actor=admin, language="fr", now=NOW)
