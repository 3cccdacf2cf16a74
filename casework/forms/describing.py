"""What becomes known piece by piece: one form for each sealed group, one for the coded columns.

Each sealed form reads its start from an opened value and makes the whole group anew, so that
nothing is lost that the form does not ask for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.forms.coded import CodedForm, LateForm, seen
from casework.groups import (
    Children,
    Identity,
    Perpetrator,
    SupportNeeds,
    Whereabouts,
)
from casework.rules import HELD
from network import law
from network.formkit import Choose, Day, Form, LongText, OneOf, Phone, SomeOf, Text, Whole


class PieceForm(Form):
    """A form for one sealed group; `made` is the empty group it fills."""

    made: Any

    seen = seen()

    @classmethod
    def start(cls, value: Any) -> dict[str, Any]:
        """The form's answers from an opened value."""
        return {name: getattr(value, name) for name in cls.base_fields if name != "seen"}

    def more(self) -> PieceForm:
        """The form with room for one more of a kind; most have none."""
        return self

    def value(self, old: Any) -> Any:
        """The group as it stands after this form."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return replace(old or self.made, **given)


class IdentityForm(PieceForm):
    """Who the person is."""

    made = Identity()

    full_name = Text(label=_("Full name"), required=False, max_length=120)
    born_on = Day(label=_("Born on"), required=False, past=True, big=False)
    id_number = Text(label=_("Identity number"), required=False, max_length=20, width=20)
    address = Text(label=_("Address"), required=False)


class WhereaboutsForm(PieceForm):
    """Where the person is now."""

    made = Whereabouts()

    place = Text(label=_("Where is the person now?"), required=False)
    since = Text(label=_("Since when?"), required=False, max_length=80)
    with_whom = Text(label=_("With whom?"), required=False)


class ChildrenForm(PieceForm):
    """The children, in words."""

    made = Children()

    words = LongText(
        label=_("The children"),
        help_text=_("Names, ages, where they are, what they need"),
        required=False,
    )


class NeedsForm(PieceForm):
    """What the person needs to be helped well."""

    made = SupportNeeds()

    words = LongText(label=_("What helps, what to avoid"), required=False)
    health = LongText(label=_("Health"), required=False, rows=2)
    decision_support_by = Text(
        label=_("Who supports the person in deciding?"),
        help_text=_("Never the person accused"),
        required=False,
    )


class AccusedForm(PieceForm):
    """The person accused."""

    made = Perpetrator()

    name = Text(label=_("Full name"), required=False, max_length=120)
    number = Phone(label=_("Telephone number"), required=False)
    address = Text(label=_("Address"), required=False)
    work = Text(label=pgettext_lazy("accused", "Work"), required=False)
    words = LongText(label=_("Anything else that matters for safety"), required=False, rows=3)


class SeenForm(CodedForm):
    """Coded columns of one row; `sealed` names the questions whose answers are sealed."""

    sealed: ClassVar[tuple[str, ...]] = ()

    seen = seen()

    @classmethod
    def columns(cls) -> list[str]:
        """The questions whose answers stand in clear."""
        return [name for name in cls.base_fields if name not in ("seen", *cls.sealed)]


class CodedPersonForm(SeenForm):
    """Coded columns of the survivor: counted, never naming."""

    coded = {
        "sex": "sex",
        "age_band": "age_band",
        "language": "spoken_language",
        "disability": "disability",
        "ethnicity_group": "ethnicity_group",
        "identification": "identification",
    }

    sex = OneOf((), label=_("Sex"), inline=True, required=False)
    birth_year = Whole(label=_("Year of birth"), least=1900, most=2100, required=False)
    age_band = Choose(label=_("Age group"), required=False)
    language = Choose(label=_("Language"), required=False)
    disability = Choose(label=_("Disability"), required=False)
    ethnicity_group = Choose(label=_("Ethnicity"), required=False)
    identification = Choose(label=_("Identity papers"), required=False)


class IncidentForm(SeenForm):
    """What happened, coded; the reporter is never asked for this."""

    sealed = ("account",)

    coded = {
        "precision": "date_precision",
        "place_kind": "place_kind",
        "time_of_day": "time_of_day",
        "gbvims_type": "gbvims_type",
        "acts": "dv_act",
        "relation": "relation",
        "accused_sex": "sex",
        "accused_age": "accused_age_group",
    }

    happened_on = Day(label=_("On which day?"), required=False, past=True, big=False)
    precision = Choose(label=_("How exactly is the day known?"), required=False)
    gbvims_type = OneOf(
        (), label=_("Kind of violence"), help_text=_("The first that fits, from above"),
        required=False,
    )  # fmt: skip
    acts = SomeOf((), label=_("Acts named by the law"), tiles=False)
    relation = Choose(label=_("The person accused is the survivor’s"), required=False)
    accused_sex = Choose(label=_("Sex of the person accused"), required=False)
    accused_age = Choose(label=_("Age of the person accused"), required=False)
    place_kind = Choose(label=_("Kind of place"), required=False)
    time_of_day = Choose(label=_("Time of day"), required=False)
    account = LongText(
        label=pgettext_lazy("incident", "What happened, in the person’s own words"),
        help_text=_("Leave empty to keep what is written there"),
        required=False,
    )


class NewIncidentForm(IncidentForm):
    """One more event: it needs something to be known of it."""

    def clean(self) -> dict[str, Any]:
        """An empty sheet is no incident."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in self.fields.keys() - {"seen"}):
            raise ValidationError(_("Write at least one thing that is known of it"))
        return cleaned


class AccusedNowForm(LateForm):
    """Where the person accused is."""

    coded = {"status": "accused_status"}

    status = OneOf(
        (), label=_("Where is the person accused now?"), missing=_("Say where that person is")
    )
    held_until = Day(
        label=_("Held until, if that is known"),
        help_text=_("The day on which that person may be free; half a day before you are reminded"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A day to come, and only of somebody who is held."""
        cleaned = super().clean() or self.cleaned_data
        day, now = cleaned.get("held_until"), self.fields["held_until"].now
        if day is not None and cleaned.get("status", HELD) != HELD:
            self.add_error("held_until", _("Only for somebody who is held a day can be named"))
        elif day is not None and day < law.localdate(now):
            self.add_error("held_until", _("This day has passed. Say where the person is now"))
        return cleaned


class UntoldForm(SeenForm):
    """Who of the family must not be told anything."""

    coded = {"not_told": "not_told"}

    not_told = SomeOf(
        (),
        label=_("Who must not be told?"),
        help_text=_("The person accused, and whoever lives with or would tell that person"),
    )
