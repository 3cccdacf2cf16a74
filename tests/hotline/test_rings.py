"""Who is rung about what is one table: each row has words, and somebody or something ends it."""

import pytest

from casework.timeline import _titles
from hotline import handlers, titles

pytestmark = pytest.mark.django_db  # the folder's province is loaded in any case


def test_whatever_rings_has_a_title_and_a_text():
    assert sorted(handlers.RINGS.keys() - titles.TITLES.keys()) == [], "say it in hotline/titles.py"


def test_nothing_has_words_that_never_rings():
    assert sorted(titles.TITLES.keys() - handlers.RINGS.keys()) == []


def test_only_what_rings_is_settled_by_an_act():
    settled = {topic for topics in handlers.SETTLES.values() for topic in topics}

    assert sorted(settled - handlers.RINGS.keys()) == []


def test_what_settles_and_ends_are_events_that_happen():
    named = {*handlers.SETTLES, *handlers.ENDS, *handlers.ABOUT_HER, *handlers.RINGS}

    assert sorted(named - _titles.keys()) == []
