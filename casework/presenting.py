"""Opened values as lines for a page: a label in the reader's language and a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from casework.access import Opened

LABELS: dict[str, Promise] = {
    "full_name": _("Full name"),
    "born_on": _("Born on"),
    "id_number": _("Identity number"),
    "address": _("Address"),
    "number": pgettext_lazy("telephone", "Number"),
    "whose": _("Whose"),
    "safe_to_call": _("Safe to call"),
    "safe_to_text": _("Safe to text"),
    "hours": _("Hours"),
    "code_phrase": _("Phrase to be known by"),
    "danger_phrase": _("Phrase that means danger"),
    "never": _("Never use"),
    "rules": _("Rules"),
    "place": pgettext_lazy("whereabouts", "Place"),
    "since": _("Since"),
    "with_whom": _("With whom"),
    "name": _("Name"),
    "birth_year": _("Year of birth"),
    "sex": _("Sex"),
    "where": _("Where"),
    "health": _("Health"),
    "decision_support_by": _("Decides with the help of"),
    "relation": _("Relation"),
    "holder": _("Asked for by"),
    "paper": _("Paper"),
    "work": pgettext_lazy("accused", "Work"),
    "exact_place": _("Exact place"),
    "ring_back": _("Ring back"),
    "ring_back_rules": _("How to ring back"),
}
OF_FIELD: dict[str, Promise] = {
    "reasoning": _("Why this level"),
    "summary": _("Summary"),
    "content": _("Agreed"),
    "lifted_why": _("Why it was lifted"),
}
Line = tuple[str, str]


def lines_of(opened: Iterable[Opened]) -> list[Line]:
    """(label, text) of everything that was opened; an empty list if nothing was written yet."""
    return [line for one in opened for line in _lines(one)]


def _lines(one: Opened) -> Iterator[Line]:
    above = str(OF_FIELD.get(one.field, ""))
    for label, text in flat(one.value):
        yield (label or above, text)


def flat(value: Any) -> Iterator[Line]:
    """The parts of a value that say something, nested ones in place."""
    if not is_dataclass(value):
        yield "", in_words(value)
        return
    for field in fields(value):
        part = getattr(value, field.name)
        label = str(LABELS.get(field.name, ""))
        if isinstance(part, tuple):
            yield from _several(label, part)
        elif part not in ("", None):
            yield label, in_words(part)


def _several(label: str, parts: tuple[Any, ...]) -> Iterator[Line]:
    if parts and not is_dataclass(parts[0]):
        yield label, ", ".join(in_words(part) for part in parts)
        return
    for part in parts:
        yield from flat(part)


def in_words(value: Any) -> str:
    """One plain value as a person writes it."""
    match value:
        case True:
            return gettext("yes")
        case False:
            return gettext("no")
        case date():
            return f"{value:%d/%m/%Y}"
        case _:
            return str(value)


def text_of(opened: Iterable[Opened]) -> str:
    """The words alone, for her own sentence."""
    return "\n".join(text for _label, text in lines_of(opened))


# What each group is called on the page, and what it holds.
GROUPS: tuple[tuple[str, Promise, Promise], ...] = (
    ("person", gettext_lazy("Identity"), gettext_lazy("Full name, date of birth, papers")),
    ("contact", gettext_lazy("Contact"), gettext_lazy("Safe numbers, hours, phrases")),
    ("whereabouts", gettext_lazy("Where the person is"), gettext_lazy("Place, since when")),
    ("children", gettext_lazy("Children"), gettext_lazy("Names, ages, where they are")),
    ("needs", gettext_lazy("Support needs"), gettext_lazy("Health, language, what helps")),
    ("account", gettext_lazy("What happened"), gettext_lazy("In the words that were told")),
    ("accused", gettext_lazy("The person accused"), gettext_lazy("Name, where to be found")),
    ("risk", gettext_lazy("Risk and safety plan"), gettext_lazy("Why this level, what to do")),
    ("health", gettext_lazy("Health notes"), gettext_lazy("Notes of that kind")),
    ("legal", gettext_lazy("Legal notes"), gettext_lazy("Notes of that kind")),
    ("holds", gettext_lazy("Who asked that it be kept"), gettext_lazy("Office, person, paper")),
    ("informant", gettext_lazy("Who told us"), gettext_lazy("For the supervisor only")),
)
