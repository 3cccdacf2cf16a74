"""While she is there: arriving, going out, changing beds, the weekly review."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from casework import deadlines
from casework.deadlines import Clock
from casework.rules import fact_time
from network import registry
from network.actors import Actor
from safekeeping.errors import RuleBroken, require
from shelters import beds, policy, rules
from shelters.actions.holding import find_beds
from shelters.actions.leaving import move_on
from shelters.actions.requests import coded
from shelters.actions.steps import in_hand, moved
from shelters.beds import Claim
from shelters.models import ASLEEP, LIVE, Stay, StayState
from shelters.rules import Party

BACK = "away_back"


def admit(
    *,
    actor: Actor,
    reference: UUID,
    now: datetime,
    happened_at: datetime | None = None,
    expected_on: date | None = None,
) -> UUID:
    """She has arrived; also late, as long as nobody else has the bed.

    expected_on: until when she will probably stay. Raises NotVisible, PermissionDenied,
    TransitionNotAllowed, RuleBroken("bed-taken", "in-the-future"). Records stay.admitted (code
    for_host if another house entered it), and stay.transferred in the house they came from;
    starts stay_review.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        at = fact_time(happened_at, now)
        stay.admit(at=at, expected_on=expected_on)
        arrive(stay, actor=actor, at=at, now=now, before=StayState.HELD)
    return reference


def arrive(
    stay: Stay, *, actor: Actor, at: datetime, now: datetime, before: str, code: str = ""
) -> None:
    """What every arrival does, by appointment or at the door (then there is no `before`).

    Who came from another house is there no more, whether or not its keeper has said so.
    """
    stay.for_host = stay.agency_id != actor.agency_id
    beds.occupy(stay, since=at)
    deadlines.meet(stay.case, "hold_until", at=at, subject=stay)
    deadlines.seen_again(stay.case, actor=actor, at=now)
    if stay.came_from is not None and stay.came_from.state in ASLEEP:
        move_on(stay.came_from, actor=actor, at=at, now=now)
    assert stay.agency_id is not None
    deadlines.begin(stay.case, Clock("stay_review", stay.agency_id, at, subject=stay), now=now)
    code = code or ("for_host" if stay.for_host else "")
    moved(
        stay, "stay.admitted", actor=actor, at=now, before=before, happened_at=at, code=code,
        begins=not before,
    )  # fmt: skip


def go_away(
    *,
    actor: Actor,
    reference: UUID,
    why: str,
    now: datetime,
    back_due: datetime | None = None,
) -> UUID:
    """Out for a while (a doctor, a court); the bed stays hers.

    back_due: when she said; without it, in 12 hours. Not back by then is a danger sign.
    Raises NotVisible, PermissionDenied, TransitionNotAllowed, RuleBroken("unknown-code").
    Records stay.away; starts away_back.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        registry.require_code("away_reason", why)
        due = back_due or registry.due(BACK, now)
        stay.go_away(why=why, back_due=due)
        assert stay.agency_id is not None
        deadlines.begin(stay.case, Clock(BACK, stay.agency_id, now, subject=stay, due_at=due))
        moved(stay, "stay.away", actor=actor, at=now, before=StayState.ADMITTED, code=why)
    return reference


def come_back(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Back again. Raises NotVisible, PermissionDenied, TransitionNotAllowed.

    Records stay.returned, and safe_check.met where she had been missed.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        stay.come_back()
        deadlines.meet(stay.case, BACK, at=now, subject=stay)
        deadlines.seen_again(stay.case, actor=actor, at=now)
        moved(stay, "stay.returned", actor=actor, at=now, before=StayState.AWAY)
    return reference


def move_bed(*, actor: Actor, reference: UUID, chosen: Sequence[UUID], now: datetime) -> UUID:
    """Other beds of the same house. A move is an event, not a state.

    Raises NotVisible, PermissionDenied, RuleBroken("stay-over", "beds-apart", "bed-taken",
    "bed-out", "too-few-beds", "beds-busy"). Records stay.moved.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        if stay.state not in LIVE:
            raise RuleBroken("stay-over")
        found = find_beds(actor, chosen)
        ends = rules.ends_of(stay.until, now=now)
        claim = Claim(beds.party_of(stay), now, ends, frozenset({stay.shelter_id or 0}))
        if any(bed.shelter_id != stay.shelter_id for bed in found):
            raise RuleBroken("beds-apart")
        places = beds.take_these([bed.pk for bed in found], claim, own=stay)
        if len(places) < claim.party.beds:
            raise RuleBroken("too-few-beds", beds=claim.party.beds)
        beds.free(stay, at=now)
        beds.give(stay, places, claim)
        moved(stay, "stay.moved", actor=actor, at=now, save=False)
    return reference


def change_party(*, actor: Actor, reference: UUID, party: Party, now: datetime) -> UUID:
    """One of them has left, or one more has come, while the others keep their beds.

    Beds that are too many are free at once; for who came a fitting one of the house is taken, and
    if there is none they share: that they are there is written down all the same.
    Raises NotVisible, PermissionDenied, RuleBroken("stay-over", "nobody-comes",
    "only-children-share", "beds-busy"). Records stay.amended.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        rules.require_party(party)
        if stay.state not in LIVE:
            raise RuleBroken("stay-over")
        for name, value in coded(party).items():
            setattr(stay, name, value)
        _fit_beds(stay, party, now)
        moved(stay, "stay.amended", actor=actor, at=now)
    return reference


def _fit_beds(stay: Stay, party: Party, now: datetime) -> None:
    held = list(stay.uses.filter(live=True).order_by("pk").values_list("pk", flat=True))
    missing = party.beds - len(held)
    if missing > 0:
        ends = rules.ends_of(stay.until, now=now)
        more = replace(party, adults=missing, children=0, sharing=0)
        beds.take_any(stay, Claim(more, now, ends, frozenset({stay.shelter_id or 0})))
    else:
        beds.free(stay, at=now, but=held[: party.beds])
    beds.spread(stay, party)


def review_stay(
    *, actor: Actor, reference: UUID, now: datetime, expected_on: date | None = None
) -> UUID:
    """The weekly talk with her about how to go on; the next one in seven days.

    Raises NotVisible, PermissionDenied, RuleBroken("stay-over"). Records stay.reviewed.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        if stay.state not in ASLEEP:
            raise RuleBroken("stay-over")
        stay.expected_on = expected_on or stay.expected_on
        stay.uses.filter(live=True).update(expected_on=stay.expected_on)
        assert stay.agency_id is not None
        deadlines.meet(stay.case, "stay_review", at=now, subject=stay)
        deadlines.begin(stay.case, Clock("stay_review", stay.agency_id, now, subject=stay))
        moved(stay, "stay.reviewed", actor=actor, at=now)
    return reference
