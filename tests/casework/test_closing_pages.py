"""The pages of a closure: what whoever decides is shown, and who reads what was written to it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from casework import actions
from casework.models import Closure
from casework.views import together
from network.actors import Actor
from tests.casework import looks
from tests.casework.steps import Cast, act, bring, happened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]
Made = Callable[..., Any]
NOTE, ANSWER = "Chị nhờ gọi lại cho mẹ chị.", "Hỏi lại chị một lần nữa."


def at(name: str, reference: UUID) -> str:
    return reverse(f"casework:{name}", args=[reference])


@pytest.fixture
def proposed(cast: Cast, report: Made) -> UUID:
    case = bring(cast, report(), "FOLLOW_UP")
    given = {"checklist": ["asked"], "words": NOTE, "reason": "safe"}
    act(cast["worker"], actions.propose_closure, reference=case, **given)
    return case


def opened(client_of: Made, who: Actor, case: UUID) -> str:
    return str(client_of(who).post(at("decide", case)).content.decode())


def test_whoever_decides_reads_what_the_proposer_wrote(
    client_of: Made, cast: Cast, proposed: UUID
) -> None:
    closed = client_of(cast["supervisor"]).get(at("decide", proposed)).content.decode()

    assert NOTE not in closed
    assert "Mở lời nhắn của người đề nghị" in closed
    assert NOTE in opened(client_of, cast["supervisor"], proposed)
    seen = [event for event in happened(cast["worker"], proposed) if event.topic == "case.seen"]
    assert seen[-1].groups == ["reasons"]


def test_whoever_decides_sees_what_was_done_before_and_what_not(
    client_of: Made, cast: Cast, proposed: UUID
) -> None:
    shown = client_of(cast["supervisor"]).get(at("decide", proposed)).content.decode()

    assert "Đã hỏi và người ấy đồng ý" in shown
    assert shown.count("chưa đánh dấu") == 3


def test_what_is_to_be_done_first_is_read_by_who_proposes_again(
    client_of: Made, cast: Cast, proposed: UUID
) -> None:
    given = {"why": "ask_again", "words": ANSWER}
    act(cast["supervisor"], actions.return_closure, reference=proposed, **given)

    form = client_of(cast["worker"]).get(at("close", proposed)).content.decode()

    assert at("decide", proposed) in form
    assert ANSWER in opened(client_of, cast["worker"], proposed)
    assert at("approve", proposed) not in opened(client_of, cast["worker"], proposed)


def test_an_office_that_was_asked_to_decide_opens_nothing(
    client_of: Made, cast: Cast, report: Made, actor: Callable[..., Actor]
) -> None:
    alone = actor("ubnd-12391", "caseworker", "supervisor", name="alone")
    case = report(commune="12391")
    act(alone, actions.claim_case, reference=case)
    act(alone, actions.propose_closure, reference=case, reason="not_confirmed", words=NOTE)

    shown = opened(client_of, cast["coordinator"], case)

    assert NOTE not in shown
    assert at("approve", case) in shown
    assert looks.one(Closure, case).decided_at is None


@pytest.mark.parametrize(
    ("who", "said"), [("worker", "Xem đề nghị"), ("supervisor", "Xem và quyết định")]
)
def test_the_next_step_fits_who_may_decide(
    client_of: Made, cast: Cast, proposed: UUID, who: str, said: str
) -> None:
    assert said in client_of(cast[who]).get(at("case", proposed)).content.decode()


def test_looking_back_after_a_death_is_not_asked_as_a_closure(cast: Cast, report: Made) -> None:
    act(cast["worker"], actions.record_death, reference=report(), cause="illness")

    assert act(cast["coordinator"], together.closures_asked, limit=25) == []


def test_a_step_that_does_not_fit_is_not_called_a_change(
    client_of: Made, cast: Cast, assigned: Made
) -> None:
    answer = client_of(cast["supervisor"]).post(at("approve", assigned()))

    assert answer.status_code == 409
    assert "Bước này không khớp với hiện trạng" in answer.content.decode()
