"""allauth's forms of the second step, in our words."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from network import lockout
from network.forms import in_words


class _Code(forms.Form):
    """Its empty box says what to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], _("Write the code"))


class _Counted(_Code, BaseAuthenticateForm):
    """Wrong codes close the door, in all processes: allauth would count in each by itself."""

    def clean_code(self) -> str:
        """The code. Raises ValidationError for a wrong one, and for any once the door is closed."""
        request, name = context.request, self.user.get_username()
        if lockout.is_closed(request, name):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            code: str = super().clean_code()
        except forms.ValidationError:
            lockout.count_wrong_code(request, name)
            raise
        return code


class Authenticate(_Counted, AuthenticateForm):
    """A code at signing in."""


class Again(_Counted, ReauthenticateForm):
    """A code once more, before what is sealed."""


class Activate(_Code, ActivateTOTPForm):
    """The first code of an app."""


class AddKey(AddWebAuthnForm):
    """A key of the device; its name has no words of allauth's in Vietnamese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
