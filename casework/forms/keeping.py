"""Keeping a file from being erased, letting it go, and erasing it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.actions.erasing import EraseReason
from casework.models import HoldReason
from network.formkit import Day, Form, LongText, OneOf, Text, Tick


class HoldForm(Form):
    """Why, for whom, by which paper, until when."""

    reason = OneOf(HoldReason.choices, label=_("Why is it kept?"), missing=_("Choose a reason"))
    holder = Text(
        label=_("Who asked for it?"),
        help_text=_("Office and person"),
        missing=_("Write who asked for it"),
    )
    paper = Text(
        label=_("By which paper?"),
        help_text=_("Its number and date"),
        missing=_("Write the paper’s number and date"),
    )
    last_day = Day(
        label=_("Until the end of which day?"),
        help_text=_("Leave empty if no end is known: it lasts until it is lifted"),
        required=False,
        big=False,
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.today = timezone.localdate(now)

    def clean_last_day(self) -> Any:
        """A day to come, or today."""
        day = self.cleaned_data["last_day"]
        if day is not None and day < self.today:
            raise ValidationError(_("This day has passed. Write a day to come, or none"))
        return day

    def ends(self) -> datetime | None:
        """The first moment after the last day; None for no end."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class LiftForm(Form):
    """Why a file need not be kept any longer."""

    why = LongText(
        label=_("Why need it not be kept any longer?"),
        help_text=_("One sentence, with the paper that says so"),
        missing=_("Write why"),
        rows=2,
    )


class EraseForm(Form):
    """Why a file is erased; her own request is verified alone with her."""

    reason = OneOf(EraseReason.choices, label=_("Why is it erased?"), missing=_("Choose a reason"))
    alone = Tick(label=_("If the person asked: I made sure of it alone with them"))

    def clean(self) -> dict[str, Any]:
        """A request may have been made under pressure: it is verified alone."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reason") == EraseReason.HER_REQUEST and not cleaned.get("alone"):
            self.add_error("alone", ValidationError(_("Speak with the person alone first")))
        return cleaned
