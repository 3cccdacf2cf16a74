"""Is it well-shaped, what is said of an agency's end or of communes that change?"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network import formkit
from network.actions.reorganising import Becomes, NewUnit, Reorganisation
from network.models.units import WORDS_VI

PARTS, CODE_LONGEST = 3, 8  # of a line
KINDS = {word: kind for kind, word in WORDS_VI.items()}


class EndAgency(formkit.Form):
    """From which day it exists no longer, and who takes over."""

    ends = formkit.Day(
        label=_("From which day does it exist no longer?"), missing=_("Write the day")
    )
    successor = formkit.Choose(
        label=_("Who takes over?"),
        help_text=_("Nobody: what it holds passes to the duty desk."),
        required=False,
    )

    def __init__(self, *args: Any, heirs: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: Any = self.fields["successor"]
        asked.choices = [("", _("Nobody")), *heirs]


class Reorganise(formkit.Form):
    """Several communes become one, or one becomes several."""

    day = formkit.Day(label=_("From which day?"), missing=_("Write the day"))
    old = formkit.Text(
        label=_("Codes of the communes that end"),
        help_text=_("Separated by commas, for example: 12424, 12070"),
        missing=_("Write at least one code"),
        max_length=200,
    )
    new = formkit.LongText(
        label=_("Communes that begin"),
        help_text=_("One a line: code, kind, name. For example: 12424, xã, Tiên Tiến"),
        missing=_("Write at least one line"),
        rows=4,
    )

    def clean_old(self) -> list[str]:
        """The codes, each once."""
        codes = [part.strip() for part in self.cleaned_data["old"].split(",") if part.strip()]
        return list(dict.fromkeys(codes))

    def clean_new(self) -> list[NewUnit]:
        """One unit a line."""
        lines = [line for line in self.cleaned_data["new"].splitlines() if line.strip()]
        return [_unit(line) for line in lines]

    def clean(self) -> dict[str, Any]:
        """Several into several is no page's work: it is loaded as data."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if len(given.get("old", ())) > 1 and len(given.get("new", ())) > 1:
            self.add_error(
                "new", _("Several into one, or one into several. Anything else is loaded as data.")
            )
        return given

    def plan(self) -> Reorganisation:
        """What was written, as the action takes it."""
        given = self.cleaned_data
        is_split = len(given["new"]) > 1
        pairs = [(old, unit.code) for old in given["old"] for unit in given["new"]]
        becomes = [Becomes(old, new, part=is_split) for old, new in pairs]
        return Reorganisation(given["day"], given["new"], becomes)


def _unit(line: str) -> NewUnit:
    parts = [part.strip() for part in line.split(",")]
    is_whole = len(parts) == PARTS and all(parts) and len(parts[0]) <= CODE_LONGEST
    if not is_whole or parts[1].lower() not in KINDS:
        raise ValidationError(_("Write each line as: code, kind (xã, phường …), name."))
    return NewUnit(parts[0], parts[2][:80], KINDS[parts[1].lower()])
