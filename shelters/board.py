"""The bed board as plain values: two statements, whoever looks."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet

from network import registry
from network.actors import Actor
from network.roles import Role
from safekeeping.questions import kept
from shelters import words
from shelters.beds import party_of
from shelters.models import LIVE, OPEN, Bed, Stay, StayState
from shelters.rules import Place, fits

FREE, HELD, TAKEN, OUT = "free", "held", "taken", "out"


@dataclass(frozen=True)
class Tile:
    """One bed at this moment. stay: only if this person sees the stay itself."""

    bed: Bed
    state: str
    until: datetime | None = None
    note: str = ""
    stay: Stay | None = None

    @property
    def css(self) -> str:
        """Its texture: extra beds are dashed while they are free."""
        return "cot" if self.state == FREE and self.bed.extra else self.state


@dataclass(frozen=True)
class RoomOnBoard:
    room: object
    tags: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class HouseOnBoard:
    shelter: object
    rooms: tuple[RoomOnBoard, ...]

    @cached_property
    def free(self) -> int:
        return sum(tile.state == FREE for room in self.rooms for tile in room.tiles)


@dataclass(frozen=True)
class Board:
    """Houses in their order; `waiting` the requests this person sees, the longest first."""

    houses: tuple[HouseOnBoard, ...]
    waiting: tuple[Stay, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def tiles(self) -> list[Tile]:
        return [tile for house in self.houses for room in house.rooms for tile in room.tiles]

    def tile(self, reference: UUID | None) -> Tile | None:
        """The tile of a bed, if it is on this board."""
        return next((tile for tile in self.tiles if tile.bed.reference == reference), None)


def board_for(actor: Actor, now: datetime) -> Board:
    """Every house that this person sees, as it is now."""
    stays = _stays(actor, now)
    known = {stay.pk: stay for stay in stays}
    tiles = [_tile(bed, known) for bed in _beds(actor, now)]
    houses = tuple(
        _house(list(of)) for _, of in groupby(tiles, key=lambda tile: tile.bed.shelter_id)
    )
    counts = {state: sum(t.state == state for t in tiles) for state in (FREE, HELD, TAKEN, OUT)}
    waiting = tuple(stay for stay in stays if stay.state in OPEN)
    return Board(houses, waiting, counts)


def fitting(board: Board, tile: Tile) -> list[Stay]:
    """Who waits for a bed and may be put into the room of this one, free or not."""
    bed = tile.bed
    tags = frozenset(bed.room.tags)
    place = Place(bed.pk, bed.room_id, bed.shelter_id, tags, bed.room.sons_up_to)
    return [stay for stay in board.waiting if fits(place, party_of(stay))]


@kept
def _stays(actor: Actor, now: datetime) -> QuerySet[Stay]:
    rows = Stay.objects.visible_to(actor).filter(state__in=(*OPEN, *LIVE)).defer("arrival_card")
    ordered: QuerySet[Stay] = rows.order_by("-emergency", "requested_at")
    return ordered


@kept
def _beds(actor: Actor, now: datetime) -> QuerySet[Any]:
    """Each bed with the use and the outage that hold now, of which there is one at most."""
    using = Q(uses__live=True, uses__period__contains=now)
    stopped = Q(outages__starts__lte=now) & (Q(outages__ends=None) | Q(outages__ends__gt=now))
    beds = Bed.objects.visible_to(actor).annotate(
        use=FilteredRelation("uses", condition=using),
        out=FilteredRelation("outages", condition=stopped),
        use_stay=F("use__stay_id"),
        use_period=F("use__period"),
        use_expected=F("use__expected_on"),
        out_reason=F("out__reason"),
        out_ends=F("out__ends"),
    )
    named = beds.select_related("room", "shelter__agency")
    ordered: QuerySet[Any] = named.order_by(
        "shelter__order", "shelter_id", "room__order", "room_id", "order", "pk"
    )
    return ordered


def _tile(bed: Any, known: dict[int, Stay]) -> Tile:
    if bed.use_stay is None:
        if bed.out_reason is None:
            return Tile(bed, FREE)
        note = registry.label("outage_reason", bed.out_reason)
        return Tile(bed, OUT, until=bed.out_ends, note=note)
    stay = known.get(bed.use_stay)
    if bed.use_period.upper is not None:
        return Tile(bed, HELD, until=bed.use_period.upper, stay=stay)
    if stay is not None and stay.state == StayState.AWAY:
        return Tile(bed, TAKEN, note=registry.label("away_reason", stay.away_why), stay=stay)
    return Tile(bed, TAKEN, note=words.until(bed.use_expected), stay=stay)


def _house(tiles: list[Tile]) -> HouseOnBoard:
    rooms = groupby(tiles, key=lambda tile: tile.bed.room_id)
    return HouseOnBoard(tiles[0].bed.shelter, tuple(_room(list(of)) for _, of in rooms))


def _room(tiles: list[Tile]) -> RoomOnBoard:
    room = tiles[0].bed.room
    return RoomOnBoard(room, words.room(room), tuple(tiles))


def waiting(actor: Actor) -> QuerySet[Stay]:
    """Families that wait, for whom this person could find a bed."""
    seen: QuerySet[Stay] = Stay.objects.visible_to(actor)
    if not actor.has(Role.KEEPER, Role.COORDINATOR):
        return seen.none()
    return seen.filter(state__in=(StayState.REQUESTED, StayState.WAITING))
