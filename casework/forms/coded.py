"""Forms whose answers come from the network's code lists, and what many of them share."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from network import law
from network.formkit import Choose, Form, Moment, OneOf, Text

YES, NO, NOT_ASKED = "yes", "no", ""
ALONE = ((YES, _("Yes, alone")), (NO, _("No, somebody was there")))


class CodedForm(Form):
    """`coded` names each field's code list; a list to open gets an empty first line if optional."""

    coded: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, code_list in self.coded.items():
            field = self.fields[name]
            choices = list(law.choices(code_list))
            if isinstance(field, Choose):
                choices.insert(0, ("", gettext("Choose")))
            field.choices = choices


class LateForm(CodedForm):
    """A form for something that may be written down later than it happened."""

    aside: ClassVar[tuple[str, ...]] = ("happened_at",)

    happened_at = Moment(
        label=_("When was it?"),
        help_text=_("Leave empty for now"),
        required=False,
        past=True,
        big=False,
    )


class HurriedForm(LateForm):
    """A form that danger to life may carry past what would otherwise hold it up."""

    overriding = Text(
        label=_("Danger to life now: why can it not wait?"),
        help_text=_("One sentence. A supervisor reads it within 24 hours; it is no fault."),
        required=False,
        max_length=300,
    )

    aside: ClassVar[tuple[str, ...]] = ("happened_at", "overriding")


def alone(required: bool = True) -> OneOf:
    """The question whether one could talk alone."""
    return OneOf(
        ALONE,
        label=_("Were you alone together?"),
        missing=_("Say whether you were alone together"),
        required=required,
        inline=True,
    )


def as_bool(answer: str) -> bool | None:
    """Yes, no, or not asked."""
    return {YES: True, NO: False}.get(answer)


def safe_again() -> Choose:
    """The question how the person may safely be reached again."""
    return Choose(
        label=_("How may the person safely be reached again?"),
        missing=_("Say how the person may safely be reached again"),
    )


def seen() -> forms.CharField:
    """What stood there when the form was drawn, so that the later of two tabs is noticed."""
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)
