"""Is the input well-shaped? What is permitted is no question of a form."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.forms.coded import CodedForm
from network.formkit import Day, Form, LongText, Moment, OneOf, Phone, SomeOf, Text, Tick, Whole
from shelters.groups import ArrivalCard
from shelters.models import Sex
from shelters.rules import Party
from shelters.words import NEEDS

MOST = 20  # people in one party; our choice
GROWN = 17

ASKED = tuple((code, asked) for code, (asked, _said) in NEEDS.items())
YES_NO = (("yes", _("Yes")), ("no", _("No")), ("unknown", _("Not sure")))


PARTY = ("adults", "children", "sharing", "sex", "oldest_boy", "needs")
CARD = ("card_needs", "card_risk", "card_visitors")


class PartyFields(Form):
    """Who comes, in numbers."""

    adults = Whole(
        label=_("How many adults?"), most=MOST, initial=1, missing=_("Write how many adults come")
    )
    children = Whole(
        label=_("How many children?"),
        most=MOST,
        initial=0,
        missing=_("Write how many children come, or 0"),
    )
    sharing = Whole(
        label=_("How many of the children are small enough to share a bed?"),
        most=MOST, initial=0, required=False,
    )  # fmt: skip
    sex = OneOf(Sex.choices, label=_("The adults are"), initial=Sex.FEMALE, inline=True)
    oldest_boy = Whole(label=_("Age of the oldest boy, if a boy comes"), most=GROWN, required=False)
    needs = SomeOf(ASKED, label=_("What is needed?"), required=False, tiles=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a party of nobody, and more sharing than there are children."""
        given = super().clean() or self.cleaned_data
        adults, children = given.get("adults"), given.get("children")
        if adults == 0 and children == 0:
            self.add_error("adults", ValidationError(_("Say how many people come")))
        if children is not None and (given.get("sharing") or 0) > children:
            self.add_error("sharing", ValidationError(_("Only children can share a bed")))
        return given

    @property
    def party(self) -> Party:
        """The party as plain values."""
        given = self.cleaned_data
        return Party(
            adults=given["adults"],
            children=given["children"],
            sharing=given.get("sharing") or 0,
            sex=given["sex"],
            oldest_boy=given.get("oldest_boy"),
            needs=tuple(given["needs"]),
        )


class PartyForm(PartyFields):
    """Who is there now."""


class CardFields(Form):
    """The arrival card: no name, no account, no address."""

    card_needs = LongText(
        label=_("What will the person need on arrival?"), required=False, rows=2, max_length=1000,
        help_text=_("Food, medicine, an interpreter, clothes for the children"),
    )  # fmt: skip
    card_risk = LongText(
        label=_("What should the keeper be careful of?"), required=False, rows=2, max_length=1000
    )
    card_visitors = LongText(
        label=_("Whom must the keeper not let in?"), required=False, rows=2, max_length=1000
    )

    @property
    def is_written(self) -> bool:
        """Whether anything was written on the card."""
        return any(self.cleaned_data[name] for name in CARD)

    def card(self, alias: str = "") -> ArrivalCard:
        """The card as it will be sealed."""
        given = self.cleaned_data
        return ArrivalCard(
            alias=alias,
            needs=given["card_needs"],
            risk=given["card_risk"],
            visitors_refused=given["card_visitors"],
        )


class RequestForm(PartyFields, CardFields):
    """Ask for a bed."""

    field_order = ["emergency", *PARTY, *CARD]

    emergency = Tick(label=_("The bed is needed within the hour"))


class AmendForm(PartyFields, CardFields):
    """Say better who comes; a card on which nothing is written here stays as it was."""

    field_order = ["emergency", *PARTY, *CARD]

    emergency = Tick(label=_("The bed is needed within the hour"))


class WalkInForm(PartyFields, CardFields):
    """Somebody stands at the door."""

    field_order = ["beds", *PARTY, "danger_now", "conflict", "alias", *CARD, "ring_back"]
    beds = SomeOf((), label=_("Which beds?"), required=True, tiles=True, missing=_("Choose a bed"))
    alias = Text(
        label=_("What may we call the person?"), required=False, max_length=40, width=20,
        help_text=_("Not the real name: a word by which the house can speak of the person"),
    )  # fmt: skip
    danger_now = OneOf(
        YES_NO, label=_("Is the person in danger right now?"), inline=True,
        missing=_("Say whether there is danger right now"),
    )  # fmt: skip
    conflict = OneOf(
        YES_NO, inline=True,
        label=_("Does the violent person, or a relative, work for the commune or the police?"),
        missing=_("Answer; choose Not sure if nobody knows"),
    )  # fmt: skip
    ring_back = Phone(label=_("Which of your numbers may we ring?"), required=False)
    expected_on = Day(label=_("Until when will the person probably stay?"), required=False)

    def __init__(self, *args: Any, beds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["beds"].choices = list(beds)


class HoldForm(Form):
    """Which beds, and for how long."""

    chosen = SomeOf(
        (), label=_("Which beds?"), required=True, tiles=True, missing=_("Choose a bed")
    )
    planned = OneOf(
        (("", _("60 minutes")), ("planned", _("24 hours, the arrival is planned"))),
        label=_("How long?"), required=False, initial="",
    )  # fmt: skip
    overriding = Text(
        label=_("Danger to life now, and no room fits? Say why in one sentence"), required=False,
        help_text=_("Another person looks within a day at why such a room was held"),
    )  # fmt: skip

    def __init__(self, *args: Any, beds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = list(beds)


class MoveForm(Form):
    """Which other beds."""

    chosen = SomeOf(
        (), label=_("Which beds?"), required=True, tiles=True, missing=_("Choose a bed")
    )

    def __init__(self, *args: Any, beds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = list(beds)


class AdmitForm(Form):
    """She has arrived."""

    happened_at = Moment(
        label=_("When did the person arrive, if not just now?"), required=False, past=True
    )
    expected_on = Day(label=_("Until when will the person probably stay?"), required=False)


def one_of(label: Any) -> OneOf:
    """One answer of a list of the province's."""
    return OneOf((), label=label, missing=_("Choose one answer"))


class AwayForm(CodedForm):
    """Out for a while."""

    coded = {"why": "away_reason"}

    why = one_of(_("Where?"))
    back_due = Moment(
        label=_("When will the person be back?"), required=False,
        help_text=_("Without a time, in 12 hours. Who is not back by then is asked after."),
    )  # fmt: skip


class DischargeForm(CodedForm):
    """She leaves."""

    coded = {"reason": "discharge_reason", "next_place": "next_place"}

    reason = one_of(_("Why does the person leave?"))
    next_place = one_of(_("Where to?"))
    happened_at = Moment(label=_("When, if not just now?"), required=False, past=True)


class UntoldForm(Form):
    """Gone without a word."""

    happened_at = Moment(
        label=_("When was the person last seen, if not just now?"), required=False, past=True
    )


class CancelForm(CodedForm):
    """No longer needed."""

    coded = {"reason": "not_placed_reason"}

    reason = one_of(_("Why is the bed no longer needed?"))


class VoidForm(CodedForm):
    """A mistake."""

    coded = {"reason": "void_reason"}

    reason = one_of(_("What was the mistake?"))


class ElsewhereForm(CodedForm):
    """Safe somewhere else."""

    coded = {"kind": "safe_elsewhere_kind"}

    kind = one_of(_("Where is the person now?"))
    next_check_at = Moment(
        label=_("When will somebody ask again?"), missing=_("Say when somebody asks again"),
        help_text=_("Within the next six hours"),
    )  # fmt: skip


class CheckForm(Form):
    """Asked again."""

    safe = OneOf(
        (("yes", _("Yes, spoken to or seen")), ("no", _("No, or not reached"))),
        label=_("Is the person safe?"), missing=_("Say whether the person is safe"),
    )  # fmt: skip
    next_check_at = Moment(
        label=_("When will somebody ask again?"), required=False,
        help_text=_("Within the next six hours; without a time, in six hours"),
    )  # fmt: skip


class ReviewForm(Form):
    """The weekly talk."""

    expected_on = Day(label=_("Until when will the person probably stay?"), required=False)


class StopForm(CodedForm):
    """A bed out of use."""

    coded = {"reason": "outage_reason"}

    reason = one_of(_("Why?"))
    ends = Moment(label=_("Until when, if you know?"), required=False)
