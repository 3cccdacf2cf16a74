"""The report: three questions that are needed, the others if there is time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.forms.places import PlaceForm
from casework.reports import Facts, Sealed
from network import law
from network.formkit import Form, LongText, OneOf, Phone, SomeOf, Text, Whole

DANGERS = ("threat_to_kill", "weapon", "strangled", "he_is_here")
SHORT_LABELS = {
    "threat_to_kill": _("Threat to kill"),
    "weapon": _("A weapon"),
    "strangled": _("Strangled or choked"),
    "he_is_here": _("The person who did it is there now"),
}


class ReportForm(PlaceForm):
    """Eleven questions; the first three must be answered."""

    exact_place = Text(label=_("Village, house number or landmark (if known)"), required=False)
    danger_now = OneOf(
        (),
        label=_("2. Is anyone in danger right now?"),
        missing=_("Say whether anyone is in danger; Not sure is an answer too"),
    )
    ring_back = Phone(
        label=_("3. Which number can we ring you back on?"),
        help_text=_("Your own number, not the survivor’s"),
        missing=_("Write the number on which you can be rung back"),
        autocomplete="tel",
        big=True,
    )
    needs = SomeOf(
        (),
        apart=("none", "could_not_ask"),
        label=_("Needed within the hour"),
        help_text=_("Ask the person alone. Choose only what they agree to."),
    )
    conflict = OneOf(
        (),
        label=_(
            "Does the person accused, or a relative, work in the commune office, the police or"
            " this network?"
        ),
        help_text=_(
            "If Yes or Don’t know, that office is not told. The provincial coordinator takes it"
            " first."
        ),
        required=False,
    )
    dangers = SomeOf(
        [(code, SHORT_LABELS[code]) for code in DANGERS], label=_("Is any of this true?")
    )
    circumstances = SomeOf((), label=_("Among them"))
    children_count = Whole(label=_("How many children with them?"), most=20, required=False)
    now_at = Text(label=_("Where is the person now, if elsewhere?"), required=False)
    account = LongText(
        label=pgettext_lazy("report", "What happened?"),
        help_text=_("One or two sentences. No need to press."),
        required=False,
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, code_list in (
            ("danger_now", "danger_now"),
            ("needs", "need_now"),
            ("conflict", "conflict_answer"),
            ("circumstances", "circumstance"),
        ):
            self.fields[name].choices = law.choices(code_list, self.today)

    def facts(self) -> Facts:
        """The coded answers; what was not answered stays unanswered, never "no"."""
        given = self.cleaned_data
        return Facts(
            place=self.unit,
            danger_now=given["danger_now"],
            needs=tuple(given["needs"]),
            conflict=given["conflict"] or "unanswered",
            dangers=dict.fromkeys(given["dangers"], "yes"),
            circumstances=frozenset(given["circumstances"]),
            children_count=given["children_count"] or 0,
        )

    def sealed(self) -> Sealed:
        """The answers in words, to be sealed."""
        given = self.cleaned_data
        return Sealed(
            ring_back=given["ring_back"],
            exact_place=given["exact_place"],
            now_at=given["now_at"],
            account=given["account"],
        )

    @property
    def is_open(self) -> bool:
        """Is anything of the optional part answered or wrong, so that it must be seen?"""
        later = ("dangers", "circumstances", "children_count", "now_at", "account")
        return any(self.data.get(name) or name in self.errors for name in later)


class SealedForm(Form):
    """The words of a report, asked once more because the keys were away."""

    ring_back = Phone(
        label=_("Number to ring you back"),
        missing=_("Write the number on which you can be rung back"),
        autocomplete="tel",
    )
    exact_place = Text(label=_("Village, house number or landmark (if known)"), required=False)
    now_at = Text(label=_("Where is the person now, if elsewhere?"), required=False)
    account = LongText(label=pgettext_lazy("report", "What happened?"), required=False, rows=3)

    def sealed(self) -> Sealed:
        """The answers in words, to be sealed."""
        given = self.cleaned_data
        return Sealed(
            ring_back=given["ring_back"],
            exact_place=given["exact_place"],
            now_at=given["now_at"],
            account=given["account"],
        )
