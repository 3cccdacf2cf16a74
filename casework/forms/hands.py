"""Who has the case, who may look: giving it on, letting a clock go, linking, searching, glass."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.forms.coded import CodedForm, HurriedForm
from network.formkit import Form, LongText, OneOf, Text
from network.models import Membership


class WorkerForm(HurriedForm):
    """Whom the case is given to."""

    worker = OneOf((), label=_("Who takes it on?"), missing=_("Choose a person"))

    def __init__(self, *args: Any, staff: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("overriding")
        self.fields["worker"].choices = [
            (str(each.user.reference), each.user.name) for each in staff
        ]


class WaiveForm(CodedForm):
    """Why a clock no longer counts."""

    coded = {"reason": "waiver_reason"}

    reason = OneOf((), label=_("Why is it waived?"), missing=_("Choose a reason"))
    words = LongText(label=_("In a few words"), required=False, rows=2)


class LinkForm(Form):
    """Which other case tells of the same event."""

    code = Text(
        label=_("Code of the other case"),
        help_text=_("For example HY-26-7K4QX. The older one is kept."),
        missing=_("Write the code of the other case"),
        width=10,
        max_length=16,
    )

    def clean_code(self) -> str:
        """Codes are read aloud: capitals do not matter."""
        return str(self.cleaned_data["code"]).upper().replace(" ", "")


class SearchForm(Form):
    """Looking whether a person is known already."""

    kind = OneOf(
        (
            ("phone", _("Telephone number")),
            ("name", _("Full name")),
            ("id_number", _("Identity number")),
        ),
        label=_("Look for"),
        missing=_("Choose what to look for"),
        inline=True,
    )
    text = Text(label=_("Number or name"), missing=_("Write what to look for"), max_length=80)


class BreakGlassForm(CodedForm):
    """Why one must look now, without access."""

    coded = {"reason": "break_glass_reason"}

    reason = OneOf((), label=_("Why must you look now?"), missing=_("Choose a reason"))
    overriding = Text(
        label=_("Danger to life now: why can it not wait?"),
        help_text=_("One sentence. A supervisor reads it within 24 hours; it is no fault."),
        missing=_("Say in one sentence why it cannot wait, or confirm first that it is you"),
        max_length=300,
    )

    def __init__(self, *args: Any, is_fresh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_fresh:
            del self.fields["overriding"]
