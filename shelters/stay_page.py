"""What the page of one stay, and the choice of beds for it, show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.models import Case
from network import registry
from network.actors import Actor
from network.roles import Role
from safekeeping.errors import NotVisible, require
from safekeeping.sealed import is_empty
from shelters import policy, rules, verbs, words
from shelters.beds import Claim, elsewhere, look, party_of
from shelters.groups import ArrivalCard
from shelters.models import ASLEEP, LIVE, OPEN, Bed, Shelter, Stay, StayState


def owner_of(actor: Actor, stay: Stay) -> int | None:
    """The owner of the stay's case, for who sees the case; None for a keeper."""
    rows = Case.objects.visible_to(actor).filter(pk=stay.case_id)
    owner_id: int | None = rows.values_list("owner_id", flat=True).first()
    return owner_id


def title_of(stay: Stay) -> str:
    """How a page names a stay: by who comes."""
    return words.party(stay)


def context_of(request: Any, stay: Stay, *, card: ArrivalCard | None = None) -> dict[str, Any]:
    """Everything that the page of one stay shows."""
    actor: Actor = request.actor
    owner_id = owner_of(actor, stay)
    may_hold = stay.state in OPEN and _may_hold(actor, owner_id)
    return {
        "stay": stay,
        "who": title_of(stay),
        "needs": words.needs(stay),
        "party_beds": party_of(stay).beds,
        "house": _house_of(actor, stay),
        "beds": _beds_of(actor, stay),
        "verbs": verbs.offered(actor, stay, owner_id),
        "may_hold": may_hold,
        "has_fitting": may_hold and _proposed(request, stay, owner_id)[1] is not None,
        "may_move": stay.state in LIVE and policy.may_tend(actor, stay, owner_id),
        "may_come_late": stay.state == StayState.LAPSED and policy.keeps_stay(actor, stay),
        "is_asleep": stay.state in ASLEEP,
        "away": registry.label("away_reason", stay.away_why) if stay.away_why else "",
        "seals": [_seal(stay, actor, owner_id, card)],
    }


def _house_of(actor: Actor, stay: Stay) -> str:
    if stay.shelter_id is None:
        return ""
    house = Shelter.objects.visible_to(actor).filter(pk=stay.shelter_id).first()
    return house.name if house else _("A house kept secret")


def _may_hold(actor: Actor, owner_id: int | None) -> bool:
    return policy.may_amend(actor, owner_id) or actor.has(Role.KEEPER)


def _beds_of(actor: Actor, stay: Stay) -> list[Bed]:
    if stay.state not in LIVE:
        return []
    beds = Bed.objects.visible_to(actor).select_related("room")
    return list(beds.filter(uses__stay=stay, uses__live=True).order_by("room__order", "order"))


def _seal(
    stay: Stay, actor: Actor, owner_id: int | None, card: ArrivalCard | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"name": _("Arrival card"), "group": "arrival_card"}
    if card is not None:
        said = [
            (_("Called"), card.alias),
            (_("Needs"), card.needs),
            (_("Be careful"), card.risk),
            (_("Do not let in"), card.visitors_refused),
        ]
        return {
            **row,
            "open": True,
            "values": said,
            "note": _("That you opened it is written down."),
        }
    if is_empty(stay, "arrival_card"):
        return {**row, "what": _("Nothing has been written on it.")}
    row["what"] = _("What the person needs, what to be careful of, whom not to let in")
    if policy.may_open_card(actor, stay, owner_id):
        row["url"] = reverse("shelters:open-card", args=[stay.reference])
    return row


def initial_of(stay: Stay) -> dict[str, Any]:
    """What the forms of a stay begin with."""
    return {
        "adults": stay.adults,
        "children": stay.children_count,
        "sharing": stay.sharing,
        "sex": stay.sex,
        "oldest_boy": stay.oldest_boy,
        "needs": stay.needs,
        "emergency": stay.emergency,
        "expected_on": stay.expected_on,
    }


@dataclass(frozen=True)
class Choice:
    """Beds to choose from, and those proposed."""

    choices: list[tuple[str, str]]
    initial: dict[str, Any]
    needed: int = 1


def choice_for(request: Any, stay: Stay, *, shelter_id: int | None = None) -> Choice:
    """Free beds for a stay; proposed are the bed that was pressed, or what fits best."""
    owner_id = owner_of(request.actor, stay)
    places, plan = _proposed(request, stay, owner_id, shelter_id=shelter_id)
    proposed = {place.bed for place in plan.take} if plan else set()
    beds = _named(request.actor, {place.bed for place in places if place.free})
    pressed, needed = request.GET.get("giuong", ""), party_of(stay).beds
    best = [str(bed.reference) for bed in beds if bed.pk in proposed]
    initial = [pressed] if pressed and needed == 1 else best
    return Choice([_as_choice(bed) for bed in beds], {"chosen": initial}, needed)


def _proposed(
    request: Any, stay: Stay, owner_id: int | None, *, shelter_id: int | None = None
) -> tuple[list[rules.Place], rules.Plan | None]:
    """The beds that this person may give, as they are now, and which of them fit best."""
    houses = Shelter.objects.visible_to(request.actor)
    if shelter_id is not None:
        houses = houses.filter(pk=shelter_id)
    ids = frozenset(
        one.pk for one in houses if shelter_id or policy.may_hold(request.actor, one, owner_id)
    )
    claim = Claim(
        party_of(stay), request.now, rules.ends_of(stay.until, now=request.now), ids, start=stay.pk
    )
    places, there = look(claim), elsewhere(claim, _former(request.actor, stay)).shelters
    return places, rules.choose([one for one in places if one.shelter in there], claim.party)


def _former(actor: Actor, stay: Stay) -> Stay | None:
    if stay.came_from_id is None:
        return None
    former: Stay | None = Stay.objects.visible_to(actor).filter(pk=stay.came_from_id).first()
    return former


def free_beds(request: Any) -> Choice:
    """Free beds of the houses that this person may take somebody in to."""
    seen = list(Shelter.objects.visible_to(request.actor))
    if not seen:
        raise NotVisible
    houses = [one for one in seen if policy.may_walk_in(request.actor, one)]
    require(bool(houses))
    own = [one for one in houses if policy.keeps(request.actor, one)] or houses
    free = _free(frozenset(one.pk for one in own), request.now)
    beds = _named(request.actor, free)
    return Choice([_as_choice(bed) for bed in beds], {"beds": [request.GET.get("giuong", "")]})


def _free(ids: frozenset[int], now: datetime) -> set[int]:
    return {p.bed for p in look(Claim(rules.Party(), now, None, ids)) if p.free}


def _named(actor: Actor, ids: set[int]) -> list[Bed]:
    beds = Bed.objects.visible_to(actor).filter(pk__in=ids).select_related("room", "shelter")
    return list(beds.order_by("shelter__order", "shelter_id", "room__order", "order"))


def _as_choice(bed: Bed) -> tuple[str, str]:
    said = f"{bed.shelter.name} · {bed.name} · {words.room(bed.room)}"
    return str(bed.reference), " · ".join([said, _("extra bed")]) if bed.extra else said
