"""How allauth is told our house's rules."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: people are invited by their agency."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False
