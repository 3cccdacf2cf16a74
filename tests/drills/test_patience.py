"""A drill's patience is the house's work: a slow machine makes it longer, a dead house not."""

import pytest

from tests.drills.patience import IDLE, WORK, Patience


class Machine:
    """A clock, and a house that gets a share of it; what comes, comes after so much work."""

    def __init__(self, share: float, comes_after: float = float("inf")) -> None:
        self.share, self.comes_after = share, comes_after
        self.now = self.worked = 0.0

    def rest(self, seconds: float) -> None:
        self.now += 1
        self.worked += self.share

    def is_there(self) -> bool:
        return self.worked >= self.comes_after

    def waits(self) -> bool:
        patience = Patience(lambda: self.worked, clock=lambda: self.now, rest=self.rest)
        return patience.until(self.is_there)


@pytest.mark.parametrize("share", [2.0, 1.0, 0.02])
def test_who_needs_so_much_work_is_waited_for_on_a_machine_of_any_speed(share: float) -> None:
    assert Machine(share, comes_after=WORK - 5).waits()


@pytest.mark.parametrize("share", [2.0, 1.0, 0.02])
def test_who_has_not_come_after_enough_work_is_not_waited_for(share: float) -> None:
    machine = Machine(share)

    assert not machine.waits()
    assert machine.worked <= WORK + share


def test_a_house_that_stands_still_is_given_up() -> None:
    machine = Machine(0.0)

    assert not machine.waits()
    assert machine.now <= IDLE + 1
