"""How to reach the person: every number with its rules, the phrases, the numbers never to use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import gettext_lazy as _

from casework.forms.coded import as_bool
from casework.forms.describing import PieceForm
from casework.groups import Contact, Number
from network.formkit import LongText, OneOf, Phone, Text, Tick, Whole

YES_NO = (("yes", _("Yes")), ("no", _("No")), ("", _("Not asked")))
SAID = {True: "yes", False: "no", None: ""}
MOST = 12  # numbers offered at once, our choice; whatever is stored beyond it is still shown
PARTED = re.compile(r"[,;\n]+")
OF_NUMBER = ("number", "whose", "safe_to_call", "safe_to_text", "hours", "drop")


class StoredPhone(Phone):
    """A number; one that stands there already is kept as it is, whatever its shape."""

    stored = ""

    def clean(self, value: Any) -> str:
        """Return the digits, or what was stored; raises ValidationError."""
        return self.stored if value and value == self.stored else super().clean(value)


def asked_of_a_number() -> dict[str, Any]:
    """The questions about one number, in the order of OF_NUMBER."""
    fields = (
        StoredPhone(label=_("Telephone number"), required=False),
        Text(label=_("Whose number is it?"), required=False),
        OneOf(YES_NO, label=_("Safe to call?"), required=False, inline=True, big=False),
        OneOf(YES_NO, label=_("Safe to text?"), required=False, inline=True, big=False),
        Text(label=_("At which hours?"), required=False),
        Tick(label=_("Take this number away")),
    )
    return dict(zip(OF_NUMBER, fields, strict=True))


class ContactForm(PieceForm):
    """Every number with its rules, then what holds for all. Questions are named number_0, hours_0 …

    `rows` says how many numbers the page showed. A row that is left empty is no number; one that is
    stored and was not on the page stays as it is.
    """

    made = Contact()
    template_name = "casework/parts/contact.html"

    rows = Whole(most=999, required=False)
    code_phrase = Text(label=_("Phrase to be known by"), required=False)
    danger_phrase = Text(label=_("Phrase that means danger"), required=False)
    never = LongText(
        label=_("Numbers never to use"), help_text=_("One in each line"), required=False, rows=2
    )
    rules = LongText(label=_("Other rules"), required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = int(self.initial.get("rows") or 0)
        shown = self._shown() if self.is_bound else 0
        self.count = max(1, stored, shown)
        of_group = {name: self.fields.pop(name) for name in list(self.fields)}
        for row in range(self.count):
            self._ask(row)
        self.fields |= of_group
        self.fields["rows"].widget = self.fields["rows"].hidden_widget()
        self.initial["rows"] = self.count
        if self.is_bound and shown < stored:
            self._leave(range(shown, stored))

    def _shown(self) -> int:
        """How many numbers were on the page that was sent."""
        said = str(self.data.get("rows", ""))
        return min(int(said), MOST) if re.fullmatch(r"\d{1,3}", said) else 0

    def _ask(self, row: int) -> None:
        for name, field in asked_of_a_number().items():
            if row:
                field.label = format_lazy("{} ({})", field.label, row + 1)
            self.fields[f"{name}_{row}"] = field
        self.fields[f"number_{row}"].stored = self.initial.get(f"number_{row}", "")

    def _leave(self, unseen: Iterable[int]) -> None:
        """Stored numbers that were not on the page are answered as they stand."""
        sent: Any = self.data  # a request's own, which may not be changed
        data = sent.copy()
        for name in (f"{name}_{row}" for row in unseen for name in OF_NUMBER):
            if self.initial.get(name):
                data[name] = self.initial[name]
        self.data = data

    # Drawing

    def numbers(self) -> Iterator[tuple[int, list[BoundField]]]:
        """(1, 2, …; the questions about that number), for the page."""
        for row in range(self.count):
            asked = [self[f"{name}_{row}"] for name in OF_NUMBER]
            yield row + 1, asked if asked[0].value() else asked[:-1]

    def rest(self) -> list[BoundField]:
        """The questions that hold for all numbers."""
        return [self[name] for name in ("code_phrase", "danger_phrase", "never", "rules")]

    @property
    def may_grow(self) -> bool:
        """Is there room for one more?"""
        return self.count < MOST

    def more(self) -> ContactForm:
        """The same answers, not yet saved, with room for one more number."""
        typed = {name: self[name].value() for name in self.fields if name != "rows"}
        return ContactForm(initial={**typed, "rows": min(self.count + 1, max(MOST, self.count))})

    # Checking

    def clean(self) -> dict[str, Any]:
        """A row with answers needs its number; no number stands twice, or among those of never."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["never"] = self._never(cleaned.get("never", ""))
        known: set[str] = set()
        for row in self._kept():
            number = cleaned.get(f"number_{row}", "")
            if message := self._fault(row, number, known, cleaned["never"]):
                self.add_error(f"number_{row}", message)
            known.add(number)
        return cleaned

    def _kept(self) -> list[int]:
        """The rows that are not taken away; nothing is asked of those that are."""
        dropped = {row for row in range(self.count) if self.cleaned_data.get(f"drop_{row}")}
        for row in dropped:
            self.errors.pop(f"number_{row}", None)
        return [row for row in range(self.count) if row not in dropped]

    def _fault(self, row: int, number: str, known: set[str], never: tuple[str, ...]) -> Any:
        """What is wrong with a number, to say beside it; empty if nothing is."""
        if f"number_{row}" in self.errors:
            return ""
        others = (self.cleaned_data.get(f"{name}_{row}") for name in OF_NUMBER[1:-1])
        if not number:
            return NO_NUMBER if any(others) else ""
        if number in known:
            return TWICE
        return AMONG_NEVER if number in never else ""

    def _never(self, text: str) -> tuple[str, ...]:
        """The numbers never to use, each cleaned; what is stored stays as it is."""
        stored = {part.strip() for part in PARTED.split(str(self.initial.get("never", "")))}
        parts = [part.strip() for part in PARTED.split(text) if part.strip()]
        wrong = []
        numbers = []
        for part in parts:
            try:
                numbers.append(part if part in stored else Phone().clean(part))
            except ValidationError:
                wrong.append(part[:30])
        if wrong:
            self.add_error("never", _no_numbers(wrong))
        return tuple(dict.fromkeys(numbers))

    # In and out

    @classmethod
    def start(cls, value: Contact) -> dict[str, Any]:
        """Each number's answers beside the group's own."""
        answers: dict[str, Any] = {
            "rows": len(value.numbers),
            "code_phrase": value.code_phrase,
            "danger_phrase": value.danger_phrase,
            "never": "\n".join(value.never),
            "rules": value.rules,
        }
        for row, one in enumerate(value.numbers):
            answers |= {
                f"number_{row}": one.number,
                f"whose_{row}": one.whose,
                f"safe_to_call_{row}": SAID[one.safe_to_call],
                f"safe_to_text_{row}": SAID[one.safe_to_text],
                f"hours_{row}": one.hours,
            }
        return answers

    def value(self, old: Contact | None) -> Contact:
        """The group anew: all numbers that were not taken away, and what holds for them."""
        given = self.cleaned_data
        kept = (row for row in self._kept() if given[f"number_{row}"])
        return Contact(
            numbers=tuple(self._number(row) for row in kept),
            code_phrase=given["code_phrase"],
            danger_phrase=given["danger_phrase"],
            never=given["never"],
            rules=given["rules"],
        )

    def _number(self, row: int) -> Number:
        given = self.cleaned_data
        return Number(
            number=given[f"number_{row}"],
            whose=given[f"whose_{row}"],
            safe_to_call=as_bool(given[f"safe_to_call_{row}"]),
            safe_to_text=as_bool(given[f"safe_to_text_{row}"]),
            hours=given[f"hours_{row}"],
        )


NO_NUMBER = gettext_lazy("Write the number that these answers are about, or empty them")
TWICE = gettext_lazy("This number stands above already")
AMONG_NEVER = gettext_lazy("This number is among those never to use. Keep it in one place only")


def _no_numbers(parts: list[str]) -> str:
    said = ngettext(
        "This is no telephone number: %(parts)s. Put words among the other rules",
        "These are no telephone numbers: %(parts)s. Put words among the other rules",
        len(parts),
    )
    return said % {"parts": ", ".join(parts)}
