"""How a stay ends; never because a consent was withdrawn."""

from datetime import datetime
from uuid import UUID

from casework import deadlines
from casework.deadlines import Clock
from casework.rules import fact_time
from network import registry
from network.actors import Actor
from safekeeping import rls
from safekeeping.errors import RuleBroken, require
from safekeeping.sealed import open_fields
from shelters import beds, policy, rules
from shelters.actions.requests import open_request
from shelters.actions.steps import in_hand, moved
from shelters.models import ASLEEP, Onward, Stay

DIED = "died"
OF_STAY = ("stay_review", "hold_until", "safe_elsewhere", "away_back")
WHILE_THERE = ("stay_review", "away_back")


def discharge(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    next_place: str,
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """She has left, and said where to. Against her will: asked here, done by another person.

    reason, next_place: codes of discharge_reason and next_place. Raises NotVisible,
    PermissionDenied, TransitionNotAllowed, RuleBroken("unknown-code", "in-the-future",
    "left-before-arrival", "stay-over"). Records stay.discharged, or stay.leave_asked; starts
    reassess.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        registry.require_code("discharge_reason", reason)
        registry.require_code("next_place", next_place)
        at = rules.left_at(stay.arrived_at, fact_time(happened_at, now))
        if registry.mapped("discharge_reason", reason, "second_person"):
            _ask_to_leave(stay, reason, next_place, actor=actor, now=now)
        else:
            _end(stay, reason, next_place, actor=actor, at=at, now=now)
    return reference


def _ask_to_leave(stay: Stay, reason: str, next_place: str, *, actor: Actor, now: datetime) -> None:
    if stay.state not in ASLEEP:
        raise RuleBroken("stay-over")
    stay.leave_asked_by_id, stay.leave_asked_at = actor.user_id, now
    stay.reason, stay.next_place = reason, next_place
    moved(stay, "stay.leave_asked", actor=actor, at=now, code=reason)


def _end(
    stay: Stay, reason: str, next_place: str, *, actor: Actor, at: datetime, now: datetime
) -> None:
    before = str(stay.state)
    stay.discharge(at=at, reason=reason, next_place=next_place)
    over(stay, at=at, now=now)
    moved(stay, "stay.discharged", actor=actor, at=now, before=before, happened_at=at, code=reason)


def over(stay: Stay, *, at: datetime, now: datetime) -> None:
    """Free the beds; leaving is a moment of danger, so the risk is judged again."""
    beds.free(stay, at=at)
    deadlines.meet(stay.case, *WHILE_THERE, at=at, subject=stay)
    case = stay.case
    again = Clock("reassess", case.owner_id, at, variant=case.risk_level)
    deadlines.start(case, again, now=now)


def end_for_death(stay: Stay, *, actor: rls.ActorLike, at: datetime, now: datetime) -> None:
    """She has died: a stay of hers alone ends, others who came with her keep it; in hand."""
    before, at = str(stay.state), max(at, stay.arrived_at or stay.requested_at)
    if stay.adults + stay.children_count > 1:
        stay.adults = max(stay.adults - 1, 0)
        moved(stay, "stay.amended", actor=actor, at=now, code=DIED)
        return
    if stay.state in ASLEEP:
        stay.discharge(at=at, reason=DIED, next_place="")
        topic = "stay.discharged"
    else:
        stay.cancel(at=now, reason=DIED)
        topic = "stay.cancelled"
    beds.free(stay, at=at)
    deadlines.stop(stay.case, *OF_STAY, at=now, reason=DIED, subject=stay)
    moved(stay, topic, actor=actor, at=now, before=before, happened_at=at, code=DIED)


def confirm_leave(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Another person agrees that she cannot stay, by day.

    Raises NotVisible, PermissionDenied, RuleBroken("leave-not-asked", "only-by-day"),
    TransitionNotAllowed. Records stay.discharged.
    """
    with in_hand(actor, reference) as stay:
        _require_asked(stay)
        require(policy.may_confirm_leave(actor, stay, stay.case.owner_id))
        rules.require_by_day(now, registry.zone())
        _end(stay, stay.reason, stay.next_place, actor=actor, at=now, now=now)
    return reference


def refuse_leave(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """She stays. The one who asked may take it back too.

    Raises NotVisible, PermissionDenied, RuleBroken("leave-not-asked"). Records stay.leave_refused.
    """
    with in_hand(actor, reference) as stay:
        _require_asked(stay)
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        stay.leave_asked_by = stay.leave_asked_at = None
        stay.reason = stay.next_place = ""
        moved(stay, "stay.leave_refused", actor=actor, at=now)
    return reference


def _require_asked(stay: Stay) -> None:
    if stay.leave_asked_by_id is None or stay.state not in ASLEEP:
        raise RuleBroken("leave-not-asked")


def leave_untold(
    *, actor: Actor, reference: UUID, now: datetime, happened_at: datetime | None = None
) -> UUID:
    """She is gone and nobody knows where: "is she safe?" is raised at once.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed, RuleBroken("in-the-future",
    "left-before-arrival"). Records stay.left_untold.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        at = rules.left_at(stay.arrived_at, fact_time(happened_at, now))
        before = str(stay.state)
        stay.leave_untold(at=at)
        over(stay, at=at, now=now)
        deadlines.safe_check(stay.case, at=at, now=now, subject=stay)
        moved(stay, "stay.left_untold", actor=actor, at=now, before=before, happened_at=at)
    return reference


def ask_transfer(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Ask for beds in another house while she keeps those she has; returns the new stay.

    The arrival card goes along, sealed for the new stay. Raises NotVisible, PermissionDenied,
    RuleBroken("stay-over", "already-asked"), Unreadable. Records stay.requested and
    stay.transfer_asked.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        if stay.state not in ASLEEP:
            raise RuleBroken("stay-over")
        if stay.onward:
            raise RuleBroken("already-asked")
        open_fields([stay], ["arrival_card"])
        moved(stay, "stay.transfer_asked", actor=actor, at=now, groups=["arrival_card"], save=False)
        new = open_request(
            stay.case, party=beds.party_of(stay), card=stay.arrival_card,
            emergency=stay.emergency, actor=actor, at=now, came_from=stay,
        )  # fmt: skip
    return new.reference


def transfer(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """She has gone to the other house, where a bed is held.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed, RuleBroken("not-held-elsewhere").
    Records stay.transferred.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        if stay.onward != Onward.HELD:
            raise RuleBroken("not-held-elsewhere")
        move_on(stay, actor=actor, at=now, now=now)
    return reference


def move_on(stay: Stay, *, actor: Actor, at: datetime, now: datetime) -> None:
    """End a stay that another house goes on with; in hand."""
    before, at = str(stay.state), max(at, stay.arrived_at or at)
    stay.transfer(at=at)
    beds.free(stay, at=at)
    deadlines.meet(stay.case, *WHILE_THERE, at=at, subject=stay)
    moved(stay, "stay.transferred", actor=actor, at=now, before=before, happened_at=at)


def void_stay(*, actor: Actor, reference: UUID, reason: str, now: datetime) -> UUID:
    """It was entered by mistake; its beds are free at once.

    reason: a code of void_reason. Raises NotVisible, PermissionDenied, TransitionNotAllowed,
    RuleBroken("unknown-code"). Records stay.voided.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_tend(actor, stay, stay.case.owner_id))
        registry.require_code("void_reason", reason)
        before = str(stay.state)
        stay.void(at=now, reason=reason)
        beds.free(stay, at=now)
        deadlines.stop(stay.case, *OF_STAY, at=now, reason="not_applicable", subject=stay)
        moved(stay, "stay.voided", actor=actor, at=now, before=before, code=reason)
    return reference
