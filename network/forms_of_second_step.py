"""allauth's forms of the second step, in our words."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _

from network.forms import in_words

MISSING = _("Write the code")


class Authenticate(AuthenticateForm):
    """A code at signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], MISSING)


class Again(ReauthenticateForm):
    """A code once more, before what is sealed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], MISSING)


class Activate(ActivateTOTPForm):
    """The first code of an app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], MISSING)


class AddKey(AddWebAuthnForm):
    """A key of the device; its name has no words of allauth's in Vietnamese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
