"""Choosing a commune without a script: one's own, one by its old or new name, or not known."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from network import places
from network.formkit import Form, OneOf, Text
from network.models import AdminUnit

OTHER, UNKNOWN = "other", "unknown"
BEFORE_2025 = date(2025, 6, 30)
FORMERS_SHOWN = 4


@lru_cache(maxsize=8)
def options(names: tuple[str, ...]) -> SafeString:
    """What a box offers while one types: a hundred names, the same on every page of a day."""
    return format_html_join("", '<option value="{}"></option>', ((name,) for name in names))


class PlaceForm(Form):
    """The question "where?"; after `is_valid`, `unit` is the commune or None for not known.

    A name that several places answer is asked back as a choice, in the same form.
    """

    place = OneOf((), label=_("1. Where?"), missing=_("Choose where it is, or Not known yet"))
    place_name = Text(
        label=pgettext_lazy("report", "Commune or ward"),
        help_text=_("Old or new name, accents not needed. For example: dinh cao"),
        required=False,
        max_length=80,
    )

    def __init__(self, *args: Any, home: AdminUnit | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.unit: AdminUnit | None = None
        self.communes = options(places.commune_names(today))
        self.found = self._found()
        field = self.fields["place"]
        field.choices, field.widget.hints = self._choices(home)
        field.widget.opens = OTHER
        self.fields["place_name"].widget.attrs |= {"list": "communes", "autocapitalize": "none"}

    def _found(self) -> list[places.Found]:
        typed = str(self.data.get(self.add_prefix("place_name"), ""))[:80]
        return places.find_places(typed, self.today) if typed.strip("\0 ") else []

    def _choices(self, home: AdminUnit | None) -> tuple[list[tuple[str, str]], dict[str, str]]:
        choices, hints = [], {}
        shown = self.found if len(self.found) > 1 else []
        if home is not None and home.pk not in {found.unit.pk for found in shown}:
            choices.append((key_of(home), capfirst(home.label)))
            hints[key_of(home)] = gettext("Your commune")
        for found in shown:
            choices.append((key_of(found.unit), capfirst(found.unit.label)))
            hints[key_of(found.unit)] = self._hint(found)
        choices.append((OTHER, gettext("Another commune or ward")))
        choices.append((UNKNOWN, gettext("Not known yet")))
        hints[UNKNOWN] = gettext("The coordinator will find it with you")
        return choices, hints

    def _hint(self, found: places.Found) -> str:
        if found.was is not None:
            return gettext("Now includes the former %(was)s") % {"was": found.was.label}
        formers = places.former_of(found.unit, BEFORE_2025)[:FORMERS_SHOWN]
        names = ", ".join(unit.name for unit in formers)
        return gettext("Made of %(names)s") % {"names": names} if names else ""

    def clean(self) -> dict[str, Any]:
        """Find the commune; raises nothing, but leaves an error where a choice is open."""
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("place", "")
        if chosen == OTHER:
            self._look_up()
        elif chosen.isdigit():
            self.unit = next(
                (unit for unit in places.communes(self.today) if key_of(unit) == chosen), None
            )
        return cleaned

    def _look_up(self) -> None:
        units = {found.unit.pk: found.unit for found in self.found}
        if len(units) == 1:
            self.unit = next(iter(units.values()))
        elif units:
            self.add_error("place", self._several(len(units)))
        elif self.cleaned_data.get("place_name"):
            self.add_error(
                "place_name",
                ValidationError(_("No commune has this name. Check it, or choose Not known yet")),
            )
        else:
            self.add_error("place_name", ValidationError(_("Write the name of the commune")))

    def _several(self, number: int) -> ValidationError:
        return ValidationError(
            _("%(n)d places answer to this name. Choose one, or Not known yet"),
            params={"n": number},
        )


def key_of(unit: AdminUnit) -> str:
    """What a unit is called in the form."""
    return str(unit.pk)
