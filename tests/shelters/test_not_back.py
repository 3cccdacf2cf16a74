"""Somebody who went out and does not come back is asked after; whoever is seen again, is not."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from casework.models import Deadline
from casework.sweeps import breach_due
from casework.work import work_for
from hotline.models import Alert
from network.models import User
from safekeeping import rls
from safekeeping.models import Event
from shelters import actions
from shelters.actions.walk_in import AtTheDoor
from shelters.models import Stay
from shelters.rules import Party
from shelters.sweeps import lapse_holds
from tests.browser import sessions
from tests.conftest import NOW
from tests.shelters.conftest import actor_named, bed, do, make_admitted, make_held, make_stay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("houses")]
HOUR = timedelta(hours=1)


def away(**more) -> Stay:
    stay = make_admitted()
    do("keeper", actions.go_away, reference=stay.reference, why="justice", **more)
    return stay


def asked(stay: Stay, at=NOW) -> list[bool]:
    """The questions whether she is safe, and whether each is answered."""
    with rls.acting(actor=actor_named("worker"), now=at):
        rows = Deadline.objects.filter(case_id=stay.case_id, clock="safe_check").order_by("pk")
        return [row.met_at is not None for row in rows]


def rung(stay: Stay, at=NOW) -> list[tuple[str, bool]]:
    worker = actor_named("worker")
    with rls.acting(actor=worker, now=at):
        rows = Alert.objects.visible_to(worker).ringing().filter(case_id=stay.case_id)
        asking = rows.filter(Q(topic="safe_check.raised") | Q(code="away_back"))
        return list(asking.values_list("topic", "emergency"))


@pytest.mark.parametrize(("said", "due"), [(2 * HOUR, 2 * HOUR), (None, 12 * HOUR)])
def test_who_is_not_back_in_time_is_asked_after(said, due):
    stay = away(back_due=said and NOW + said)

    breach_due(NOW + due - timedelta(seconds=1))
    assert asked(stay) == []
    breach_due(NOW + due)

    assert asked(stay) == [False]
    assert rung(stay) == [("safe_check.raised", True)]


def test_who_should_have_been_back_already_is_asked_after_at_once():
    stay = away(back_due=NOW - 30 * HOUR)

    breach_due(NOW)

    assert asked(stay) == [False]


def test_who_is_back_is_not_asked_after():
    stay = away(back_due=NOW + HOUR)
    do("keeper", actions.come_back, reference=stay.reference)

    breach_due(NOW + HOUR)

    assert asked(stay) == []


def test_coming_back_late_answers_the_question():
    stay = away(back_due=NOW + HOUR)
    breach_due(NOW + HOUR)

    do("keeper", actions.come_back, reference=stay.reference, at=NOW + 2 * HOUR)

    assert (asked(stay), rung(stay)) == ([True], [])


def test_arriving_after_the_hold_lapsed_answers_the_question():
    stay = make_held()
    late = NOW + HOUR + timedelta(minutes=5)
    lapse_holds(late)
    assert asked(stay, late) == [False]

    do("keeper", actions.admit_walk_in, at=late, chosen=[bed("hoan-long", "2A").reference],
       party=Party(sex="female"), door=AtTheDoor(late=stay.reference))  # fmt: skip

    assert (asked(stay, late), rung(stay, late)) == ([True], [])
    with rls.acting(actor=actor_named("worker"), now=late):
        told = Event.objects.filter(case_id=stay.case_id, topic="safe_check.met")
        assert [event.code for event in told] == ["seen_safe"]


def test_leaving_from_outside_ends_the_wait():
    stay = away(back_due=NOW + HOUR)
    do("keeper", actions.discharge, reference=stay.reference, reason="relatives",
       next_place="relatives")  # fmt: skip

    breach_due(NOW + HOUR)

    assert asked(stay) == []


def test_page_says_where_and_until_when():
    stay = away(back_due=NOW + HOUR)
    client = Client()
    client.cookies["s"] = sessions.session_for(User.objects.get(username="keeper"))

    page = client.get(reverse("shelters:stay", args=[stay.reference])).text

    assert "về trước" in page
    assert "Đến cơ quan, tòa án" in page


def test_who_is_safe_elsewhere_is_asked_again_when_it_was_promised():
    stay = make_stay()
    do("worker", actions.settle_elsewhere, reference=stay.reference, kind="relatives",
       next_check_at=NOW + HOUR)  # fmt: skip

    with rls.acting(actor=actor_named("worker"), now=NOW):
        clock = Deadline.objects.get(case_id=stay.case_id, clock="safe_elsewhere")

    assert clock.due_at == NOW + HOUR


def test_keeper_finds_who_is_out_among_the_work():
    away(back_due=NOW + HOUR)
    keeper = actor_named("keeper")

    with rls.acting(actor=keeper, now=NOW):
        lines = [line for line in work_for(keeper, now=NOW).lines if line.due == NOW + HOUR]

    assert [line.what for line in lines] == ["Tạm ra ngoài: đã về chưa?"]
