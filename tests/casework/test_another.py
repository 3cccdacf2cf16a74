"""The other person who looks: found again where a block, a small office or a handover left none."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from casework import access, actions, blocks
from casework.models import Case, CaseState, Closure, Deadline, Death, Override
from network.actors import Actor
from network.models import Agency, User
from safekeeping import rls
from safekeeping.errors import NotVisible
from tests.casework import looks
from tests.casework.steps import Cast, act, read
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]


@pytest.fixture
def province(actor: Callable[..., Actor]) -> Actor:
    """Who leads an office of the province."""
    return actor("ctxh", "supervisor")


@pytest.fixture
def alone(actor: Callable[..., Actor]) -> Actor:
    """The only person of a commune who works on cases."""
    return actor("ubnd-12391", "caseworker", "supervisor", name="alone")


@pytest.fixture
def overridden(cast: Cast, assigned: Made) -> UUID:
    """A case in which the worker passed a guard; its own office was asked to look."""
    case = assigned()
    act(
        cast["worker"], actions.assess_case, reference=case, answers={},
        overriding="Chị đang bị đe dọa",
    )  # fmt: skip
    assert reviewer(case) == ("ubnd-12424", "ubnd-12424")
    return case


def reviewer(case: UUID, model: type = Override, clock: str = "override_review") -> tuple[str, str]:
    """Whose review it is, and whose clock runs."""
    row = looks.one(model, case)
    running = looks.one(Deadline, case, clock=clock)
    named = dict(Agency.objects.values_list("pk", "code"))
    return named[row.review_agency_id], named[running.agency_id]


def block(cast: Cast, by: str, case: UUID, *, person: str = "", office: str = "") -> None:
    given = {"user": User.objects.get(pk=cast[person].user_id).reference} if person else {}
    if office:
        given = {"agency": Agency.objects.get(code=office).reference}
    act(cast[by], actions.set_block, reference=case, reason="unclear", **given)


def test_a_review_goes_elsewhere_once_nobody_who_leads_there_may_look(
    cast: Cast, overridden: UUID
) -> None:
    block(cast, "supervisor", overridden, person="second_supervisor")
    assert reviewer(overridden) == ("ubnd-12424", "ubnd-12424")

    _keep_out(overridden, cast["supervisor"], by=cast["colleague"])

    assert reviewer(overridden) == ("truc", "truc")
    row = looks.one(Override, overridden).reference
    act(cast["coordinator"], actions.review_override, reference=row, verdict="right")


def _keep_out(case: UUID, person: Actor, by: Actor) -> None:
    row = looks.one(Case, case)
    with rls.acting(actor=by, now=NOW), rls.on_case(row.pk):
        blocks.keep_out(
            row, why="unclear", by_id=by.user_id, actor=by, now=NOW, user_id=person.user_id
        )


def test_a_review_does_not_stay_with_an_owner_that_is_kept_out(
    cast: Cast, overridden: UUID
) -> None:
    block(cast, "supervisor", overridden, office="ubnd-12424")

    assert reviewer(overridden) == ("truc", "truc")


def test_a_handover_leaves_a_review_and_its_clock_with_who_was_asked(
    cast: Cast, overridden: UUID, province: Actor
) -> None:
    with rls.acting(actor=cast["supervisor"], now=NOW):
        row = Case.objects.get(reference=overridden)
        with rls.on_case(row.pk):
            access.change_owner(
                row, agency=Agency.objects.get(code="ctxh"), actor=cast["supervisor"], now=NOW,
                reason="handover",
            )  # fmt: skip

    assert reviewer(overridden) == ("ubnd-12424", "ubnd-12424")
    act(
        cast["supervisor"], actions.review_override, verdict="right",
        reference=looks.one(Override, overridden).reference,
    )  # fmt: skip


def test_the_look_back_at_a_death_passes_on_with_the_sight_of_the_case(
    cast: Cast, assigned: Made, province: Actor
) -> None:
    case = assigned()
    act(cast["worker"], actions.record_death, reference=case, cause="illness")
    assert reviewer(case, Death, "death_review") == ("truc", "truc")

    block(cast, "supervisor", case, office="truc")

    assert reviewer(case, Death, "death_review") == ("ctxh", "ctxh")
    row = read(province, looks.one(Death, case).reference, Death)
    act(province, actions.review_death, reference=row.reference, verdict="nothing_missed")


def test_who_wrote_a_death_down_is_not_the_only_one_asked_to_look_back(
    cast: Cast, report: Made, actor: Callable[..., Actor], province: Actor
) -> None:
    """The duty desk has one coordinator tonight, who wrote it down."""
    only = cast["coordinator"]
    _leave(cast["second_coordinator"])
    case = report()
    act(cast["worker"], actions.claim_case, reference=case)
    looks.share(case, only, {"risk"})

    act(only, actions.record_death, reference=case, cause="illness")

    assert reviewer(case, Death, "death_review") == ("ctxh", "ctxh")


def _leave(person: Actor) -> None:
    from network.models import Membership

    Membership.objects.filter(pk=person.membership_id).update(ends=NOW - timedelta(days=1))


def propose(by: Actor, case: UUID) -> None:
    act(by, actions.propose_closure, reference=case, reason="not_confirmed")


def test_a_closure_of_the_desks_only_coordinator_is_decided_in_the_province(
    cast: Cast, report: Made, province: Actor
) -> None:
    _leave(cast["second_coordinator"])
    case = report(conflict="yes")
    propose(cast["coordinator"], case)

    act(province, actions.approve_closure, reference=case)

    assert looks.one(Case, case).state == CaseState.CLOSED


def test_a_closure_does_not_wait_for_a_desk_that_may_not_look(
    cast: Cast, report: Made, alone: Actor, province: Actor
) -> None:
    case = report(commune="12391")
    act(alone, actions.claim_case, reference=case)
    propose(alone, case)
    act(
        alone, actions.set_block, reference=case, reason="unclear",
        agency=Agency.objects.get(code="truc").reference,
    )  # fmt: skip

    with pytest.raises(NotVisible):
        act(cast["coordinator"], actions.approve_closure, reference=case)
    act(province, actions.return_closure, reference=case, why="ask_again")

    assert looks.one(Closure, case).approved is False


def test_a_colleague_who_may_not_look_any_more_leaves_the_closure_to_the_desk(
    cast: Cast, actor: Callable[..., Actor], report: Made, alone: Actor
) -> None:
    cast["colleague"] = actor("ubnd-12391", "caseworker", name="beside")
    case = report(commune="12391")
    act(alone, actions.claim_case, reference=case)
    propose(alone, case)
    with pytest.raises(NotVisible):
        act(cast["coordinator"], actions.approve_closure, reference=case)
    cast["alone"] = alone

    block(cast, "alone", case, person="colleague")

    act(cast["coordinator"], actions.approve_closure, reference=case)
    assert looks.one(Case, case).state == CaseState.CLOSED


def test_a_worker_of_the_office_that_was_asked_does_not_decide(
    cast: Cast, report: Made, actor: Callable[..., Actor], province: Actor
) -> None:
    _leave(cast["second_coordinator"])
    case = report(conflict="yes")
    propose(cast["coordinator"], case)

    with pytest.raises(PermissionDenied):
        act(actor("ctxh", "caseworker"), actions.approve_closure, reference=case)
