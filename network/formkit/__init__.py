"""Forms in GOV.UK markup: field classes, widgets and the renderer that draws them.

Owns how a form looks and how its messages sound; it knows no domain, nothing of the network and
asks the database nothing, so every app may use it. Start reading in `fields.py`.
"""

from network.formkit.compare import keep
from network.formkit.fields import (
    Choose,
    Day,
    LongText,
    Moment,
    OneOf,
    Phone,
    SomeOf,
    Text,
    Tick,
    Whole,
)
from network.formkit.forms import Form, sent
from network.formkit.renderer import Renderer

__all__ = [
    "Choose",
    "Day",
    "Form",
    "LongText",
    "Moment",
    "OneOf",
    "Phone",
    "Renderer",
    "SomeOf",
    "Text",
    "Tick",
    "Whole",
    "keep",
    "sent",
]
