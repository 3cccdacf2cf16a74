"""Several offices around one case: who sat in a conference, and what they decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from casework.actions.conference import Seat
from casework.actions.plan import Item
from casework.forms.coded import CodedForm
from network.formkit import LongText, Moment, OneOf, SomeOf


class ConferenceForm(CodedForm):
    """A conference that took place; only offices and people who may see the case are offered."""

    coded = {"needs": "plan_need"}

    held_at = Moment(
        label=_("When was it held?"), missing=_("Write the day and the time"), past=True
    )
    agencies = SomeOf(
        (), label=_("Which offices sat there?"), missing=_("Choose the offices"), required=True,
        tiles=False,
    )  # fmt: skip
    attendees = SomeOf((), label=_("Who sat there?"), tiles=False)
    needs = SomeOf(
        (),
        label=_("What was decided to do?"),
        help_text=_("Each becomes an item of the plan."),
        tiles=False,
    )
    minutes = LongText(label=_("What was said and agreed"), required=False)

    def __init__(self, *args: Any, seats: Sequence[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = {str(seat.agency): seat.office for seat in seats}
        self.fields["agencies"].choices = list(offices.items())
        self.fields["attendees"].choices = [
            (str(seat.person), f"{seat.name}, {seat.office}") for seat in seats if seat.person
        ]

    def given(self, now: datetime) -> dict[str, Any]:
        """What the action takes; a phone's clock that runs ahead is forgiven."""
        said = self.cleaned_data
        return {
            "held_at": min(said["held_at"], now),
            "agencies": [UUID(one) for one in said["agencies"]],
            "attendees": [UUID(one) for one in said["attendees"]],
            "decisions": [Item(need) for need in said["needs"]],
            "minutes": said["minutes"],
        }


class MendNoteForm(CodedForm):
    """Other words for a note; the old ones are kept with the reason."""

    coded = {"reason": "correction_reason"}

    words = LongText(label=_("What is right"), missing=_("Write the note"))
    reason = OneOf((), label=_("Why is it changed?"), missing=_("Choose a reason"))
    why = LongText(label=_("In a few words"), required=False, rows=2)


class CancelForm(CodedForm):
    """Why a planned meeting will not be held."""

    coded = {"reason": "drop_reason"}

    reason = OneOf((), label=_("Why will it not be held?"), missing=_("Choose a reason"))
