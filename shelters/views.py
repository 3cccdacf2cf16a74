"""Input, one action, answer; what a page shows is gathered by `board` and `stay_page`."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from casework.models import Case
from safekeeping.errors import NotVisible
from safekeeping.idempotency import once
from shelters import actions, forms, policy, stay_page, verbs
from shelters import board as boards
from shelters.actions.walk_in import AtTheDoor
from shelters.models import OPEN, Bed, Stay
from shelters.models.places import SEES_BEDS

Request = Any  # an HttpRequest with `actor` and `now`, which middleware has set


@require_GET
def board(request: Request) -> HttpResponse:
    """The bed board; `giuong` names the bed whose panel is open."""
    name = "shelters/_board.html" if "X-Live" in request.headers else "shelters/board.html"
    return render(request, name, _board_of(request))


@require_GET
def board_fragment(request: Request) -> HttpResponse:
    """What changes on an open board."""
    return render(request, "shelters/_board.html", _board_of(request))


def _board_of(request: Request) -> dict[str, Any]:
    if not request.actor.has(*SEES_BEDS):
        raise NotVisible
    shown = boards.board_for(request.actor, request.now)
    tile = shown.tile(_uuid(request.GET.get("giuong", "")))
    mine = tile is not None and policy.keeps(request.actor, tile.bed.shelter)
    fitting = boards.fitting(shown, tile) if tile else []
    return {"board": shown, "tile": tile, "is_mine": mine, "fitting": fitting}


@require_GET
def stay(request: Request, reference: UUID) -> HttpResponse:
    """One stay, its card sealed."""
    found = Stay.objects.visible_to(request.actor).by_reference(reference)
    return render(request, "shelters/stay.html", stay_page.context_of(request, found))


@require_POST
def open_card(request: Request, reference: UUID) -> HttpResponse:
    """The same page with the arrival card open; that it was opened is recorded."""
    card = actions.open_arrival_card(actor=request.actor, reference=reference, now=request.now)
    found = Stay.objects.visible_to(request.actor).by_reference(reference)
    return render(request, "shelters/stay.html", stay_page.context_of(request, found, card=card))


@require_http_methods(["GET", "POST"])
@once
def act(request: Request, reference: UUID, verb: str) -> HttpResponse:
    """One verb on one stay: ask what is to be known, then do it."""
    found = verbs.BY_SLUG.get(verb)
    if found is None:
        raise Http404
    shown = Stay.objects.visible_to(request.actor).by_reference(reference)
    form = _form_of(found, shown, request)
    if request.method == "POST" and (form is None or form.is_valid()):
        more = found.fields(form) if form is not None else {}
        found.run(actor=request.actor, reference=reference, now=request.now, **more)
        messages.success(request, str(found.told))
        return _onwards(request, reference)
    context = {"form": form, "verb": found, "stay": shown, "who": stay_page.title_of(shown)}
    return render(request, "shelters/act.html", context)


def _form_of(verb: verbs.Verb, shown: Stay, request: Request) -> Any:
    if verb.form is None:
        return None
    form: Any = verb.form
    initial = stay_page.initial_of(shown)
    return form(_sent(request), now=request.now, initial=initial)


@require_http_methods(["GET", "POST"])
@once
def request_stay(request: Request, reference: UUID) -> HttpResponse:
    """Ask for a bed from a case."""
    case = Case.objects.visible_to(request.actor).by_reference(reference)
    asked = Stay.objects.visible_to(request.actor).filter(case=case, state__in=OPEN, came_from=None)
    if request.method == "GET" and (one := asked.first()):
        return redirect("shelters:stay", one.reference)
    form = forms.RequestForm(_sent(request), now=request.now)
    if request.method == "POST" and form.is_valid():
        made = actions.request_stay(
            actor=request.actor,
            reference=reference,
            party=form.party,
            card=form.card(case.alias),
            emergency=form.cleaned_data["emergency"],
            now=request.now,
        )
        return redirect("shelters:stay", made)
    return render(request, "shelters/request.html", {"form": form, "case": case})


@require_http_methods(["GET", "POST"])
@once
def hold(request: Request, reference: UUID) -> HttpResponse:
    """Hold beds for a family: those chosen, or whatever fits best."""
    found = Stay.objects.visible_to(request.actor).by_reference(reference)
    if request.method == "POST" and "best" in request.POST:
        actions.hold_beds(actor=request.actor, reference=reference, now=request.now)
        return _onwards(request, reference)
    asked = stay_page.choice_for(request, found)
    form = forms.HoldForm(_sent(request), beds=asked.choices, initial=asked.initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.hold_beds(
            actor=request.actor,
            reference=reference,
            chosen=[UUID(one) for one in given["chosen"]],
            planned=given["planned"] == "planned",
            overriding=given["overriding"],
            now=request.now,
        )
        return _onwards(request, reference)
    context = {"form": form, "stay": found, "who": stay_page.title_of(found), "asked": asked}
    return render(request, "shelters/hold.html", context)


@require_http_methods(["GET", "POST"])
@once
def move(request: Request, reference: UUID) -> HttpResponse:
    """Other beds of the same house."""
    found = Stay.objects.visible_to(request.actor).by_reference(reference)
    asked = stay_page.choice_for(request, found, shelter_id=found.shelter_id)
    form = forms.MoveForm(_sent(request), beds=asked.choices)
    if request.method == "POST" and form.is_valid():
        chosen = [UUID(one) for one in form.cleaned_data["chosen"]]
        actions.move_bed(actor=request.actor, reference=reference, chosen=chosen, now=request.now)
        return _onwards(request, reference)
    context = {"form": form, "stay": found, "who": stay_page.title_of(found), "asked": asked}
    return render(request, "shelters/move.html", context)


@require_http_methods(["GET", "POST"])
@once
def walk_in(request: Request) -> HttpResponse:
    """Take in somebody who stands at the door; a report opens the case."""
    asked = stay_page.free_beds(request)
    form = forms.WalkInForm(
        _sent(request), now=request.now, beds=asked.choices, initial=asked.initial
    )
    if request.method == "POST" and form.is_valid():
        made = actions.admit_walk_in(
            actor=request.actor,
            chosen=[UUID(one) for one in form.cleaned_data["beds"]],
            party=form.party,
            card=form.card(form.cleaned_data["alias"]),
            door=_door_of(form, request),
            expected_on=form.cleaned_data["expected_on"],
            now=request.now,
        )
        return redirect("shelters:stay", made)
    return render(request, "shelters/walk_in.html", {"form": form, "asked": asked})


def _door_of(form: forms.WalkInForm, request: HttpRequest) -> AtTheDoor:
    given = form.cleaned_data
    return AtTheDoor(
        danger_now=given["danger_now"],
        conflict=given["conflict"],
        ring_back=given["ring_back"],
        late=_uuid(request.GET.get("sau", "")),
        case=_uuid(request.GET.get("vu-viec", "")),
    )


@require_http_methods(["GET", "POST"])
@once
def stop_bed(request: Request, reference: UUID) -> HttpResponse:
    """Take a bed out of use."""
    bed = Bed.objects.visible_to(request.actor).select_related("room", "shelter")
    found = bed.by_reference(reference)
    form = forms.StopForm(_sent(request), now=request.now)
    if request.method == "POST" and form.is_valid():
        actions.stop_bed(
            actor=request.actor, reference=reference, now=request.now, **form.cleaned_data
        )
        messages.success(request, _("The bed is out of use."))
        return redirect("shelters:board")
    return render(request, "shelters/stop_bed.html", {"form": form, "bed": found})


@require_POST
def return_bed(request: Request, reference: UUID) -> HttpResponse:
    """Give a bed back to the board."""
    actions.return_bed(actor=request.actor, reference=reference, now=request.now)
    messages.success(request, _("The bed can be given again."))
    return redirect("shelters:board")


def _onwards(request: Request, reference: UUID) -> HttpResponse:
    """To the stay while this person still sees it, else to the board."""
    if Stay.objects.visible_to(request.actor).filter(reference=reference).exists():
        return redirect("shelters:stay", reference)
    return redirect("shelters:board")


def _sent(request: Request) -> Any:
    """What was sent; an empty form was sent too."""
    return request.POST if request.method == "POST" else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
