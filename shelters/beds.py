"""Which beds are free, and how two who want the same one are parted.

A claimer looks, chooses, and in one statement locks those beds and writes that they are hers, with
SKIP LOCKED: it goes elsewhere where another is faster. Whether a bed was given since the look the
exclusion constraint on BedUse says in that statement; without the locks it would storm. Beds that
others were just taking may come back: before anybody hears "full" the claimer waits its turn for
them, in the order of ids, so that nobody waits in a circle. What a lost try had locked is given
back before the next begins.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import Least
from psycopg import errors as pg

from safekeeping.errors import RuleBroken
from shelters import rules
from shelters.models import Bed, BedUse, Shelter, Stay
from shelters.rules import Party, Place, Plan

LOCK_TIMEOUT, TURNS = "2s", 4  # our choice: eight seconds in all, less than a person's patience
ONE_USE = "one_use_of_a_bed"
OUT = """b.id IN (
    SELECT o.bed_id FROM shelters_outage o
    WHERE o.starts <= %(now)s AND (o.ends IS NULL OR o.ends > %(now)s)
)"""
# Written out: claimers meet here, and putting such a query together takes longer than asking it.
LOOK = f"""
    SELECT b.id, b.room_id, b.shelter_id, r.tags, r.sons_up_to, b.extra,
        b.id IN (
            SELECT u.bed_id FROM shelters_beduse u
            WHERE u.live AND u.period && tstzrange(%(now)s, %(ends)s)
        ),
        {OUT}
    FROM shelters_bed b
    JOIN shelters_room r ON r.id = b.room_id JOIN shelters_shelter s ON s.id = b.shelter_id
    WHERE b.shelter_id = ANY (%(houses)s::bigint[])
    ORDER BY s."order", s.id, r."order", r.id, b."order", b.id
"""  # noqa: S608
# NO KEY: rows that refer to a bed (its uses, its outages) must not make it look taken.
TAKE = f"""
    WITH locked AS MATERIALIZED (
        SELECT b.id FROM shelters_bed b WHERE b.id = ANY (%(lock)s::bigint[]) AND NOT {OUT}
        ORDER BY b.id FOR NO KEY UPDATE OF b SKIP LOCKED
    ), given AS (
        INSERT INTO shelters_beduse
            (shelter_id, stay_id, bed_id, period, live, persons, expected_on)
        SELECT %(shelter)s, %(stay)s, t.bed, tstzrange(%(now)s, %(ends)s), true, t.persons,
            %(expected_on)s::date
        FROM unnest(%(wanted)s::bigint[], %(persons)s::int[]) AS t (bed, persons)
        WHERE (SELECT count(*) FROM locked) = cardinality(%(lock)s::bigint[])
        ON CONFLICT DO NOTHING RETURNING bed_id
    )
    SELECT ARRAY(SELECT id FROM locked), ARRAY(SELECT bed_id FROM given)
"""  # noqa: S608


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


def elsewhere(claim: Claim, former: Stay | None) -> Claim:
    """The same claim without the house that they move out of, if they do."""
    left = frozenset({former.shelter_id}) if former else frozenset()
    return replace(claim, shelters=claim.shelters - left)


def look(claim: Claim) -> list[Place]:
    """The beds of these houses as they are now; one statement."""
    given: dict[str, Any] = {
        "houses": list(claim.shelters),
        "now": claim.starts,
        "ends": claim.ends,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOOK, given)
        return [
            Place(bed, room, shelter, frozenset(tags), sons, extra, not (used or out), out)
            for bed, room, shelter, tags, sons, extra, used, out in cursor.fetchall()
        ]


def is_any_free(claim: Claim) -> bool:
    """Whether some beds would fit now; nothing is locked."""
    return rules.choose(look(claim), claim.party) is not None


def take_any(stay: Stay, claim: Claim) -> tuple[Place, ...]:
    """Take fitting beds for a stay; empty if there are none. Raises RuleBroken("beds-busy")."""
    places, busy = look(claim), set[int]()
    while plan := rules.choose(places, claim.party, busy=busy, start=claim.start):
        lost = _take(plan, stay, claim)
        if not lost:
            return plan.take
        busy |= lost
    return _take_in_turn(stay, claim) if busy else ()


def take_these(bed_ids: Sequence[int], claim: Claim, *, own: Stay | None = None) -> list[Place]:
    """Lock these very beds, in turn. Raises RuleBroken("bed-taken"), ("bed-out"), ("beds-busy").

    own: a stay whose own uses do not stand in its way.
    """
    mine = set(own.uses.filter(live=True).values_list("bed_id", flat=True)) if own else set()
    with _in_turn():
        _lock({*bed_ids, *mine})
    places = [place for place in look(claim) if place.bed in bed_ids]
    for place in places:
        if place.out:
            raise RuleBroken("bed-out")
        if not place.free and place.bed not in mine:
            raise RuleBroken("bed-taken")
    return places


def _take_in_turn(stay: Stay, claim: Claim) -> tuple[Place, ...]:
    """Wait for who is just taking beds: what was given is used now, what was given back is ours.

    Raises RuleBroken("beds-busy") after so many waits in vain.
    """
    late = 0
    while plan := rules.choose(look(claim), claim.party, start=claim.start):
        try:
            if not _take(plan, stay, claim, wait=True):
                return plan.take
        except RuleBroken:
            late += 1
            if late == TURNS:
                raise
    return ()


def _take(plan: Plan, stay: Stay, claim: Claim, *, wait: bool = False) -> set[int]:
    """Lock a plan's beds and write their uses; returns the beds that were lost to others.

    A lost plan is rolled back to its savepoint, which gives its locks back.
    """
    try:
        with transaction.atomic():
            if wait:
                with _in_turn():
                    _lock(plan.lock)
            lost = _lost(plan, stay, claim)
            if lost:
                raise _Lost
    except _Lost:
        return lost
    return set()


class _Lost(Exception):
    pass


def _lost(plan: Plan, stay: Stay, claim: Claim) -> set[int]:
    wanted = [place.bed for place in plan.take]
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "lock": list(plan.lock),
                "now": claim.starts,
                "ends": claim.ends,
                "stay": stay.pk,
                "expected_on": stay.expected_on,
                "shelter": plan.take[0].shelter,
                "wanted": wanted,
                "persons": claim.party.spread(len(wanted)),
            },
        )
        locked, given = map(set, cursor.fetchone())
    if locked != set(plan.lock):
        return set(plan.lock) - locked
    return set(wanted) - given or _used_beside(plan, claim)


def _used_beside(plan: Plan, claim: Claim) -> set[int]:
    """Beds of a room that is to be ours alone; asked by a statement that begins under its locks."""
    beside = set(plan.lock) - {place.bed for place in plan.take}
    if not beside:
        return set()
    return {place.bed for place in look(claim) if place.bed in beside and not place.free}


def _lock(bed_ids: Collection[int] | QuerySet[BedUse, Any]) -> None:
    rows = Bed.objects.filter(pk__in=bed_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


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
        _lock(mine.values("bed_id"))
    with backstop():
        mine.update(period=(since, None), expected_on=stay.expected_on)


def free(stay: Stay, *, at: datetime, but: Collection[int] = ()) -> None:
    """End the uses of a stay; `at` is the first moment without her. but: ids of uses to keep."""
    began = Least(F("period__startswith"), Value(at))
    stay.uses.filter(live=True).exclude(pk__in=but).update(
        live=False, period=Func(began, Value(at), function="tstzrange")
    )


def spread(stay: Stay, party: Party) -> None:
    """Write anew how many sleep in each bed of a stay."""
    held = list(stay.uses.filter(live=True).order_by("pk"))
    for use, persons in zip(held, party.spread(len(held)), strict=True):
        use.persons = persons
    BedUse.objects.bulk_update(held, ["persons"])


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
