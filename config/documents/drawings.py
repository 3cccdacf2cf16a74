"""`docs/drawings/`: each state machine and the way of a case as a picture, drawn from the code."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.utils import translation

from casework.flow_steps import WAITING, WAY, Step, label_of
from casework.views.case import way_of
from config import drawing
from config.house.machines import DRAWN, machines

FOLDER = "drawings"
FLOW = f"{FOLDER}/flow.svg"
LANGUAGE = "en"  # that of the documents; help draws the same in the reader's own
OPENING = re.compile(r"<svg( class=\"[^\"]*\")? ")
STANDING_ALONE = (
    '<svg xmlns="http://www.w3.org/2000/svg" font-family="Be Vietnam Pro, Segoe UI, sans-serif" '
)


@dataclass(frozen=True)
class Named:
    """A model that is drawn: its label and the file of its picture."""

    label: str

    @property
    def file(self) -> str:
        """The picture's place under docs/."""
        return f"{FOLDER}/{self.label.rpartition('.')[2].lower()}.svg"


NAMED = [Named(label) for label, _field, _title in DRAWN]


def pages() -> dict[str, Callable[[], str]]:
    """File → what gives its text."""
    return {FLOW: flow, **{one.file: partial(picture, one.label) for one in NAMED}}


def link(model: object) -> str:
    """The line that shows a model's picture; empty if it is not drawn."""
    label = model._meta.label  # type: ignore[attr-defined]
    return next((f"![{one.label}]({one.file})" for one in NAMED if one.label == label), "")


def picture(label: str) -> str:
    """One machine."""
    with translation.override(LANGUAGE):
        return alone(next(str(one.picture) for one in machines() if one.key == label))


def flow() -> str:
    """The way of a case before anything has happened."""
    with translation.override(LANGUAGE):
        steps = [Step(name, label_of(name), WAITING) for name in WAY]
        return alone(str(drawing.flow(way_of(steps, is_closed=False))))


def alone(markup: str) -> str:
    """The first picture of the markup as a file of its own."""
    svg = markup[markup.index("<svg") : markup.index("</svg>") + len("</svg>")]
    return OPENING.sub(STANDING_ALONE, svg, count=1) + "\n"
