"""The first lock alone: with row-level security out of the way, the app refuses.

The whole module works as the owner of the tables, whom every row is open to.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from casework import access, actions
from casework.groups import Contact, Number
from casework.models import (
    Access,
    Block,
    BreakGlass,
    Case,
    Correction,
    Deadline,
    EmergencyCard,
    Link,
    Override,
    Report,
    Survivor,
)
from casework.reports import Sealed
from safekeeping import rls
from tests.casework import families, looks
from tests.conftest import log_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _open_to_all(_province: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        log_in_as("owner")
    yield
    with django_db_blocker.unblock():
        log_in_as("app")


def test_lock_of_the_database_is_off(report, cast, now):
    report()

    with rls.acting(actor=cast["stranger"], now=now):
        assert Case.objects.exists()
        assert Survivor.objects.exists()


@pytest.mark.parametrize("who", ["strange_supervisor", "analyst"])
def test_action_on_a_case_of_others_finds_nothing(cast, assigned, now, who):
    made = families.make(assigned(), cast, now)

    assert families.not_found(cast[who], made, now) == set(families.FAMILIES)


def test_action_of_a_blocked_office_finds_nothing(cast, assigned, actor, now):
    made = families.make(assigned(), cast, now)
    newcomer = actor("ubnd-12424", "supervisor", "caseworker", name="newcomer")
    looks.block(made.case, now, agency_id=newcomer.agency_id)

    assert families.not_found(newcomer, made, now) == set(families.FAMILIES)


def test_lists_of_two_cases_and_two_agencies_do_not_mix(cast, report, now):
    report()
    hers = looks.one(Case, report(commune="12070")).pk

    with rls.acting(actor=cast["stranger"], now=now):
        seen = [model.objects.visible_to(cast["stranger"]) for model in (Case, Survivor, Deadline)]
        owners = {case.owner.code for case in seen[0]}
        of = {row.case_id for rows in seen[1:] for row in rows}

    assert owners == {"ubnd-12070"}
    assert of == {hers}


def test_ended_access_shows_no_case(cast, assigned, now, later):
    looks.share(assigned(), cast["health"], {"contact"}, ends=later(minutes=5))

    with rls.acting(actor=cast["health"], now=later(minutes=5)):
        assert not Case.objects.visible_to(cast["health"]).exists()


def test_report_and_card_are_for_their_addressees(cast, report, now):
    report(by="health", danger_now="yes")

    with rls.acting(actor=cast["stranger"], now=now):
        assert not Report.objects.visible_to(cast["stranger"]).exists()
        assert not EmergencyCard.objects.visible_to(cast["stranger"]).exists()
    with rls.acting(actor=cast["officer"], now=now):
        assert not EmergencyCard.objects.visible_to(cast["officer"]).exists()
    with rls.acting(actor=cast["coordinator"], now=now):
        assert EmergencyCard.objects.visible_to(cast["coordinator"]).count() == 1


def test_search_stays_within_what_one_may_open(cast, report, now):
    report(sealed=Sealed(ring_back="1", contact=Contact(numbers=(Number("0900 000 099"),))))

    with rls.acting(actor=cast["strange_supervisor"], now=now):
        assert not actions.search_people(
            actor=cast["strange_supervisor"], kind="phone", text="0900000099", now=now
        )


def test_groups_of_others_are_none(cast, assigned, now):
    case = looks.one(Case, assigned())

    with rls.acting(actor=cast["strange_supervisor"], now=now):
        assert access.groups_for(cast["strange_supervisor"], case, now) == frozenset()
        assert not Block.objects.exists()


@pytest.mark.parametrize("model", [Override, BreakGlass])
def test_who_helps_with_a_case_sees_no_guard_that_its_office_passed(
    cast, assigned, now, later, model
):
    """Nor an office that helped once: only the owner, who did it, and who looks at it."""
    reference = assigned()
    passed_by(cast, reference, now)
    looks.share(reference, cast["health"], {"contact"})
    looks.share(reference, cast["stranger"], {"contact"}, ends=later(minutes=-5))

    seen = {who: seen_of(model, cast[who], now) for who in ("health", "stranger", "supervisor")}

    assert seen == {"health": 0, "stranger": 0, "supervisor": 1}


@pytest.mark.parametrize("model", [Access, Block, Correction, Link])
def test_who_helps_with_a_case_sees_nothing_of_how_its_office_keeps_it(
    cast, assigned, report, now, model
):
    reference, other = assigned(), report()
    link_and_correct(cast, reference, other, now)
    looks.block(reference, now, agency_id=cast["stranger"].agency_id)
    looks.share(reference, cast["health"], {"contact"})

    with rls.acting(actor=cast["health"], now=now):
        others = model.objects.visible_to(cast["health"])
        seen = [row for row in others if getattr(row, "agency_id", 0) != cast["health"].agency_id]

    assert looks.rows(model, reference)
    assert seen == []


def link_and_correct(cast, reference, other, now):
    who = cast["supervisor"]
    survivor = looks.one(Survivor, reference).reference
    with rls.acting(actor=who, now=now):
        actions.link_person(actor=who, reference=reference, other=other, now=now)
        actions.correct_value(
            actor=who, reference=reference, kind="survivor", record=survivor, field="sex",
            value="female", reason="misheard", why="Nghe lộn.", now=now,
        )  # fmt: skip


def passed_by(cast, reference, now):
    """A colleague opens the case in an emergency, past the second step: a glass, an override."""
    with rls.acting(actor=cast["colleague"], now=now):
        actions.break_glass(
            actor=cast["colleague"], reference=reference, reason="worker_absent", now=now,
            fresh_mfa=False, overriding="He is at the door.",
        )  # fmt: skip


def seen_of(model, who, now):
    with rls.acting(actor=who, now=now):
        return model.objects.visible_to(who).count()
