"""How long a drill waits for a house: counted in what the house works, not in seconds.

On a busy machine everything takes as much longer as the machine gives the house less, and so does
this patience. It ends once the house has worked more than enough, or lies idle and does nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

WORK = 180.0  # seconds of CPU: whoever has not come by then does not come
IDLE, LEAST = 60.0, 0.5  # a house that in so many seconds works less than this stands still
TICK = 0.05


@dataclass
class Patience:
    """`worked`: seconds of CPU that the house has used since it first stood; only grows."""

    worked: Callable[[], float]
    clock: Callable[[], float] = time.monotonic
    rest: Callable[[float], None] = time.sleep
    _begun: float = field(init=False)
    _noted: tuple[float, float] = field(init=False)  # (moment, worked) when last seen at work

    def __post_init__(self) -> None:
        self._begun = self.worked()
        self._noted = self.clock(), self._begun

    def until(self, there: Callable[[], bool]) -> bool:
        """Wait until it is so; false where there is no more use in waiting."""
        while not there():
            if not self._lasts():
                return False
            self.rest(TICK)
        return True

    def _lasts(self) -> bool:
        now, worked = self.clock(), self.worked()
        if worked - self._noted[1] >= LEAST:
            self._noted = now, worked
        return worked - self._begun < WORK and now - self._noted[0] < IDLE
