"""The bed board as plain values: four statements, whoever looks."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby
from uuid import UUID

from network import registry
from network.actors import Actor
from network.roles import Role
from shelters import words
from shelters.models import LIVE, OPEN, Bed, BedUse, Outage, Stay, StayState

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
    stays = _stays(actor)
    uses = _uses(actor, now)
    outs = {out.bed_id: out for out in Outage.objects.visible_to(actor).at(now)}
    known = {stay.pk: stay for stay in stays}
    beds = Bed.objects.visible_to(actor).select_related("room", "shelter__agency")
    ordered = beds.order_by("shelter__order", "shelter_id", "room__order", "room_id", "order")
    tiles = [_tile(bed, uses.get(bed.pk), outs.get(bed.pk), known) for bed in ordered]
    houses = tuple(
        _house(list(of)) for _, of in groupby(tiles, key=lambda tile: tile.bed.shelter_id)
    )
    counts = {state: sum(t.state == state for t in tiles) for state in (FREE, HELD, TAKEN, OUT)}
    waiting = tuple(stay for stay in stays if stay.state in OPEN)
    return Board(houses, waiting, counts)


def _stays(actor: Actor) -> list[Stay]:
    rows = Stay.objects.visible_to(actor).filter(state__in=(*OPEN, *LIVE)).defer("arrival_card")
    return list(rows.order_by("-emergency", "requested_at"))


def _uses(actor: Actor, now: datetime) -> dict[int, BedUse]:
    rows = BedUse.objects.visible_to(actor).filter(live=True, period__contains=now)
    return {use.bed_id: use for use in rows}


def _tile(bed: Bed, use: BedUse | None, out: Outage | None, known: dict[int, Stay]) -> Tile:
    if use is None and out is None:
        return Tile(bed, FREE)
    if use is None:
        assert out is not None
        return Tile(bed, OUT, until=out.ends, note=registry.label("outage_reason", out.reason))
    stay = known.get(use.stay_id)
    if use.period.upper is not None:
        return Tile(bed, HELD, until=use.period.upper, stay=stay)
    if stay is not None and stay.state == StayState.AWAY:
        return Tile(bed, TAKEN, note=str(words.AWAY.get(stay.away_why, "")), stay=stay)
    return Tile(bed, TAKEN, note=words.until(use.expected_on), stay=stay)


def _house(tiles: list[Tile]) -> HouseOnBoard:
    rooms = groupby(tiles, key=lambda tile: tile.bed.room_id)
    return HouseOnBoard(tiles[0].bed.shelter, tuple(_room(list(of)) for _, of in rooms))


def _room(tiles: list[Tile]) -> RoomOnBoard:
    room = tiles[0].bed.room
    return RoomOnBoard(room, words.room(room), tuple(tiles))


def waiting_count(actor: Actor, now: datetime) -> int:
    """How many families wait for whom this person could find a bed."""
    if not actor.has(Role.KEEPER, Role.COORDINATOR):
        return 0
    waiting = (StayState.REQUESTED, StayState.WAITING)
    return Stay.objects.visible_to(actor).filter(state__in=waiting).count()
