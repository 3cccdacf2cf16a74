"""How allauth is told our house's rules."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from network import sittings


class ClosedDoor(DefaultAccountAdapter):
    """Nobody signs up: people are invited by their agency."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False

    def login(self, request: Any, user: Any) -> None:
        """Sign in, and hold the session to its limits from now on."""
        super().login(request, user)
        sittings.begin(request.session, user, request.now)
