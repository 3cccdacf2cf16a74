"""The roster: each verb once right, and once for each refusal."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from network import registry
from network.actions import roster
from network.actions.roster import Turn
from network.actors import Actor
from network.models import Membership, Shift
from network.roles import Role
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.sealed import open_fields
from tests.conftest import NOW
from tests.network.test_actions import acting, admin, ferry, recorded, shift_of, worker

__all__ = ["acting", "admin", "worker"]
pytestmark = pytest.mark.usefixtures("song_lam")


def turn(membership: Membership, *, begins: float = 1, hours: float = 8) -> Turn:
    starts = NOW + timedelta(hours=begins)
    return Turn(membership.reference, starts, starts + timedelta(hours=hours), 1, "0900000021")


def add(actor: Actor, shift: Turn) -> Shift:
    with rls.acting(actor=actor, now=NOW):
        made = roster.add_shift(actor=actor, agency=ferry().reference, shift=shift, now=NOW)
    return Shift.objects.get(reference=made)


def test_a_shift_seals_its_phone(admin: Actor, worker: Membership) -> None:
    shift = add(admin, turn(worker))

    assert registry.on_duty(worker.agency, NOW + timedelta(hours=2))[0].user_id == worker.user_id
    open_fields([shift], ["phone"])
    assert shift.phone.number == "0900000021"
    assert recorded("shift.added") == 1


@pytest.mark.parametrize(
    ("begins", "hours", "code"),
    [
        (1, 0, "shift-backwards"),
        (1, 24.5, "shift-too-long"),
        (-25, 8, "shift-over"),
        (5, 8, "shift-overlaps"),
    ],
)
def test_a_shift_is_refused(
    admin: Actor, worker: Membership, begins: float, hours: float, code: str
) -> None:
    add(admin, turn(worker))

    with pytest.raises(RuleBroken, match=code):
        add(admin, turn(worker, begins=begins, hours=hours))


def test_a_shift_that_was_dropped_is_in_nobodys_way(admin: Actor, worker: Membership) -> None:
    shift = add(admin, turn(worker, begins=3))
    with rls.acting(actor=admin, now=NOW):
        roster.end_shift(actor=admin, shift=shift.reference, now=NOW)

    assert add(admin, turn(worker)).turn == 1


def test_shifts_may_follow_each_other(admin: Actor, worker: Membership) -> None:
    add(admin, turn(worker))

    assert add(admin, turn(worker, begins=9)).turn == 1


def test_somebody_of_another_agency_is_not_written_down(
    admin: Actor, member: Callable[..., Membership]
) -> None:
    with pytest.raises(NotVisible):
        add(admin, turn(member("desk", Role.COORDINATOR, username="hai")))


def test_a_worker_does_not_write_the_roster(
    actor: Callable[..., Actor], worker: Membership
) -> None:
    with pytest.raises(PermissionDenied):
        add(actor("ferry", Role.CASEWORKER, username="hai"), turn(worker))


@pytest.mark.parametrize(("begins", "ends_at"), [(-1, 0), (2, 2)], ids=["running", "to come"])
def test_a_shift_is_taken_back(
    admin: Actor, worker: Membership, begins: float, ends_at: float
) -> None:
    shift = add(admin, turn(worker, begins=begins))

    with rls.acting(actor=admin, now=NOW):
        roster.end_shift(actor=admin, shift=shift.reference, now=NOW)

    shift.refresh_from_db()
    assert shift.ends == NOW + timedelta(hours=ends_at)


def test_a_past_shift_stays_as_it_was(admin: Actor, worker: Membership) -> None:
    shift = shift_of(worker, hours=(-9, -1))

    with rls.acting(actor=admin, now=NOW), pytest.raises(RuleBroken, match="shift-over"):
        roster.end_shift(actor=admin, shift=shift.reference, now=NOW)


def test_shifts_elsewhere_do_not_exist(actor: Callable[..., Actor], worker: Membership) -> None:
    shift = shift_of(worker, hours=(1, 9))
    other = actor("tr-90101", Role.SUPERVISOR, username="hai")

    with rls.acting(actor=other, now=NOW), pytest.raises(NotVisible):
        roster.end_shift(actor=other, shift=shift.reference, now=NOW)


def test_gaps_are_seen_ahead(admin: Actor, worker: Membership) -> None:
    add(admin, turn(worker, begins=0, hours=8))
    add(admin, turn(worker, begins=10, hours=8))

    gaps = registry.gaps_ahead([worker.agency_id], NOW, timedelta(hours=18))

    hour = timedelta(hours=1)
    assert gaps == {worker.agency_id: [(NOW + 8 * hour, NOW + 10 * hour)]}


def test_an_agency_without_a_roster_has_no_gaps(worker: Membership) -> None:
    assert registry.gaps_ahead([worker.agency_id], NOW) == {}
