"""Writing down that somebody has died, and what the staff do for each other after it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.forms.coded import LateForm
from network.formkit import LongText, OneOf


class DeathForm(LateForm):
    """When, and what is known; nobody is asked to judge."""

    coded = {"cause": "death_cause"}

    cause = OneOf(
        (),
        label=_("What is known of how it came?"),
        help_text=_("What you know now is enough. What an authority finds is not for us to judge."),
        missing=_("Say what is known; “Not known” is an answer too"),
    )
    words = LongText(
        label=_("Anything others should know"),
        help_text=_("Read only by the case’s own people and by the office that looks back."),
        required=False,
        rows=3,
    )


class DebriefForm(LateForm):
    """That it took place; what was said stays in the room."""
