"""A hold whose time is over, in the moment before the sweep has seen it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from network.models import User
from safekeeping.errors import RuleBroken
from shelters import actions
from shelters.sweeps import lapse_holds
from tests.browser import sessions
from tests.conftest import NOW
from tests.shelters.conftest import bed, do, fresh, make_admitted, make_held
from tests.shelters.test_actions import uses_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("houses")]
OVER = NOW + timedelta(hours=1, seconds=1)


def test_another_bed_can_be_chosen_still():
    stay = make_held()

    do("keeper", actions.move_bed, at=OVER, reference=stay.reference,
       chosen=[bed("hoan-long", "2C").reference])  # fmt: skip

    assert [use.bed.name for use in uses_of(stay)] == ["2C"]
    lapse_holds(OVER)
    assert (fresh(stay, at=OVER).state, uses_of(stay)) == ("LAPSED", [])


def test_a_bed_that_is_slept_in_is_not_chosen():
    make_admitted(names=("2C",))
    stay = make_held()

    with pytest.raises(RuleBroken, match="bed-taken"):
        do("keeper", actions.move_bed, at=OVER, reference=stay.reference,
           chosen=[bed("hoan-long", "2C").reference])  # fmt: skip


def test_page_to_choose_is_shown(monkeypatch):
    from network import middleware

    stay = make_held()
    monkeypatch.setattr(middleware.timezone, "now", lambda: OVER)
    client = Client()
    client.cookies["s"] = sessions.session_for(User.objects.get(username="keeper"))

    assert client.get(reverse("shelters:move", args=[stay.reference])).status_code == 200
