"""What a receiver is shown of coded columns: those of the groups it may open, no others."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework import access, actions
from casework.groups import CONSENTED, EVERY, Words
from casework.models import (
    Assessment,
    Case,
    Conference,
    Consent,
    FollowUp,
    Incident,
    Note,
    Plan,
    PlanItem,
    Survivor,
)
from network.actors import Actor
from network.models import User
from safekeeping import rls
from tests.browser.sessions import session_for
from tests.casework import looks
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def browser(actor: Actor) -> Client:
    client = Client()
    user = User.objects.get(pk=actor.user_id)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
    return client


@pytest.fixture
def case(assigned: Callable[..., UUID]) -> UUID:
    reference = assigned()
    case_id = looks.case_id_of(reference)
    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(case_id):
        Survivor.objects.filter(case_id=case_id).update(ethnicity_group="person-canary")
        Incident.objects.filter(case_id=case_id).update(relation="account-canary")
    return reference


def shown(actor: Actor, case: UUID, page: str) -> bool:
    answer = browser(actor).get(reverse(f"casework:{page}", args=[case]))
    assert answer.status_code == 200
    return b"-canary" in answer.content


@pytest.mark.parametrize(("page", "group"), [("people", "person"), ("incidents", "account")])
def test_receiver_is_shown_the_coded_columns_of_its_groups(
    cast: dict[str, Actor], case: UUID, page: str, group: str
) -> None:
    looks.share(case, cast["health"], {"contact"})
    looks.share(case, cast["stranger"], {"contact", group})

    assert shown(cast["worker"], case, page)
    assert shown(cast["colleague"], case, page)
    assert shown(cast["stranger"], case, page)
    assert not shown(cast["health"], case, page)


def test_receiver_is_shown_an_assessment_with_the_risk_alone(
    cast: dict[str, Actor], case: UUID
) -> None:
    looks.share(case, cast["health"], {"contact"})
    looks.share(case, cast["stranger"], {"risk"})
    url = reverse("casework:assessment", args=[case])

    pages = [browser(cast[who]).get(url) for who in ("worker", "stranger", "health")]

    assert [len(page.context["assessments"]) for page in pages] == [1, 1, 0]


@pytest.mark.parametrize(("form", "status"), [("person", 403), ("wishes", 403), ("incident", 404)])
def test_form_that_begins_with_what_is_known_is_not_for_a_receiver_of_less(
    cast: dict[str, Actor], case: UUID, form: str, status: int
) -> None:
    looks.share(case, cast["health"], {"contact"})
    row = looks.one(Incident, case).reference if form == "incident" else case

    answer = browser(cast["health"]).get(reverse(f"casework:{form}", args=[row]))

    assert answer.status_code == status


@pytest.fixture
def worked_on(cast: dict[str, Actor], case: UUID) -> UUID:
    """The case with a plan of each kind, notes, a visit and what she said to others."""
    worker: dict[str, Any] = {"actor": cast["worker"], "reference": case, "now": NOW}
    said = [actions.Line("health", "health_facility", ("contact",), given=True)]
    with rls.acting(actor=cast["worker"], now=NOW):
        for kind in ("support", "safety"):
            actions.agree_plan(
                kind=kind, items=[actions.Item(need="legal")], overriding="x", **worker
            )
        for kind in ("general", "health", "legal"):
            actions.add_note(kind=kind, words="x", **worker)
        actions.plan_follow_up(due_at=NOW + timedelta(days=5), mode="call", **worker)
        actions.record_consent(answers=[], sheet=said, **worker)
    case_id = looks.case_id_of(case)
    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(case_id):
        Case.objects.filter(pk=case_id).update(
            wishes_coded=["canary-wishes"], wishes_asked_at=NOW, accused_status="canary-accused"
        )
        PlanItem.objects.filter(plan__kind="support").update(need="canary-needs")
        PlanItem.objects.filter(plan__kind="safety").update(need="canary-risk")
        for kind in ("general", "health", "legal"):
            Note.objects.filter(kind=kind).update(way=f"canary-{kind}")
        FollowUp.objects.update(mode="canary-visit")
        Consent.objects.update(service="canary-consent")
    return case


PAGES = ("case", "people", "incidents", "consent", "assessment", "plan", "notes", "seen", "beside")
OWN = {"wishes", "accused", "needs", "risk", "general", "health", "legal", "visit", "consent"}
SHOWN: dict[str, set[str]] = {
    "contact": set(),
    "needs": {"needs"},
    "risk": {"risk"},
    "health": {"health"},
    "legal": {"legal"},
    "wishes": {"wishes"},
    "accused": {"accused"},
}


def canaries(actor: Actor, case: UUID) -> set[str]:
    """Everything coded that this person is shown on all pages of the case."""
    client = browser(actor)
    answers = [client.get(reverse(f"casework:{page}", args=[case])) for page in PAGES]
    assert {answer.status_code for answer in answers} == {200}
    return set(re.findall(r"canary-(\w+)", " ".join(one.content.decode() for one in answers)))


@pytest.mark.parametrize("group", SHOWN)
def test_receiver_is_shown_what_is_coded_of_its_own_group_alone(
    cast: dict[str, Actor], worked_on: UUID, group: str
) -> None:
    looks.share(worked_on, cast["health"], {group})

    assert canaries(cast["health"], worked_on) == SHOWN[group]


def test_owners_people_and_who_broke_the_glass_are_shown_all_that_is_coded(
    cast: dict[str, Actor], worked_on: UUID
) -> None:
    everything = set(EVERY) - {"informant"}
    who = {"why": "break_glass", "user_id": cast["health"].user_id}
    looks.share(worked_on, cast["health"], everything, **who)

    assert canaries(cast["colleague"], worked_on) == OWN
    assert canaries(cast["health"], worked_on) == OWN


# Which rows of the case a group lets its receiver read, by the database.
ROWS: dict[str, dict[type[Any], int]] = {
    **{group: {Survivor: 1} for group in ("person", "contact", "whereabouts", "children")},
    "needs": {Survivor: 1, Plan: 1, PlanItem: 1},
    "account": {Incident: 1},
    "accused": {Incident: 1},
    "risk": {Assessment: 1, Plan: 1, PlanItem: 1},
    "health": {Note: 1},
    "legal": {Note: 1},
    "wishes": {},
}
GROUPED = (Survivor, Incident, Assessment, Plan, PlanItem, Note, FollowUp, Consent, Conference)


@pytest.mark.parametrize("group", sorted(CONSENTED))
def test_database_too_keeps_rows_to_the_groups_that_they_hold(
    cast: dict[str, Actor], worked_on: UUID, group: str
) -> None:
    looks.share(worked_on, cast["health"], {group})

    with rls.acting(actor=cast["health"], now=NOW):
        seen = {model: model.objects.count() for model in GROUPED}

    assert {model: count for model, count in seen.items() if count} == ROWS[group]


def test_what_was_opened_for_one_person_is_no_row_of_a_colleague(
    cast: dict[str, Actor], actor: Callable[..., Actor], worked_on: UUID
) -> None:
    looks.share(
        worked_on, cast["health"], {"notes"}, why="break_glass", user_id=cast["health"].user_id
    )
    colleague = actor("ttyt-phucu", "responder", name="colleague-there")

    with rls.acting(actor=cast["health"], now=NOW):
        assert Note.objects.count() == 3
    with rls.acting(actor=colleague, now=NOW):
        assert Note.objects.count() == 0


def test_receiver_is_told_of_the_acts_of_its_own_office_alone(
    cast: dict[str, Actor], worked_on: UUID
) -> None:
    looks.share(worked_on, cast["health"], {"contact"})
    url = reverse("casework:case", args=[worked_on])

    ours = browser(cast["worker"]).get(url).context
    theirs = browser(cast["health"]).get(url).context

    assert ours["timeline"]
    assert theirs["timeline"] == []
    assert ours["next"] is not None
    assert theirs["next"] is None


def test_words_of_a_safety_plans_item_open_with_the_risk(
    cast: dict[str, Actor], worked_on: UUID
) -> None:
    of_plan = {"needs": "support", "risk": "safety"}
    for item in looks.rows(PlanItem, worked_on):
        put_words(item, item.need)
    looks.share(worked_on, cast["health"], set(of_plan))

    with rls.acting(actor=cast["health"], now=NOW):
        opened = access.open_groups(
            actor=cast["health"], reference=worked_on, groups=list(of_plan), now=NOW
        )

    said = {group: {one.value.text for one in opened[group] if one.kind == "planitem"}
            for group in of_plan}  # fmt: skip
    assert said == {"needs": {"canary-needs"}, "risk": {"canary-risk"}}


def put_words(item: PlanItem, words: str) -> None:
    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(item.case_id):
        row = PlanItem.objects.select_related("case").get(pk=item.pk)
        row.content = Words(words)
        row.save(update_fields=["content"])
