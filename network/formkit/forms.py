"""The form every page starts from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest

from network.formkit.fields import Day


class Form(forms.Form):
    """A form drawn in GOV.UK markup; `now` reaches the fields that refuse a time to come.

    It asks whether the input is well-shaped, never whether it is permitted. Texts are bounded and
    free of hidden characters (see `fields`); what is not a field of the form is not read.
    """

    # Fields here have choices, hints and the like, which Django's bare Field does not.
    fields: dict[str, Any]

    aside: ClassVar[tuple[str, ...]] = ()  # fields that a page draws apart from the others
    use_required_attribute = False  # the browser's own bubbles speak its language, not ours

    def __init__(self, *args: Any, now: datetime | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, Day):
                field.now = now


def sent(request: HttpRequest) -> Any:
    """What was sent, even if it is empty; None for a first look."""
    return request.POST if request.method == "POST" else None
