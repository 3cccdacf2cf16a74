"""How busy or lazy each office of the world is; what nobody says about an office is the default."""

from dataclasses import dataclass
from typing import Any

from network.models import Agency

DEFAULT = "default"


@dataclass(frozen=True)
class Habits:
    """The world's `habits`: agency code → answer (minutes), lets_ring, declines (shares), pace."""

    world: dict[str, Any]

    def pace_of(self, agency: Agency) -> float:
        """By how much everything takes longer there; 1 is usual."""
        return float(self._of(agency, "pace"))

    def answer_minutes(self, agency: Agency) -> tuple[int, int]:
        """How long a person of it looks at a ringing phone, at least and at most."""
        least, most = self._of(agency, "answer")
        return int(least), int(most)

    def lets_ring(self, agency: Agency) -> float:
        """How often nobody takes it on this rung of the ladder."""
        return float(self._of(agency, "lets_ring"))

    def declines(self, agency: Agency) -> float:
        """How often a request is declined there."""
        return float(self._of(agency, "declines"))

    def _of(self, agency: Agency, what: str) -> Any:
        said = self.world.get(agency.code, {})
        return said.get(what, self.world[DEFAULT][what])
