"""`docs/states.md`: every state machine as a table, from the transitions themselves."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from config.documents import drawings, markdown
from safekeeping.states import StateField, births

INTRO = (
    "What may happen, as the code declares it and the database enforces it: a move that stands in"
    " no line here is refused by both. Who may make a move is asked by each app's `policy.py`."
)

WAY = (
    f"## The way of a case\n\n![The way of a case]({drawings.FLOW})\n\n"
    "Whose turn it is: each step is a task of an agency, ticked off by the event that says it is"
    " done. Bed and plan run side by side. The flow follows what happens; it never refuses a move."
)


def page() -> str:
    """All machines, in the order of apps and models."""
    return markdown.page("State machines", INTRO, WAY, *map(_machine, machines()))


def machines() -> list[tuple[type[models.Model], str]]:
    """Every (model, field) that moves by transitions."""
    return [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, StateField)
    ]


def _machine(machine: tuple[type[models.Model], str]) -> str:
    model, field = machine
    rows = sorted(set(_moves(model, field)))
    head = markdown.table(["from", "move", "to"], rows)
    born = "Born as: " + ", ".join(births(model, field)) + "."
    title = f"{model._meta.app_label}: {model.__name__}.{field}"
    picture = drawings.link(model)
    return "\n\n".join(part for part in (f"## {title}", picture, born, head) if part)


def _moves(model: Any, name: str) -> Iterator[tuple[str, str, str]]:
    """(from, move, to); a move that leads nowhere leaves the state as it is."""
    field = model._meta.get_field(name)
    every = [choice[0] for choice in field.choices]
    for move in field.get_all_transitions(model):
        sources = every if move.source in ("*", "+") else [move.source]
        for source in sources:
            target = source if move.target is None else move.target
            yield str(source), f"`{move.method.__name__}`", str(target)
