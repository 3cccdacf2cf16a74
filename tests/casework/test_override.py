"""Procedure overtaken for danger to life, and the other person's look at it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from casework import actions
from casework.models import Case, Deadline, Override
from network.models import Agency
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.models import Event
from tests.casework import looks

pytestmark = pytest.mark.django_db


@pytest.fixture
def overridden(cast, report, now):
    """An override of `worker` (or of somebody else) on a new case; returns both references."""

    def make(by="worker", keep_out=(), offices=()):
        reference = report()
        case = looks.one(Case, reference)
        for name in keep_out:
            looks.block(reference, now, user_id=cast[name].user_id)
        for code in offices:
            looks.block(reference, now, agency_id=Agency.objects.get(code=code).pk)
        with rls.acting(actor=cast[by], now=now), rls.on_case(case.pk):
            row = actions.use_override(
                case, actor=cast[by], action="assess_case", guards={"assignment"},
                why="He is at the door.", now=now,
            )  # fmt: skip
        return reference, row.reference

    return make


def test_override_is_written_down_with_its_clock(overridden, now):
    reference, _ = overridden()

    event = looks.one(Event, reference, topic="override.used")
    clock = looks.one(Deadline, reference, clock="override_review")
    assert (event.override, event.code) == (["assignment"], "assess_case")
    assert clock.due_at == now + timedelta(hours=24)
    assert looks.one(Override, reference).review_agency.code == "ubnd-12424"


def test_supervisor_reviews_what_a_worker_did(cast, overridden, now):
    reference, row = overridden()

    with rls.acting(actor=cast["supervisor"], now=now):
        actions.review_override(actor=cast["supervisor"], reference=row, verdict="right", now=now)

    kept = looks.one(Override, reference)
    assert (kept.verdict, kept.reviewed_by_id) == ("right", cast["supervisor"].user_id)
    assert looks.one(Deadline, reference, clock="override_review").met_at == now
    assert "override.reviewed" in looks.topics(reference)


def test_nobody_reviews_the_own_override(cast, overridden, now):
    _, row = overridden(by="supervisor")

    with rls.acting(actor=cast["supervisor"], now=now), pytest.raises(PermissionDenied):
        actions.review_override(actor=cast["supervisor"], reference=row, verdict="right", now=now)


def test_colleague_without_the_lead_does_not_review(cast, overridden, now):
    _, row = overridden()

    with rls.acting(actor=cast["colleague"], now=now), pytest.raises(PermissionDenied):
        actions.review_override(actor=cast["colleague"], reference=row, verdict="right", now=now)


def test_override_of_others_does_not_exist(cast, overridden, now):
    _, row = overridden()

    with rls.acting(actor=cast["strange_supervisor"], now=now), pytest.raises(NotVisible):
        actions.review_override(
            actor=cast["strange_supervisor"], reference=row, verdict="right", now=now
        )


def test_only_supervisor_of_an_office_is_reviewed_by_the_duty_desk(cast, actor, report, now):
    alone = actor("ubnd-12205", "supervisor", "caseworker")
    reference = report(commune="12205")
    case = looks.one(Case, reference)
    with rls.acting(actor=alone, now=now), rls.on_case(case.pk):
        row = actions.use_override(
            case, actor=alone, action="assess_case", guards={"consent"}, why="…", now=now
        ).reference

    with rls.acting(actor=cast["coordinator"], now=now):
        actions.review_override(actor=cast["coordinator"], reference=row, verdict="talk", now=now)

    assert looks.one(Override, reference).review_agency.code == "truc"


@pytest.mark.parametrize(
    ("verdict", "code"), [("blame", "no-such-verdict"), ("right", "already-reviewed")]
)
def test_review_is_one_of_two_words_and_given_once(cast, overridden, now, verdict, code):
    _, row = overridden()

    with rls.acting(actor=cast["supervisor"], now=now):
        if code == "already-reviewed":
            actions.review_override(
                actor=cast["supervisor"], reference=row, verdict="talk", now=now
            )
        with pytest.raises(RuleBroken, match=code):
            actions.review_override(
                actor=cast["supervisor"], reference=row, verdict=verdict, now=now
            )


def reviewer(reference):
    return looks.one(Override, reference).review_agency.code


def test_office_whose_only_leaders_are_blocked_is_not_asked_to_review(overridden):
    reference, _ = overridden(keep_out=("supervisor", "second_supervisor"))

    assert reviewer(reference) == "truc"


def test_province_reviews_where_nobody_of_the_desk_may_look(actor, overridden):
    actor("ctxh", "supervisor")
    names = ("supervisor", "second_supervisor", "coordinator", "second_coordinator")

    reference, _ = overridden(keep_out=names)

    assert reviewer(reference) == "ctxh"


def test_blocked_desk_is_not_asked_to_review(actor, overridden):
    actor("ctxh", "supervisor")

    reference, _ = overridden(keep_out=("supervisor", "second_supervisor"), offices=("truc",))

    assert reviewer(reference) == "ctxh"
