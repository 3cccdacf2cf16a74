"""The page that a refusal gets: what is so, who to ring, how to go on."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from safekeeping.errors import RuleBroken


def refuse(request: Any, refusal: Exception, status: int) -> HttpResponse:
    """Answer a refusal; missing and foreign look alike, and no exception text is ever shown."""
    code = refusal.code if isinstance(refusal, RuleBroken) else ""
    facts = refusal.facts if isinstance(refusal, RuleBroken) else {}
    return render(
        request, f"errors/{status}.html", {"code": code, "facts": facts}, status=status
    )
