"""What a person had typed into a form that could not be saved, so that it is not lost."""

from __future__ import annotations

from django.http import HttpRequest

ACTING = "acting"  # for which of a person's offices a form was drawn: its membership
HIDDEN = frozenset({"csrfmiddlewaretoken", "once", "version", "next", ACTING})
LONGEST = 5000  # characters shown of one answer


def typed_of(request: HttpRequest) -> dict[str, str]:
    """Return what was typed in words: texts only, since a code says nothing to its reader."""
    return {
        name.replace("_", " "): value[:LONGEST]
        for name, value in request.POST.items()
        if name not in HIDDEN and isinstance(value, str) and " " in value.strip()
    }
