"""The kinds of question a form may ask, each with messages that say what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.formkit import times, widgets
from network.formkit.widgets import Words

Choices = Iterable[tuple[Any, Words]]
SHORT, LONG = 200, 5000  # characters; our choice: a line, and two pages
CLOCK_SKEW = timedelta(minutes=2)  # a phone's clock may run ahead of ours
LOCAL_NUMBER = re.compile(r"^0(?:[35789]\d{8}|2\d{9})$")  # mobile of 10 digits, fixed line of 11
# Before a national number, whose own 0 many leave standing: +84 0912…, 0084 912…
OF_VIET_NAM = re.compile(r"^(?:\+|00)?84(?:0(?=\d{9,10}$)|(?=\d{9,10}$))")
SHORT_NUMBER = re.compile(r"^\d{3,5}$")  # 111, 113, 18001: of a service, never a person's
FOREIGN_NUMBER = re.compile(r"^\+(?!84)\d{8,15}$")

MESSAGES: dict[str, Any] = {
    "required": _("Answer this question"),
    "invalid_choice": _("Choose one of the answers shown"),
    "max_length": _("Use at most %(limit_value)d characters; there are %(show_value)d now"),
    "null_characters_not_allowed": _(
        "This text holds a hidden character that cannot be kept. Type it again"
    ),
}


class Asked:
    """Mixed into each field: `missing` says what to do when nothing was given.

    `big` sets the question as a heading, as for the main questions of a page.
    """

    def __init__(self, *, missing: Words = "", big: bool | None = None, **kwargs: Any) -> None:
        messages = {**MESSAGES, **kwargs.pop("error_messages", {})}
        if missing:
            messages["required"] = missing
        super().__init__(error_messages=messages, **kwargs)  # type: ignore[call-arg]
        use_fieldset = self.widget.use_fieldset  # type: ignore[attr-defined]
        self.big = use_fieldset if big is None else big


class Text(Asked, forms.CharField):
    """A line of text, in composed Unicode so that the same word is always the same letters."""

    def __init__(self, *, width: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", SHORT)
        super().__init__(**kwargs)
        if width:
            self.widget.attrs["class"] = f"govuk-input--width-{width}"

    def to_python(self, value: Any) -> Any:
        """Return the text, stripped and composed."""
        text = super().to_python(value)
        return unicodedata.normalize("NFC", text) if isinstance(text, str) else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out maxlength: a browser would cut pasted text off without a word."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class LongText(Text):
    """Several lines of text."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONG)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "cols": None}), **kwargs)


class Phone(Text):
    """A telephone number; the value is its digits, with a plus only for foreign ones."""

    default_hint = _("10 digits, for example 0900 000 017")

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": kwargs.pop("autocomplete", "off")}
        super().__init__(width=kwargs.pop("width", 10), max_length=30, **kwargs)
        self.widget.input_type = "tel"
        self.widget.attrs.update(attrs)

    def clean(self, value: Any) -> str:
        """Return the digits; raises ValidationError saying how many are needed."""
        digits = re.sub(r"[^\d+]", "", str(super().clean(value) or ""))
        digits = OF_VIET_NAM.sub("0", digits)
        if SHORT_NUMBER.match(digits):
            raise ValidationError(
                _("%(number)s is the number of a service. Write a person’s own, of 10 digits"),
                params={"number": digits},
            )
        if digits and not (LOCAL_NUMBER.match(digits) or FOREIGN_NUMBER.match(digits)):
            raise ValidationError(_("The number needs 10 digits, for example 0900 000 017"))
        if not digits and value:
            raise ValidationError(_("Write the number in digits, for example 0900 000 017"))
        return digits


class Whole(Asked, forms.IntegerField):
    """A small whole number."""

    def __init__(self, *, most: int = 99, least: int = 0, **kwargs: Any) -> None:
        wrong = _("Write a whole number from %(least)d to %(most)d")
        said = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
            min_value=least,
            max_value=most,
            error_messages=said,
            **kwargs,
        )
        self.bounds = {"least": least, "most": most}

    def clean(self, value: Any) -> int | None:
        """Return the number; raises ValidationError naming the bounds."""
        try:
            number: int | None = super().clean(value)
        except ValidationError as wrong:
            for error in wrong.error_list:
                error.params = {**(error.params or {}), **self.bounds}
            raise
        return number


class OneOf(Asked, forms.ChoiceField):
    """One of a few answers, as radios (or tiles)."""

    def __init__(
        self,
        choices: Choices,
        *,
        hints: Mapping[str, Words] | None = None,
        inline: bool = False,
        tiles: bool = False,
        **kwargs: Any,
    ) -> None:
        widget = widgets.Radios(inline=inline, tiles=tiles)
        super().__init__(choices=choices, widget=widget, **kwargs)
        self.widget.hints = hints or {}


class SomeOf(Asked, forms.MultipleChoiceField):
    """Any of several answers; those in `apart` (nothing, could not ask) exclude all others."""

    def __init__(
        self,
        choices: Choices,
        *,
        apart: Sequence[str] = (),
        hints: Mapping[str, Words] | None = None,
        tiles: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("required", False)
        widget = widgets.Tiles(apart=apart, tiles=tiles)
        super().__init__(choices=choices, widget=widget, **kwargs)
        self.apart = frozenset(apart)
        self.widget.hints = hints or {}

    def clean(self, value: Any) -> list[str]:
        """Return the answers; raises ValidationError where one excludes another."""
        answers: list[str] = super().clean(value)
        if len(answers) > 1 and self.apart.intersection(answers):
            raise ValidationError(_("Two answers contradict each other: keep one of them"))
        return answers


class Choose(Asked, forms.ChoiceField):
    """One of many, as a list to open."""


class Tick(Asked, forms.BooleanField):
    """One box to tick."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)


class Day(Asked, forms.MultiValueField):
    """A date in three boxes; `past` refuses a day to come (the form hands over its `now`)."""

    boxes: type[widgets.DayBoxes] = widgets.DayBoxes
    wrong: Any = _("There is no such day. Write day, month and year, for example 24 11 2026")
    now: datetime | None = None

    def __init__(self, *, past: bool = False, **kwargs: Any) -> None:
        self.past = past
        parts = tuple(forms.CharField(required=False, max_length=20) for _name in self.boxes.names)
        super().__init__(fields=parts, widget=self.boxes(), require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the date, or None for empty boxes; raises ValidationError in our words."""
        typed = [str(part or "").strip() for part in value or ()]
        if any(len(part) > 20 or "\0" in part for part in typed):  # noqa: PLR2004
            raise ValidationError(self.wrong, code="invalid")
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        return self.checked(self.read(typed))

    def read(self, typed: list[str]) -> date | None:
        """Read the boxes; None where they make no date."""
        return times.read_day(*typed)

    def checked(self, day: Any) -> Any:
        """Return the value; raises ValidationError for no such day, or one to come."""
        if day is None:
            raise ValidationError(self.wrong, code="invalid")
        if self.past and self.now and self.is_ahead(day, self.now):
            raise ValidationError(
                _("This is still to come. Write when it happened"), code="invalid"
            )
        return day

    def is_ahead(self, value: Any, now: datetime) -> bool:
        """Is the day after today?"""
        return bool(value > timezone.localdate(now))

    def compress(self, data_list: list[Any]) -> Any:
        """Unused: `clean` reads the boxes itself, for messages of our own."""
        raise NotImplementedError


class Moment(Day):
    """A date and a time of day, local; the value is an aware datetime."""

    boxes = widgets.MomentBoxes
    wrong = _("Write day, month, year and time, for example 24 11 2026 and 21:30")

    def read(self, typed: list[str]) -> datetime | None:
        """Read the boxes; None where they make no moment."""
        day, clock = times.read_day(*typed[:3]), times.read_clock(typed[3])
        if day is None or clock is None:
            return None
        return timezone.make_aware(datetime.combine(day, clock))

    def checked(self, day: Any) -> Any:
        """The same; what a phone that runs ahead calls a moment to come is now."""
        moment = super().checked(day)
        return min(moment, self.now) if self.past and self.now else moment

    def is_ahead(self, value: Any, now: datetime) -> bool:
        """Is the moment after now, a phone's clock forgiven?"""
        return bool(value > now + CLOCK_SKEW)
