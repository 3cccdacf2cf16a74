"""Keeping in touch and ending: follow-ups, safety checks, notes, closure."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.forms.care import ANSWERS, QUESTION
from casework.forms.coded import (
    CodedForm,
    HurriedForm,
    LateForm,
    alone,
    as_bool,
    safe_again,
)
from casework.instruments import INSTRUMENTS
from network.formkit import Choose, LongText, Moment, OneOf, SomeOf

AT_CONTACT = "contact_danger"
CONTACT_SAYS = {
    "way": _("Say how you tried"),
    "reached": _("Say whether you reached the person"),
}
REACHED_SAYS = {
    "alone": _("Say whether you were alone together"),
    "safe_again": _("Say how the person may safely be reached again"),
}


class FollowUpForm(HurriedForm):
    """Beginning to follow up, in the way the person chose."""

    coded = {"mode": "follow_up_mode"}

    mode = OneOf(
        (),
        label=_("How does the person want to be met?"),
        help_text=_("After 1 week, then 1, 3 and 6 months, unless you plan otherwise."),
        missing=_("Choose how"),
    )


class PlanFollowUpForm(CodedForm):
    """One more meeting."""

    coded = {"mode": "follow_up_mode"}

    due_at = Moment(label=_("When?"), missing=_("Write the day and the time"))
    mode = OneOf((), label=_("How?"), missing=_("Choose how"))


class HeldForm(LateForm):
    """A meeting that took place."""

    coded = {"safe_again": "contact_channel"}

    alone = alone()
    safe_again = safe_again()
    words = LongText(label=_("What matters for next time"), required=False)

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return {**self.cleaned_data, "alone": as_bool(self.cleaned_data["alone"])}


class MissedForm(LateForm):
    """A meeting that did not take place."""

    coded = {"reason": "missed_reason"}

    reason = OneOf((), label=_("Why did it not happen?"), missing=_("Choose a reason"))


class SafeCheckForm(LateForm):
    """How one knows that the person is safe."""

    coded = {"met_by": "safe_check_met", "safe_again": "contact_channel"}

    met_by = OneOf((), label=_("How do you know?"), missing=_("Say how you know"))
    safe_again = safe_again()
    words = LongText(label=_("Anything to remember, or who saw the person"), required=False, rows=2)


class NoteForm(LateForm):
    """A note; one about a contact says whether it was alone and how to reach the person again."""

    coded = {"kind": "note_kind", "way": "contact_channel", "safe_again": "contact_channel"}

    kind = OneOf((), label=_("Kind of note"), missing=_("Choose the kind"))
    words = LongText(label=_("Note"), missing=_("Write the note"), rows=5)
    way = Choose(label=_("If a contact: how?"), required=False)
    reached = OneOf(
        (("yes", _("Yes")), ("no", _("No"))),
        label=_("Did you reach the person?"),
        required=False,
        inline=True,
    )
    alone = alone(required=False)
    safe_again = safe_again()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["safe_again"].required = False
        for question in INSTRUMENTS[AT_CONTACT].questions:
            self.fields[f"{QUESTION}{question.code}"] = OneOf(
                ANSWERS, label=question.label, required=False, inline=True
            )

    def clean(self) -> dict[str, Any]:
        """Every contact says how it went, and how it may be repeated safely."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") != "contact":
            return cleaned
        wanted = {**CONTACT_SAYS, **(REACHED_SAYS if cleaned.get("reached") == "yes" else {})}
        for name, said in wanted.items():
            if not cleaned.get(name):
                self.add_error(name, ValidationError(said))
        return cleaned

    def given(self) -> dict[str, Any]:
        """What the action takes; the three questions only raise the level."""
        given = {k: v for k, v in self.cleaned_data.items() if not k.startswith(QUESTION)}
        danger = {
            name.removeprefix(QUESTION): answer
            for name, answer in self.cleaned_data.items()
            if name.startswith(QUESTION) and answer
        }
        return {
            **given,
            "alone": as_bool(given["alone"]),
            "reached": as_bool(given["reached"]),
            "danger": danger or None,
        }


BEFORE_CLOSING = (
    ("asked", _("The person was asked and agrees")),
    ("knows_way_back", _("The person knows how to come back at any time")),
    ("safety_plan", _("The safety plan was gone through once more")),
    ("children_seen", _("The children’s needs were looked at")),
)


class ProposeForm(CodedForm):
    """Why the case may be closed; another person answers."""

    coded = {"reason": "closure_reason"}

    reason = OneOf((), label=_("Why may it be closed?"), missing=_("Choose a reason"))
    checklist = SomeOf(
        BEFORE_CLOSING,
        label=_("Before closing"),
        tiles=False,
    )
    words = LongText(label=_("For the one who decides"), required=False)


class ReturnForm(CodedForm):
    """Why it is not closed yet."""

    coded = {"why": "return_closure_reason"}

    why = OneOf((), label=_("Why not yet?"), missing=_("Choose a reason"))
    words = LongText(label=_("What is to be done first"), required=False)


class ReopenForm(CodedForm):
    """Why it is opened again."""

    coded = {"reason": "reopen_reason"}

    reason = OneOf((), label=_("Why is it opened again?"), missing=_("Choose a reason"))
