"""Reviewing what others did, giving one's reason, and keeping somebody out."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.forms.coded import CodedForm
from network.formkit import Choose, Form, LongText, OneOf

Choices = list[tuple[str, str | Promise]]


class ReviewForm(Form):
    """Another person's answer."""

    verdict = OneOf((), label=_("What do you say?"), missing=_("Say what you think"))

    def __init__(self, *args: Any, answers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["verdict"]
        field.choices = answers


class ExplainForm(Form):
    """Why a case had to be opened."""

    words = LongText(
        label=_("Why did you have to open it?"),
        help_text=_("One or two sentences. Another person reads them."),
        missing=_("Write why"),
        rows=3,
    )


class BlockForm(CodedForm):
    """Whom to keep out, and why."""

    coded = {"reason": "block_reason"}

    who = Choose(label=_("Who may not see this case?"), missing=_("Choose a person or an office"))
    reason = OneOf((), label=_("Why?"), missing=_("Choose a reason"))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["who"]
        field.choices = [("", _("Choose")), *people]
