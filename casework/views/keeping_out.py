"""Who may never see a case: the list, for who leads it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from casework import actions, policy
from casework.forms.oversight import BlockForm
from casework.models import Case
from casework.views.frame import case_of, done
from casework.views.hands import done_or_home
from network import law, registry
from network.formkit import sent
from network.models import Agency, Level
from safekeeping.errors import NotVisible, require
from safekeeping.idempotency import once

PERSON, OFFICE = "p", "o"


@require_http_methods(["GET", "HEAD", "POST"])
@once
def blocks(request: Any, reference: UUID) -> HttpResponse:
    """Show who is kept out; a POST adds one."""
    case = case_of(request, reference)
    require(policy.may_block(request.actor, case))
    people = _people(case, request)
    form = BlockForm(sent(request), now=request.now, people=people)
    if not form.is_valid():
        found = actions.list_blocks(actor=request.actor, reference=reference, now=request.now)
        rows = [(block, law.label("block_reason", block.why)) for block in found]
        return render(request, "casework/blocks.html", {"case": case, "form": form, "rows": rows})
    kind, _dash, named = form.cleaned_data["who"].partition("-")
    actions.set_block(
        actor=request.actor,
        reference=reference,
        now=request.now,
        reason=form.cleaned_data["reason"],
        user=UUID(named) if kind == PERSON else None,
        agency=UUID(named) if kind == OFFICE else None,
    )
    return done_or_home(request, reference)


def _people(case: Case, request: Any) -> list[tuple[str, Any]]:
    """Colleagues of the owner, and offices of the place and of the province."""
    day = registry.localdate(request.now)
    colleagues = [
        (f"{PERSON}-{one.user.reference}", one.user.name)
        for one in registry.members(case.owner_id, request.now)
        if one.user_id != request.actor.user_id
    ]
    here = Q(unit_id=case.place_id) | Q(unit__level=Level.PROVINCE)
    offices = Agency.objects.on(day).filter(here).order_by("name_vi")
    return [*colleagues, *((f"{OFFICE}-{one.reference}", one.name) for one in offices)]


@require_POST
@once
def lift(request: Any, reference: UUID) -> HttpResponse:
    """Let somebody see the case again."""
    try:
        block = UUID(request.POST.get("block", ""))
    except ValueError:
        raise NotVisible from None
    actions.lift_block(actor=request.actor, reference=reference, block=block, now=request.now)
    return done(request, _("May see it again."), "blocks", reference)
