"""What a receiver answers, and what it says while it works and at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.forms.coded import CodedForm
from network import registry
from network.formkit import Choose, Form, LongText, Moment, OneOf, SomeOf, Text
from referral.actions.answer import Said

COORDINATORS_ONLY = {"conflict": _("Only coordinators can read this reason")}


def feedback() -> LongText:
    """What is written back at the end of the work."""
    return LongText(
        label=_("Words for the sender"),
        help_text=_("Sealed: only the sender and your agency can open them."),
        required=False,
        rows=3,
    )


class DeclineForm(CodedForm):
    """A no, with a reason."""

    coded = {"reason": "decline_reason"}

    reason = OneOf(
        (),
        label=_("Why?"),
        help_text=_("The sender sees the reason at once and is offered another agency."),
        missing=_("Choose a reason"),
        hints=COORDINATORS_ONLY,
    )


class PartsForm(Form):
    """Which parts are taken on."""

    parts = SomeOf(
        (),
        label=_("Which part do you accept?"),
        missing=_("Tick at least one part"),
        required=True,
        tiles=False,
    )

    def __init__(self, *args: Any, needs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = registry.named("referral_need", needs)


class CompleteForm(CodedForm):
    """The end of the work."""

    coded = {"outcome": "referral_outcome"}

    outcome = OneOf((), label=_("How did it end?"), missing=_("Choose an outcome"))
    feedback = feedback()


class ReturnForm(CodedForm):
    """Giving work back."""

    coded = {"reason": "return_reason"}

    reason = OneOf(
        (),
        label=_("Why does it go back?"),
        missing=_("Choose a reason"),
        hints=COORDINATORS_ONLY,
    )
    feedback = feedback()


class VoidForm(CodedForm):
    """Undoing an acceptance made by mistake."""

    coded = {"reason": "void_reason"}

    reason = OneOf((), label=_("What was the mistake?"), missing=_("Choose a reason"))


class OutsideForm(CodedForm):
    """What an office outside the network answered, as the sender heard it."""

    coded = {"reason": "decline_reason", "how": "contact_channel"}

    answer = OneOf((), label=_("What did they answer?"), missing=_("Choose what they answered"))
    parts = SomeOf((), label=_("If in part: which parts?"), tiles=False)
    reason = Choose(label=_("If declined: why?"), required=False)
    who = Text(
        label=_("Who answered?"),
        help_text=_("Name and office of the person you spoke to. Sealed."),
        missing=_("Write who answered"),
    )
    how = OneOf((), label=_("How did they answer?"), missing=_("Choose how"))
    at = Moment(label=_("When?"), past=True, missing=_("Write the day and the time of the answer"))
    words = LongText(label=_("What they said"), required=False, rows=2)

    def __init__(self, *args: Any, needs: Sequence[str], is_notice: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = registry.choices("referral_answer")
        fitting = [one for one in answers if (one[0] == "acknowledged") == is_notice]
        self.fields["answer"].choices = fitting
        self.fields["parts"].choices = registry.named("referral_need", needs)
        if is_notice or not needs:
            del self.fields["parts"]
        if is_notice:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a no and for the parts of a part."""
        given = super().clean() or {}
        if given.get("answer") == "declined" and not given.get("reason"):
            self.add_error("reason", ValidationError(_("Choose a reason")))
        if given.get("answer") == "partly" and not given.get("parts"):
            if "parts" in self.fields:
                self.add_error("parts", ValidationError(_("Tick at least one part")))
            else:
                self.add_error("answer", ValidationError(_("This request has no parts")))
        return given

    def said(self) -> Said:
        """The answer as the action takes it."""
        given = self.cleaned_data
        return Said(
            answer=given["answer"],
            how=given["how"],
            who=given["who"],
            at=given["at"],
            parts=tuple(given.get("parts") or ()),
            reason=given.get("reason") or "",
            words=given["words"],
        )
