"""The pages of a death: what is asked, what the case's page says, who looks back."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.urls import reverse

from casework import actions
from casework.models import Case, Death
from casework.next_step import FAREWELL, Facts, next_step
from tests.casework import looks
from tests.casework.steps import Cast, act

pytestmark = pytest.mark.django_db
Made = Callable[..., UUID]


def at(name: str, reference: UUID) -> str:
    return reverse(f"casework:{name}", args=[reference])


def test_it_is_asked_once_and_said_on_every_page_of_the_case(
    client_of: Made,
    cast: Cast,
    assigned: Made,
) -> None:
    case = assigned()
    client = client_of(cast["worker"])
    assert "Người ấy đã mất" in client.get(at("case", case)).content.decode()

    missing = client.post(at("death", case), {}).content.decode()
    answer = client.post(at("death", case), {"cause": "unknown", "words": ""})

    assert "Hãy ghi điều đã biết" in missing
    assert answer.url == at("case", case)
    assert looks.one(Death, case).cause == "unknown"
    for page in ("case", "plan", "notes"):
        shown = client.get(at(page, case)).content.decode()
        assert "Không ai gọi, nhắn hay đến thăm nữa" in shown
        assert at("debrief", case) in shown


def test_a_second_time_is_said_in_words(client_of: Made, cast: Cast, assigned: Made) -> None:
    case = assigned()
    act(cast["worker"], actions.record_death, reference=case, cause="illness")

    answer = client_of(cast["worker"]).post(at("death", case), {"cause": "unknown"})

    assert answer.status_code == 409
    assert "đã được ghi" in answer.content.decode()


@pytest.mark.parametrize("ask", ["get", "post"])
def test_what_is_written_down_is_shown_instead_of_the_form(
    client_of: Made, cast: Cast, assigned: Made, ask: str
) -> None:
    case = assigned()
    act(cast["worker"], actions.record_death, reference=case, cause="illness")

    shown = getattr(client_of(cast["worker"]), ask)(at("death", case)).content.decode()

    assert "Do bệnh hoặc tuổi già" in shown
    assert 'name="cause"' not in shown


@pytest.mark.parametrize("page", ["safe_check", "ask", "assess", "wishes"])
def test_nothing_is_offered_that_would_ask_the_dead(
    client_of: Made, cast: Cast, assigned: Made, page: str
) -> None:
    case = assigned()
    client = client_of(cast["worker"])
    assert at(page, case) in client.get(at("case", case)).content.decode()

    act(cast["worker"], actions.record_death, reference=case, cause="illness")

    shown = client.get(at("case", case)).content.decode()
    assert at(page, case) not in shown
    assert "có quyền hỏi ai đã xem" not in shown


def test_the_staff_sit_together_and_the_page_asks_no_more(
    client_of: Made,
    cast: Cast,
    assigned: Made,
) -> None:
    case = assigned()
    act(cast["worker"], actions.record_death, reference=case, cause="illness")
    client = client_of(cast["worker"])

    client.post(at("debrief", case), {})

    assert at("debrief", case) not in client.get(at("case", case)).content.decode()


def test_a_mistake_is_taken_back_by_who_leads(client_of: Made, cast: Cast, assigned: Made) -> None:
    case = assigned()
    act(cast["worker"], actions.record_death, reference=case, cause="illness")

    client_of(cast["supervisor"]).post(at("death_back", case), {})

    shown = client_of(cast["worker"]).get(at("case", case)).content.decode()
    assert "Không ai gọi, nhắn hay đến thăm nữa" not in shown


def test_the_duty_desk_looks_back_on_its_page(client_of: Made, cast: Cast, assigned: Made) -> None:
    case = assigned()
    death = act(
        cast["worker"], actions.record_death, reference=case, cause="illness", words="Tại nhà."
    )
    client = client_of(cast["coordinator"])
    page = reverse("casework:review", args=["nguoi-mat", death])
    assert page in client.get(reverse("casework:oversight")).content.decode()

    shown = client.get(page).content.decode()
    assert "Tại nhà." in shown
    assert looks.one(Case, case).alias in shown
    assert "Do bệnh hoặc tuổi già" in shown
    client.post(page, {"verdict": "to_learn"})

    assert looks.one(Death, case).verdict == "to_learn"
    assert page not in client.get(reverse("casework:oversight")).content.decode()


@pytest.mark.parametrize("state", ["DETECTED", "ASSIGNED", "FOLLOW_UP"])
def test_next_is_to_see_to_the_children_and_to_close(state: str) -> None:
    facts = Facts(state, "no", True, False, True, 0, died=True)

    assert next_step(facts) is FAREWELL
