"""R7: stays and beds, under people who do what they please. The sentences stand in `machines`."""

import pytest

from tests.conftest import NOW
from tests.drilling import Drill
from tests.drills.machines import cast
from tests.drills.machines.base import go_on
from tests.drills.machines.stay import StayMachine
from tests.shelters.conftest import loaded

__all__ = ["loaded"]

pytestmark = pytest.mark.django_db


def test_no_sentence_is_broken_by_a_stay(loaded: None, drill: Drill) -> None:
    StayMachine.cast = cast.make(NOW)

    go_on(StayMachine, drill, "stay")
