"""Who signs in, and who is there on every request."""

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from network import registry
from network.models import User


class WithMemberships(AuthenticationBackend):
    """allauth's; it brings a person of a session together with what the person may act as."""

    def get_user(self, user_id: int) -> User | None:
        """The person with `memberships_now`; one statement, two for who is no longer a member."""
        held = registry.memberships_of(user_id, timezone.now())
        user: User | None = held[0].user if held else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.memberships_now = held
        return user
