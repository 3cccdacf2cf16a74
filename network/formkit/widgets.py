"""Widgets that GOV.UK Frontend draws and Django does not know: tiles, hints, day and time boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Hinted:
    """Mixed into a choice widget: a line of explanation under single choices."""

    hints: Mapping[str, Words] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the hint to the option's context and link it for screen readers."""
        opens = str(value) == getattr(self, "opens", None)
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["opens"] = opens and str(value) != ""
        option["hint"] = hint = self.hints.get(str(value), "")
        if hint and "id" in option["attrs"]:
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


class Radios(Hinted, forms.RadioSelect):
    """One of a few answers; `inline` sets short ones side by side."""

    def __init__(self, *, inline: bool = False, tiles: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.opens = ""  # the answer that opens the question written after the radios
        self.shape = " ".join(
            css for css, wanted in (("govuk-radios--inline", inline), ("ma-tiles", tiles)) if wanted
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the outer classes."""
        context = super().get_context(name, value, attrs)
        context["widget"]["shape"] = self.shape
        return context


class Tiles(Hinted, forms.CheckboxSelectMultiple):
    """Big answers to tick; those in `apart` stand after the word "or": they exclude the rest."""

    def __init__(self, *, apart: Sequence[str] = (), tiles: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.apart = tuple(apart)
        self.shape = "ma-tiles" if tiles else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the outer classes and where the word "or" stands."""
        context = super().get_context(name, value, attrs)
        context["widget"]["shape"] = self.shape
        context["widget"]["or_before"] = self.apart[0] if self.apart else None
        return context


class DayBoxes(forms.MultiWidget):
    """Day, month, year in three boxes, in the order of a Vietnamese date."""

    template_name = "formkit/widgets/boxes.html"
    use_fieldset = True
    names: tuple[str, ...] = ("day", "month", "year")
    labels: tuple[Words, ...] = (_("Day"), _("Month"), _("Year"))
    widths: tuple[int, ...] = (2, 2, 4)

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(attrs={"inputmode": "numeric"}) for name in self.names
        }
        super().__init__(boxes, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give each box its label and its width."""
        context = super().get_context(name, value, attrs)
        boxes = context["widget"]["subwidgets"]
        for box, label, width in zip(boxes, self.labels, self.widths, strict=True):
            box["label"], box["width"] = label, width
        return context

    def decompress(self, value: date | None) -> list[Any]:
        """Split a date into its boxes."""
        return [value.day, value.month, value.year] if value else [None, None, None]


class MomentBoxes(DayBoxes):
    """A date and a time of day."""

    names = ("day", "month", "year", "time")
    labels = (_("Day"), _("Month"), _("Year"), _("Time, for example 21:30"))
    widths = (2, 2, 4, 5)

    def decompress(self, value: Any) -> list[Any]:
        """Split a moment into its boxes, in local time."""
        if not isinstance(value, datetime):
            return [None, None, None, None]
        local = timezone.localtime(value)
        return [local.day, local.month, local.year, local.strftime("%H:%M")]
