"""One person, two offices: who sits in a blocked one sees nothing in the name of the other."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from casework import access, actions
from casework.actions.conference import seats_for
from casework.models import Case
from network.actors import Actor
from network.models import Agency, Membership, User
from network.sittings import actor_for
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from tests.casework import looks
from tests.casework.steps import Cast, act, read
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Made = Callable[..., UUID]


@pytest.fixture
def both(cast: Cast, actor: Callable[..., Actor]) -> Actor:
    """The colleague of Tiên Tiến, who works in the health station as well; acts for Tiên Tiến."""
    actor("ttyt-phucu", "responder", name="colleague")
    return _as(cast["colleague"], "ubnd-12424")


def _as(person: Actor, agency: str) -> Actor:
    user = User.objects.get(pk=person.user_id)
    place = Membership.objects.select_related("agency").get(user=user, agency__code=agency)
    return actor_for(user, place, NOW)


def keep_out(cast: Cast, case: UUID, office: str = "ttyt-phucu") -> None:
    agency = Agency.objects.get(code=office).reference
    act(cast["supervisor"], actions.set_block, reference=case, reason="unclear", agency=agency)


def cases(who: Actor) -> int:
    with rls.acting(actor=who, now=NOW):
        return Case.objects.visible_to(who).count()


def test_deny_beats_the_other_place(cast: Cast, assigned: Made, both: Actor) -> None:
    case = assigned()
    assert cases(both) == 1

    keep_out(cast, case)

    assert cases(both) == 0
    with pytest.raises(NotVisible):
        act(both, actions.break_glass, reference=case, reason="worker_absent", fresh_mfa=True)


def test_the_database_denies_it_by_itself(cast: Cast, assigned: Made, both: Actor) -> None:
    keep_out(cast, assigned())

    with rls.acting(actor=both, now=NOW):
        assert Case.objects.count() == 0
    with rls.acting(actor=cast["worker"], now=NOW):
        assert Case.objects.count() == 1


def test_it_lasts_as_long_as_the_other_place_does(cast: Cast, assigned: Made, both: Actor) -> None:
    keep_out(cast, assigned())

    Membership.objects.filter(user_id=both.user_id, agency__code="ttyt-phucu").update(ends=NOW)

    assert cases(both) == 1


def test_the_case_is_not_given_to_such_a_person(cast: Cast, assigned: Made, both: Actor) -> None:
    case = assigned()
    keep_out(cast, case)
    worker = User.objects.get(pk=both.user_id).reference

    offered = act(cast["supervisor"], actions.workers_for, reference=case)
    with pytest.raises(RuleBroken, match="worker-blocked"):
        act(cast["supervisor"], actions.reassign_worker, reference=case, worker=worker)

    assert both.user_id not in {one.user_id for one in offered}


def test_a_worker_who_sits_there_too_is_let_go(cast: Cast, assigned: Made, both: Actor) -> None:
    case = assigned()
    worker = User.objects.get(pk=both.user_id).reference
    act(cast["supervisor"], actions.reassign_worker, reference=case, worker=worker)

    keep_out(cast, case)

    assert read(cast["supervisor"], case).worker_id is None
    assert "case.worker_left" in looks.topics(case)


def test_nobody_there_is_rung_or_asked_to_look(cast: Cast, assigned: Made, both: Actor) -> None:
    case = assigned()
    keep_out(cast, case)

    row: Any = looks.one(Case, case)
    with rls.acting(actor=cast["supervisor"], now=NOW), rls.on_case(row.pk):
        offices, people = access.blocked(row.pk)
    assert both.user_id in people
    assert both.agency_id not in offices


def test_nor_does_such_a_person_sit_in_the_conference(
    cast: Cast, assigned: Made, both: Actor
) -> None:
    case = assigned()
    person = User.objects.get(pk=both.user_id).reference
    before = act(cast["supervisor"], seats_for, reference=case)

    keep_out(cast, case)

    after = act(cast["supervisor"], seats_for, reference=case)
    assert person in {seat.person for seat in before}
    assert person not in {seat.person for seat in after}
