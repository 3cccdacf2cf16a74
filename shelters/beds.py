"""Which beds are free, and how two who want the same one are parted.

The exclusion constraint on BedUse is the backstop, not the mechanism: alone it storms. A claimer
locks the beds it wants with SKIP LOCKED and goes elsewhere where another is faster; before it
says "full" it looks once more and waits its turn, in the order of ids, so that nobody waits in a
circle. Locks of the first way are given back before the second begins.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from psycopg import errors as pg

from safekeeping.errors import RuleBroken
from shelters import rules
from shelters.models import Bed, BedUse, Outage, Shelter, Stay
from shelters.rules import Party, Place, Plan

LOCK_TIMEOUT, TURNS = "2s", 4  # our choice: eight seconds in all, less than a person's patience
ONE_USE = "one_use_of_a_bed"


@dataclass(frozen=True)
class Claim:
    """Who wants beds from `starts` until `ends` (exclusive; None: until further notice)."""

    party: Party
    starts: datetime
    ends: datetime | None
    shelters: frozenset[int]  # ids of houses that come into question
    start: int = 0


def party_of(stay: Stay) -> Party:
    """The coded party of a stay as plain values."""
    return Party(
        adults=stay.adults,
        children=stay.children_count,
        sharing=stay.sharing,
        sex=str(stay.sex),
        oldest_boy=stay.oldest_boy,
        needs=tuple(stay.needs),
    )


def houses(without: Collection[int] = ()) -> frozenset[int]:
    """Ids of houses that the database shows here, less those of blocked agencies."""
    seen = Shelter.objects.kept().exclude(agency_id__in=list(without))
    return frozenset(seen.values_list("pk", flat=True))


def look(claim: Claim, only: Collection[int] | None = None) -> list[Place]:
    """The beds of these houses as they are now; one statement. only: ids of beds."""
    used = BedUse.objects.during(claim.starts, claim.ends).filter(bed=OuterRef("pk"))
    out = Outage.objects.at(claim.starts).filter(bed=OuterRef("pk"))
    beds = Bed.objects.filter(shelter__in=claim.shelters)
    if only is not None:
        beds = beds.filter(pk__in=only)
    rows = (
        beds.annotate(used=Exists(used), out=Exists(out))
        .order_by("shelter__order", "shelter_id", "room__order", "room_id", "order", "pk")
        .values_list(
            "pk", "room_id", "shelter_id", "room__tags", "room__sons_up_to", "extra", "used", "out"
        )
    )
    return [
        Place(pk, room, shelter, frozenset(tags), sons, extra, free=not (used or out), out=out)
        for pk, room, shelter, tags, sons, extra, used, out in rows
    ]


def is_any_free(claim: Claim) -> bool:
    """Whether some beds would fit now; nothing is locked."""
    return rules.choose(look(claim), claim.party) is not None


def take_any(claim: Claim) -> tuple[Place, ...]:
    """Lock fitting beds until the transaction ends; empty if there are none."""
    places, busy = look(claim), set[int]()
    while plan := rules.choose(places, claim.party, busy=busy, start=claim.start):
        lost = _try(plan, claim)
        if not lost:
            return plan.take
        busy |= lost
    return _wait_for_turn(claim)


def take_these(bed_ids: Sequence[int], claim: Claim, *, own: Stay | None = None) -> list[Place]:
    """Lock these very beds, in turn. Raises RuleBroken("bed-taken"), ("bed-out"), ("beds-busy").

    own: a stay whose own uses do not stand in its way.
    """
    mine = set(own.uses.filter(live=True).values_list("bed_id", flat=True)) if own else set()
    with _in_turn():
        _lock({*bed_ids, *mine}, skip=False)
    places = look(claim, only=bed_ids)
    for place in places:
        if place.out:
            raise RuleBroken("bed-out")
        if not place.free and place.bed not in mine:
            raise RuleBroken("bed-taken")
    return places


def _try(plan: Plan, claim: Claim) -> set[int]:
    """Lock a plan's beds if nobody else does; returns those that were lost to others.

    A lost plan is rolled back to its savepoint, which gives its locks back.
    """
    try:
        with transaction.atomic():
            lost = set(plan.lock) - _lock(plan.lock, skip=True)
            lost = lost or _no_longer_free(plan, claim)
            if lost:
                raise _Lost
    except _Lost:
        return lost
    return set()


class _Lost(Exception):
    pass


def _no_longer_free(plan: Plan, claim: Claim) -> set[int]:
    """Asked by a statement of its own: the one that locked still saw the beds as they were."""
    return {place.bed for place in look(claim, only=plan.lock) if not place.free and not place.out}


def _wait_for_turn(claim: Claim) -> tuple[Place, ...]:
    """Look again after each time-out: what was waited for may be given by then.

    Raises RuleBroken("beds-busy") after the last.
    """
    for turn in range(1, TURNS + 1):
        try:
            return _take_in_turn(claim)
        except RuleBroken:
            if turn == TURNS:
                raise
    return ()


def _take_in_turn(claim: Claim) -> tuple[Place, ...]:
    wanted = [place.bed for place in look(claim) if place.free and rules.fits(place, claim.party)]
    if len(wanted) < claim.party.beds:
        return ()
    try:
        with transaction.atomic():
            return _taken_in_turn(wanted, claim)
    except _Lost:  # the next in the queue need not wait until we have written that we wait
        return ()


def _taken_in_turn(wanted: Collection[int], claim: Claim) -> tuple[Place, ...]:
    with _in_turn():
        locked = _lock(wanted, skip=False)
    mine = [p if p.bed in locked else replace(p, free=False) for p in look(claim)]
    plan = rules.choose(mine, claim.party, start=claim.start)
    if plan is None:
        raise _Lost
    return plan.take


def _lock(bed_ids: Collection[int], *, skip: bool) -> set[int]:
    # NO KEY: rows that refer to a bed (its uses, its outages) must not make it look taken.
    rows = Bed.objects.filter(pk__in=bed_ids).order_by("pk")
    locked = rows.select_for_update(skip_locked=skip, no_key=True)
    return set(locked.values_list("pk", flat=True))


@contextmanager
def _in_turn() -> Iterator[None]:
    """Wait for others, but not for ever. Raises RuleBroken("beds-busy")."""
    _sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        yield
    except OperationalError as late:
        if isinstance(late.__cause__, pg.LockNotAvailable):
            raise RuleBroken("beds-busy") from None
        raise
    _sql("SET LOCAL lock_timeout = 0")


def give(stay: Stay, places: Sequence[Place], claim: Claim) -> None:
    """Write the uses of locked beds. Raises RuleBroken("bed-taken") from the backstop."""
    spread = claim.party.spread(len(places))
    uses = [
        BedUse(
            shelter_id=place.shelter,
            stay=stay,
            bed_id=place.bed,
            period=(claim.starts, claim.ends),
            persons=persons,
            expected_on=stay.expected_on,
        )
        for place, persons in zip(places, spread, strict=True)
    ]
    with backstop():
        BedUse.objects.bulk_create(uses)


def occupy(stay: Stay, *, since: datetime) -> None:
    """From a hold to a sleeper: the uses have no end until she has left."""
    mine = stay.uses.filter(live=True)
    with _in_turn():
        _lock(list(mine.values_list("bed_id", flat=True)), skip=False)
    with backstop():
        mine.update(period=(since, None), expected_on=stay.expected_on)


def free(stay: Stay, *, at: datetime) -> None:
    """End the uses of a stay; `at` is the first moment without her."""
    for use in stay.uses.filter(live=True):
        use.live, use.period = False, (min(use.period.lower, at), at)
        use.save(update_fields=["live", "period"])


@contextmanager
def backstop() -> Iterator[None]:
    """What the exclusion constraint refuses, said in our words."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as refused:
        cause = refused.__cause__
        if isinstance(cause, pg.ExclusionViolation) and cause.diag.constraint_name == ONE_USE:
            raise RuleBroken("bed-taken") from None
        raise


def _sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)
