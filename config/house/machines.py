"""The state machines that help and documents draw, read from the models themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.drawing import machine
from safekeeping.states import Edge, births, edges

# model, field, heading; a model that is not there yet is passed over
DRAWN: tuple[tuple[str, str, Promise], ...] = (
    ("casework.Case", "state", _("A case")),
    ("casework.Report", "status", _("A report, as its reporter sees it")),
    ("casework.Consent", "state", _("Consent")),
    ("casework.PlanItem", "state", _("One thing of a plan")),
    ("casework.FollowUp", "state", _("A follow-up")),
    ("referral.Referral", "state", _("A referral")),
    ("shelters.Stay", "state", _("A stay")),
    ("hotline.Alert", "state", _("An alert")),
    ("hotline.Attempt", "state", _("One attempt to reach somebody")),
)


@dataclass(frozen=True)
class Machine:
    """One machine: `states` value → label, `first` where rows are born."""

    key: str
    title: Promise
    states: dict[str, str]
    edges: list[Edge]
    first: tuple[str, ...]

    @property
    def picture(self) -> SafeString:
        """The drawing."""
        return machine(self.states, self.edges, first=self.first)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The same in words: a state, and what it may become."""
        return [
            (label, ", ".join(self.states[b] for a, b in self.edges if a == value))
            for value, label in self.states.items()
        ]


def machines() -> Iterator[Machine]:
    """Yield every machine, labels in the reader's language."""
    for name, field_name, title in DRAWN:
        try:
            model: Any = apps.get_model(name)
        except LookupError:
            continue
        field = model._meta.get_field(field_name)
        states = {str(value): str(label) for value, label in field.choices}
        pairs = edges(model, field_name)
        yield Machine(name, title, states, pairs, births(model, field_name))
