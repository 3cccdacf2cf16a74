"""The report, from three answers to a case with owner, clocks, card and level."""

import pytest

from casework import actions
from casework.models import Case, Report
from casework.reports import Sealed
from safekeeping import rls
from tests.casework.conftest import facts

pytestmark = pytest.mark.django_db


def test_three_answers_open_a_case_of_the_commune(cast, now):
    officer = cast["officer"]
    with rls.acting(actor=officer, now=now):
        made = actions.report_case(
            actor=officer, facts=facts(), sealed=Sealed(ring_back="0900 000 017"), now=now
        )
        row = Report.objects.get(reference=made)

    with rls.acting(actor=cast["supervisor"], now=now):
        case = Case.objects.visible_to(cast["supervisor"]).get(pk=row.case_id)

    assert (case.state, case.risk_level) == ("DETECTED", "standard")
    assert case.owner.code == "ubnd-12424"
    assert case.code.startswith("HY-26-")
