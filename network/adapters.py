"""How allauth is told our house's rules."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

from network import lockout, sittings
from network.actions import account


class ClosedDoor(DefaultAccountAdapter):
    """Nobody signs up: people are invited by their agency."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: Any) -> str:
        """Where somebody tries to sign in; allauth's own turns away whom a socket file brings."""
        return lockout.place_of(request)

    def pre_authenticate(self, request: Any, **credentials: Any) -> None:
        """Refuse a name that is being tried from many places, whichever process is asked."""
        name = credentials.get("username", "")
        if name and lockout.is_tried_elsewhere(request, name, request.now):
            raise self.validation_error("too_many_login_attempts")

    def is_reauthentication_required(self, app: str) -> bool:
        """Not within five minutes of signing in: that was proof enough."""
        timeout = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        return not sittings.is_fresh(self.request.session, self.request.now, timeout)

    def send_notification_mail(self, template_prefix: str, *_: Any, **__: Any) -> None:
        """Write down what became of a second step, of which allauth would write to the person."""
        kind, _slash, what = template_prefix.rpartition("/")
        if kind == "mfa/email":
            account.note_second_step(actor=self.request.actor, what=what, now=self.request.now)

    def login(self, request: Any, user: Any) -> None:
        """Sign in, and hold the session to its limits from now on."""
        super().login(request, user)
        sittings.begin(request.session, user, request.now)
