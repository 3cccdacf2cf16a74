"""Is the input well-shaped? Nothing here decides what is permitted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from network import formkit
from network.models import Membership
from network.roles import Role

USERNAME = RegexValidator(r"^[\w.+-]{2,60}\Z", _("Use 2 to 60 letters, digits and . - _ only"))


class SignIn(LoginForm):
    """allauth's own, in our words."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["login"].label = _("User name")
        for field in self.fields.values():
            in_words(field, _("Write this to sign in"))
            field.help_text = ""


class ChangePassword(ChangePasswordForm):
    """allauth's own, each empty field saying which one it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = {
            "oldpassword": _("Write your password of now"),
            "password1": _("Write a new password"),
            "password2": _("Write the new password once more"),
        }
        for name, said in missing.items():
            in_words(self.fields[name], said)


class Again(ReauthenticateForm):
    """allauth's own, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_words(self.fields["password"], _("Write your password"))


def in_words(field: forms.Field, missing: Any) -> None:
    """No label a second time inside the box, which would look filled in."""
    field.widget.attrs.pop("placeholder", None)
    field.error_messages["required"] = missing


class Roles(formkit.Form):
    """What a person does; only what the asking person may give is offered."""

    roles = formkit.SomeOf(
        (), label=_("What does this person do?"), missing=_("Choose at least one"), required=True
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: Any = self.fields["roles"]
        asked.choices = [(role, Role(role).label) for role in offered]


class Invite(Roles):
    """A person who is to sign in."""

    family = formkit.Text(label=_("Family name"), max_length=40, missing=_("Write the family name"))
    middle = formkit.Text(label=_("Middle name"), max_length=60, required=False)
    given = formkit.Text(label=_("Given name"), max_length=40, missing=_("Write the given name"))
    username = formkit.Text(
        label=_("User name"),
        help_text=_("Letters without accents, for example: hanh.tran"),
        max_length=60,
        validators=[USERNAME],
        missing=_("Write a user name"),
    )
    language = formkit.OneOf(settings.LANGUAGES, label=_("Language"), initial="vi", inline=True)
    field_order = ("family", "middle", "given", "username", "roles", "language")


class AddMember(Roles):
    """Somebody who signs in already."""

    username = formkit.Text(label=_("User name"), max_length=60, missing=_("Write a user name"))
    field_order = ("username", "roles")


class NewPassword(formkit.Form):
    """A password by a one-time code."""

    username = formkit.Text(label=_("User name"), max_length=60, missing=_("Write a user name"))
    code = formkit.Text(
        label=_("Code that you were told"), max_length=40, width=10, missing=_("Write the code")
    )
    password = formkit.Text(
        label=_("New password"),
        missing=_("Write a new password"),
        help_text=_("At least 12 characters"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = formkit.Text(
        label=_("New password once more"),
        missing=_("Write it once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain = {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["username"].widget.attrs.update({"autocomplete": "username", **plain})
        self.fields["code"].widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})

    def clean_password(self) -> str:
        """Long enough, and not among the common ones."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Twice the same."""
        data = super().clean() or {}
        if "password" in data and data["password"] != data.get("again"):
            self.add_error("again", _("The two passwords differ"))
        return data

    def refuse_code(self) -> None:
        """Say that user name and code do not belong together, nothing more."""
        self.add_error("code", ValidationError(_("This code is wrong or no longer valid")))


class AddShift(formkit.Form):
    """Who is on duty, from when, for how long."""

    membership = formkit.Choose(label=_("Who is on duty?"))
    starts = formkit.Moment(label=_("From when?"), missing=_("Write day and time"))
    hours = formkit.Whole(label=_("For how many hours?"), least=1, most=24, initial=12)
    turn = formkit.OneOf(
        (("1", _("First")), ("2", _("Second, if the first does not answer"))),
        label=_("Who is rung?"),
        initial="1",
    )
    phone = formkit.Phone(label=_("Which phone rings?"), missing=_("Write the number that rings"))

    def __init__(self, *args: Any, members: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: Any = self.fields["membership"]
        asked.choices = [(str(one.reference), one.user.name) for one in members]

    def ends(self) -> datetime:
        """When the shift ends."""
        starts: datetime = self.cleaned_data["starts"]
        return starts + timedelta(hours=self.cleaned_data["hours"])
