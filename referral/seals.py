"""Sealed things on the page of a referral: what may be opened, and what was opened just now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework import presenting
from network import registry
from network.actors import Actor
from referral import actions
from referral.models import Referral
from safekeeping.errors import NotGranted, Unreadable


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
        return list(
            presenting.flat(actions.open_way(actor=actor, reference=row.reference, now=now))
        )
    if group not in row.groups:
        raise NotGranted
    found = actions.open_shared(actor=actor, reference=row.reference, group=group, now=now)
    return [line for value in found for line in presenting.flat(value)]


def _of_text(text: str) -> list[tuple[str, str]]:
    return [("", text)] if text else []


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
