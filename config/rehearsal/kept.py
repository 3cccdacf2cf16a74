"""What a play keeps in mind: the newest case of each kind, and the clocks that ran out."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from safekeeping.events import Event

# Also what was over when a late report told of it: nobody was woken, and it was missed.
MISSED = frozenset({"deadline.breached", "deadline.found_late"})


@dataclass
class Looks:
    """The newest case of each kind, and the clocks that ran out, as they are heard."""

    cases: dict[str, Any] = field(default_factory=dict)
    missed: Counter[str] = field(default_factory=Counter)

    def hear(self, event: Event) -> None:
        """Count what was missed."""
        if event.topic in MISSED:
            self.missed[event.code] += 1

    def keep(self, scene: Any) -> None:
        """This is how its kind looks now."""
        self.cases[scene.kind] = scene
