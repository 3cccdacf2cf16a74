"""allauth's forms of the second step, in our words."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from network.forms import in_words


class _Code(forms.Form):
    """Its empty box says what to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], _("Write the code"))


class Authenticate(_Code, AuthenticateForm):
    """A code at signing in."""


class Again(_Code, ReauthenticateForm):
    """A code once more, before what is sealed."""


class Activate(_Code, ActivateTOTPForm):
    """The first code of an app."""


class AddKey(AddWebAuthnForm):
    """A key of the device; its name has no words of allauth's in Vietnamese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
