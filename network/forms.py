"""Is the input well-shaped? Nothing here decides what is permitted."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignIn(LoginForm):  # type: ignore[misc]
    """allauth's own, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["login"].label = _("User name")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
            field.error_messages["required"] = _("Write this to sign in")
