"""Pages of a conference, of mending a note, of cancelling a visit, of one person in two cases."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from casework import access, actions
from casework.models import CaseState, Conference, FollowUp, Note, PlanItem
from network.actors import Actor
from network.models import Agency, User
from tests.casework.steps import Cast, act, bring, read, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]
Made = Callable[..., UUID]
Clients = Callable[[Actor], Client]
WHEN = {
    "held_at_day": "24", "held_at_month": "11", "held_at_year": "2026", "held_at_time": "09:00",
}  # fmt: skip


def office(cast: Cast, who: str) -> str:
    return str(Agency.objects.get(pk=cast[who].agency_id).reference)


def test_a_conference_is_written_down(client_of: Clients, cast: Cast, assigned: Made) -> None:
    case = assigned()
    url = reverse("casework:conference", args=[case])
    person = str(User.objects.get(pk=cast["supervisor"].user_id).reference)

    answer = client_of(cast["worker"]).post(
        url,
        {**WHEN, "agencies": [office(cast, "worker")], "attendees": [person],
         "needs": ["health"], "minutes": "Thống nhất đi khám"},
    )  # fmt: skip

    assert answer.status_code == 302
    assert rows(cast["worker"], Conference)[0].attendees == [cast["supervisor"].user_id]
    assert rows(cast["worker"], PlanItem)[0].need == "health"
    assert "Các cuộc họp ca" in client_of(cast["worker"]).get(answer.url).content.decode()


def test_only_offices_with_access_are_offered(
    client_of: Clients, cast: Cast, assigned: Made
) -> None:
    url = reverse("casework:conference", args=[assigned()])

    html = client_of(cast["worker"]).get(url).content.decode()
    assert office(cast, "worker") in html
    assert office(cast, "health") not in html

    answer = client_of(cast["worker"]).post(url, {**WHEN, "agencies": [office(cast, "health")]})
    assert answer.status_code == 200
    assert not rows(cast["worker"], Conference)


def test_an_empty_conference_says_what_is_missing(
    client_of: Clients, cast: Cast, assigned: Made
) -> None:
    url = reverse("casework:conference", args=[assigned()])

    html = client_of(cast["worker"]).post(url, {}).content.decode()

    assert "Hãy chọn các cơ quan dự họp" in html


@pytest.mark.parametrize(("who", "status"), [("colleague", 403), ("stranger", 404)])
def test_others_write_no_conference(
    client_of: Clients, cast: Cast, assigned: Made, who: str, status: int
) -> None:
    url = reverse("casework:conference", args=[assigned()])

    assert client_of(cast[who]).get(url).status_code == status


def test_a_note_is_mended(client_of: Clients, cast: Cast, assigned: Made) -> None:
    case = assigned()
    note = act(
        cast["worker"], actions.add_note, reference=case, kind="general", words="Chị ở nhà bà"
    )
    url, client = reverse("casework:note_mend", args=[note]), client_of(cast["worker"])
    assert client.get(url).status_code == 200

    answer = client.post(url, {"words": "Chị ở nhà dì", "reason": "misheard"})

    assert answer.status_code == 302
    assert read(cast["worker"], note, Note).version == 2
    opened = act(cast["worker"], access.open_groups, reference=case, groups=["notes"])
    assert [one.value.text for one in opened["notes"]] == ["Chị ở nhà dì"]


def test_a_visit_is_cancelled(client_of: Clients, cast: Cast, report: Made) -> None:
    bring(cast, report(), CaseState.FOLLOW_UP)
    visit = rows(cast["worker"], FollowUp)[0].reference
    url, client = reverse("casework:meeting_cancel", args=[visit]), client_of(cast["worker"])
    assert client.get(url).status_code == 200

    assert client.post(url, {"reason": "not_needed"}).status_code == 302
    assert read(cast["worker"], visit, FollowUp).state == "CANCELLED"
    assert client.post(url, {"reason": "not_needed"}).status_code == 409


def test_two_cases_of_one_person_are_linked(client_of: Clients, cast: Cast, report: Made) -> None:
    one, other = report(), report()
    url = reverse("casework:same_person", args=[one])
    code = read(cast["worker"], other).code.lower()

    answer = client_of(cast["supervisor"]).post(url, {"code": code})

    assert answer.status_code == 302
    assert read(cast["worker"], one).person == read(cast["worker"], other).person


def test_a_code_nobody_sees_is_told_so(client_of: Clients, cast: Cast, report: Made) -> None:
    from tests.casework.conftest import HOAN_LONG

    one, theirs = report(), report(commune=HOAN_LONG)
    code = read(cast["strange_supervisor"], theirs).code

    answer = client_of(cast["supervisor"]).post(
        reverse("casework:same_person", args=[one]), {"code": code}
    )

    assert answer.status_code == 200
    assert "error" in answer.content.decode()
