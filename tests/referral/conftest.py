"""The cast of casework's tests, and requests of one case."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from casework.models import Case, Consent, ConsentState, Report
from network.actors import Actor
from network.loading import province
from network.models import Agency, User
from referral import actions
from referral.actions.sending import Order
from referral.models import Referral
from safekeeping import rls
from tests import worlds
from tests.browser.sessions import session_for
from tests.casework.conftest import (  # noqa: F401 - fixtures
    CAST,
    HUNG_YEN,
    actor,
    assigned,
    cast,
    everybody,
    report,
)
from tests.conftest import NOW

HEALTH = frozenset({"person", "contact", "whereabouts", "needs", "health"})


# Beside the cast: responders of three health facilities and of the social-work centre.
PEOPLE = {
    **CAST,
    "doctor": CAST["health"],
    "second_doctor": ("ttyt-phucu", ("responder", "supervisor"), "duc"),
    "hospital": ("bvsn-hungyen", ("responder",), ""),
    "general": ("bvdk-hungyen", ("responder",), ""),
    "social": ("ctxh", ("responder", "caseworker"), ""),
    "social_supervisor": ("ctxh", ("supervisor",), "tuan"),
}


def town() -> dict[str, Actor]:
    """Hưng Yên with all of them."""
    province.load(HUNG_YEN, NOW)
    return everybody(PEOPLE)


@pytest.fixture(scope="module", autouse=True)
def _province(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        worlds.bring(town)
    yield
    with django_db_blocker.unblock():
        worlds.leave()


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    """The cast and those beside it."""
    return everybody(PEOPLE)


def agree(case: UUID, by: Actor, service: str, kind: str, groups: Any, at: datetime = NOW) -> None:
    """Her consent, as a report or an asking writes it."""
    seen = Case.objects.visible_to(by)
    with rls.acting(actor=by, now=at), rls.on_case_of(seen.case_ids(case)) as case_id:
        Consent.born(
            case=Case.objects.get(pk=case_id), state=ConsentState.GIVEN, service=service,
            recipient_kind=kind, groups=sorted(groups), asked_by_id=by.user_id, asked_at=at,
            recorded_at=at,
        )  # fmt: skip


def office(code: str) -> UUID:
    return Agency.objects.get(code=code).reference


@pytest.fixture
def case(assigned: Callable[..., UUID], people: dict[str, Actor]) -> UUID:  # noqa: F811
    """A case of Tiên Tiến with a worker and consent to health care; nobody else was told."""
    reference = assigned()
    agree(reference, people["worker"], "health", "health_facility", HEALTH)
    return reference


@pytest.fixture
def send(case: UUID, people: dict[str, Actor]) -> Callable[..., UUID]:
    """`send(to="ttyt-phucu", urgency="urgent", …)`: a request of the case's worker."""

    def make(
        *, to: str = "ttyt-phucu", by: str = "worker", at: datetime = NOW, overriding: str = "",
        of: UUID | None = None, **changes: Any,
    ) -> UUID:  # fmt: skip
        order = Order(
            **{
                "service": "health", "to_agency": office(to), "urgency": "urgent",
                "reach_by": "companion", "needs": ("exam", "treatment"),
                "groups": tuple(sorted(HEALTH)), **changes,
            }
        )  # fmt: skip
        with rls.acting(actor=people[by], now=at):
            return actions.send_referral(
                actor=people[by], reference=of or case, order=order, now=at, overriding=overriding
            )

    return make


@pytest.fixture
def do(people: dict[str, Actor]) -> Callable[..., Any]:
    """`do("doctor", actions.accept_referral, reference=…)`: one action as one person."""

    def run(who: str, action: Callable[..., Any], *, at: datetime = NOW, **given: Any) -> Any:
        with rls.acting(actor=people[who], now=at):
            return action(actor=people[who], now=at, **given)

    return run


@pytest.fixture
def seen(people: dict[str, Actor]) -> Callable[..., Referral | None]:
    """`seen("doctor", reference)`: the row as this person sees it, None if not at all."""

    def look(who: str, reference: UUID, at: datetime = NOW) -> Referral | None:
        with rls.acting(actor=people[who], now=at):
            return Referral.objects.visible_to(people[who]).filter(reference=reference).first()

    return look


def row_of(reference: UUID, by: Actor, at: datetime = NOW) -> Referral:
    """The row, as its sender sees it."""
    with rls.acting(actor=by, now=at):
        return Referral.objects.select_related("to_agency").get(reference=reference)


def report_of(case: UUID, by: Actor, at: datetime = NOW) -> Report:
    """The report of a case."""
    seen = Case.objects.visible_to(by)
    with rls.acting(actor=by, now=at), rls.on_case_of(seen.case_ids(case)) as case_id:
        return Report.objects.get(case_id=case_id)


@pytest.fixture
def loaded(transactional_db: None) -> None:
    """The province again: a test before may have emptied it with everything else."""
    worlds.bring(town)


@pytest.fixture
def client_of(people):
    """`client_of("doctor", language="en")`: a browser signed in as this person."""

    def sign_in(who: str, language: str = "vi") -> Client:
        user = User.objects.get(pk=people[who].user_id)
        user.language = language
        user.save(update_fields=["language"])
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
        return client

    return sign_in
