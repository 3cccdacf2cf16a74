"""Sealed things on the page of a referral: what may be opened, and what was opened just now."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network import registry
from network.actors import Actor
from referral import actions
from referral.models import Referral
from safekeeping.errors import NotGranted, Unreadable

Words = Any
# What a group's fields are called on a page.
FIELDS: dict[str, Words] = {
    "full_name": gettext_lazy("Name"),
    "born_on": gettext_lazy("Born on"),
    "id_number": gettext_lazy("Identity number"),
    "address": gettext_lazy("Address"),
    "number": gettext_lazy("Number"),
    "whose": gettext_lazy("Whose"),
    "safe_to_call": gettext_lazy("Safe to call"),
    "safe_to_text": gettext_lazy("Safe to text"),
    "hours": gettext_lazy("When"),
    "code_phrase": gettext_lazy("Code phrase"),
    "danger_phrase": gettext_lazy("Danger phrase"),
    "never": gettext_lazy("Never use"),
    "rules": gettext_lazy("Rules"),
    "place": gettext_lazy("Place"),
    "since": gettext_lazy("Since"),
    "with_whom": gettext_lazy("With whom"),
    "name": gettext_lazy("Name"),
    "birth_year": gettext_lazy("Year of birth"),
    "sex": gettext_lazy("Sex"),
    "where": gettext_lazy("Where"),
    "health": gettext_lazy("Health"),
    "decision_support_by": gettext_lazy("Support in deciding by"),
    "work": gettext_lazy("Work"),
    "exact_place": gettext_lazy("Exact place"),
    "ring_back": gettext_lazy("Ring back"),
    "ring_back_rules": gettext_lazy("Rules for ringing back"),
    "text": "",
    "words": "",
}


@dataclass(frozen=True)
class Shown:
    """What was opened: its group and its values as (label, text); None where it is unreadable."""

    group: str
    values: list[tuple[str, str]] | None


def open_one(*, actor: Actor, row: Referral, group: str, now: datetime) -> Shown:
    """Open one sealed thing of a referral by its name on the page.

    Raises NotVisible, NotGranted, PermissionDenied.
    """
    try:
        return Shown(group, _values(actor, row, group, now))
    except Unreadable:
        return Shown(group, None)


def _values(actor: Actor, row: Referral, group: str, now: datetime) -> list[tuple[str, str]]:
    if group == "message":
        return _of_text(actions.open_message(actor=actor, reference=row.reference, now=now))
    if group == "feedback":
        return _of_text(actions.open_feedback(actor=actor, reference=row.reference, now=now))
    if group == "way":
        return lines_of(actions.open_way(actor=actor, reference=row.reference, now=now))
    if group not in row.groups:
        raise NotGranted
    found = actions.open_shared(actor=actor, reference=row.reference, group=group, now=now)
    return [line for value in found for line in lines_of(value)]


def _of_text(text: str) -> list[tuple[str, str]]:
    return [("", text)] if text else []


def lines_of(value: Any) -> list[tuple[str, str]]:
    """A group's value as lines to read: (label, text), empty ones left out."""
    if not is_dataclass(value):
        return []
    lines: list[tuple[str, str]] = []
    for each in fields(value):
        held = getattr(value, each.name)
        if isinstance(held, tuple) and held and is_dataclass(held[0]):
            lines += [line for one in held for line in lines_of(one)]
        elif text := _said(held):
            lines.append((str(FIELDS.get(each.name, each.name)), text))
    return lines


def _said(held: Any) -> str:
    if isinstance(held, bool):
        return _("Yes") if held else _("No")
    if isinstance(held, date):
        return date_format(held, "d/m/Y")
    if isinstance(held, tuple):
        return ", ".join(str(one) for one in held)
    return str(held) if held is not None else ""


def seals_of(row: Referral, doors: frozenset[str], opened: Shown | None) -> list[dict[str, Any]]:
    """Rows of the list of sealed things, in the shape that `kit/seals.html` draws."""
    wanted = [(name, label, what) for name, label, what in _own() if name in doors]
    if "groups" in doors:
        wanted += [
            (group, registry.label("consent_group", group), _("Opened by your acceptance"))
            for group in row.groups
        ]
    url = reverse("referral:open", args=[row.reference])
    return [_seal(name, label, what, url, opened) for name, label, what in wanted]


def _own() -> list[tuple[str, str, str]]:
    return [
        ("way", _("Emergency card"), _("Exact place and how to ring back")),
        ("message", _("Words of the sender"), _("Written for who accepts")),
        ("feedback", _("Words of the receiver"), _("Written at the end")),
    ]


def _seal(name: str, label: str, what: str, url: str, opened: Shown | None) -> dict[str, Any]:
    is_open = opened is not None and opened.group == name
    values = opened.values if is_open and opened is not None else []
    return {
        "name": label,
        "what": what,
        "url": url,
        "group": name,
        "open": is_open,
        "values": values,
        "unreadable": is_open and values is None,
    }
