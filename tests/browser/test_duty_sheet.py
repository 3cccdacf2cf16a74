"""A full week fits on one sheet of paper, and on a phone's screen."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from network.models import Agency, Membership, Shift, ShiftPhone, User
from safekeeping import keys
from tests.browser import axe
from tests.shelters.conftest import actor_named, load

pytestmark = pytest.mark.django_db(transaction=True)
TURNS = (0, 8, 16)  # hours at which shifts begin: three a day, each with a second


def fill_the_week() -> None:
    person = actor_named("leader")
    agency = Agency.objects.get(pk=person.agency_id)
    agency.subject = keys.create_subject()
    agency.save(update_fields=["subject"])
    today = timezone.localdate()
    monday = timezone.make_aware(
        datetime.combine(today - timedelta(days=today.weekday()), time.min)
    )
    membership = Membership.objects.get(pk=person.membership_id)
    for hours in (24 * day + at for day in range(7) for at in TURNS):
        starts = monday + timedelta(hours=hours)
        for turn in (1, 2):
            Shift.born(
                agency=agency, membership=membership, starts=starts,
                ends=starts + timedelta(hours=8), turn=turn,
                phone=ShiftPhone(number="0900000017"),
            )  # fmt: skip


def test_a_full_week_is_one_sheet_of_paper(open_page: Any) -> None:
    load()
    fill_the_week()
    page = open_page("/truc/to-truc", user=User.objects.get(username="leader"))

    paper = page.pdf(format="A4", prefer_css_page_size=True)

    assert page.locator(".ma-sheet__turn").count() == 42
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1
    assert not axe.is_too_wide(page)
