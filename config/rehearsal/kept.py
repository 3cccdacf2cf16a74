"""What a play keeps in mind: the newest cases of each kind, and the clocks that ran out."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from safekeeping.events import Event

# Also what was over when a late report told of it: nobody was woken, and it was missed.
MISSED = frozenset({"deadline.breached", "deadline.found_late"})
KEPT = 8


@dataclass
class Looks:
    """The newest cases of each kind, and the clocks that ran out, as they are heard."""

    cases: dict[str, deque[Any]] = field(default_factory=dict)
    missed: Counter[str] = field(default_factory=Counter)

    def hear(self, event: Event) -> None:
        """Count what was missed."""
        if event.topic in MISSED:
            self.missed[event.code] += 1

    def keep(self, scene: Any) -> None:
        """This is how its kind looks now; the older ones, where nobody sees it any more."""
        self.cases.setdefault(scene.kind, deque(maxlen=KEPT)).appendleft(scene)
