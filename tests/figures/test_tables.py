"""What is counted has a place to stand: a state without one would silently leave the figures."""

from figures import sources
from figures.tables import REFERRAL_STATES, STAY_OUTCOMES, TABLES, TITLES
from referral.models import State
from shelters.models import StayState


def test_every_state_of_a_referral_is_counted():
    assert set(REFERRAL_STATES) == set(State.values), "figures/tables.py and the words in labels.py"


def test_every_stay_has_an_outcome_but_one_entered_by_mistake():
    assert set(StayState.values) - sources.OUTCOME.keys() == {"VOIDED"}
    assert {*sources.OUTCOME.values(), "not_placed"} == set(STAY_OUTCOMES)


def test_every_view_that_may_be_shown_has_a_title():
    assert {(table.code, view) for table in TABLES for view in table.margins} == TITLES.keys()
