"""A bed that was asked for at leisure is needed within the hour after all."""

import pytest

from casework.actions import assess_case, claim_case
from hotline.models import RINGING, Alert
from shelters import actions
from shelters.models import Stay
from shelters.rules import Party
from tests.casework import looks
from tests.casework.steps import CALM
from tests.shelters.conftest import do, fresh, make_case, make_stay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("houses")]
MANY = Party(adults=9, sex="female", needs=("wheelchair",))  # nobody has so many such beds


def rung(stay: Stay, topic: str = "stay.amended") -> list[str]:
    rows = looks.rows(Alert, stay.case.reference, topic=topic)
    assert all(row.emergency for row in rows)
    return looks.codes([row.agency_id for row in rows if row.state in RINGING])


def amend(stay: Stay, *, emergency: bool, party: Party | None = None) -> None:
    do("worker", actions.amend_request, reference=stay.reference, emergency=emergency,
       party=party or Party(sex="female"))  # fmt: skip


def test_every_house_that_may_answer_is_rung():
    stay = make_stay()

    amend(stay, emergency=True)

    assert "tamlanh-dongtao" in rung(stay)
    assert "truc" not in rung(stay)


def test_where_no_bed_fits_the_duty_desk_is_rung_too():
    stay = make_stay(party=MANY)
    assert fresh(stay).state == "WAITING"

    amend(stay, emergency=True, party=MANY)

    assert rung(stay, "stay.waiting") == ["truc"]


@pytest.mark.parametrize(("weapon", "rings"), [("yes", ["truc"]), ("no", [])])
def test_who_waits_and_is_in_grave_danger_by_now_is_the_duty_desks_to_place(weapon, rings):
    stay = make_stay(make_case(), party=MANY)
    assert rung(stay, "stay.waiting") == []
    do("worker", claim_case, reference=stay.case.reference)

    do("worker", assess_case, reference=stay.case.reference, answers={**CALM, "weapon": weapon},
       overriding="Đang nguy hiểm")  # fmt: skip

    assert rung(stay, "stay.waiting") == rings


@pytest.mark.parametrize(("was", "is_now"), [(False, False), (True, True), (True, False)])
def test_other_changes_ring_nobody(was, is_now):
    stay = make_stay(make_case(), emergency=was)

    amend(stay, emergency=is_now)

    assert rung(stay) == []
