"""Asking for a bed, and what becomes of it while there is none."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from casework import access, deadlines
from casework.deadlines import Clock
from casework.models import Case, Level
from casework.rules import fact_time
from network import registry
from network.actors import Actor
from safekeeping import rls
from safekeeping.errors import RuleBroken, require
from shelters import beds, policy, rules
from shelters.actions.steps import in_hand, moved
from shelters.groups import ArrivalCard
from shelters.models import OPEN, Stay, StayState
from shelters.rules import Party

SERVICE = "shelter"
URGENT_NOW = "urgent"  # what was asked for at leisure is needed within the hour
URGENT = frozenset({Level.HIGH, Level.EXTREME})


def request_stay(
    *,
    actor: Actor,
    reference: UUID,
    party: Party,
    now: datetime,
    card: ArrivalCard | None = None,
    emergency: bool = False,
) -> UUID:
    """Ask for beds for a case; returns the stay's reference.

    Raises NotVisible, PermissionDenied, RuleBroken("case-closed", "already-asked",
    "nobody-comes", "only-children-share"). Records stay.requested, and stay.waiting if nothing
    fits now.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_request(actor, case.owner_id))
        require_open(case)
        stay = open_request(case, party=party, card=card, emergency=emergency, actor=actor, at=now)
    return stay.reference


def require_open(case: Case) -> None:
    """Refuse a second request of the same case, and any of a closed one."""
    if not case.is_live:
        raise RuleBroken("case-closed")
    if Stay.objects.filter(case=case, state__in=OPEN, came_from=None).exists():
        raise RuleBroken("already-asked")


def open_request(
    case: Case,
    *,
    party: Party,
    card: ArrivalCard | None,
    emergency: bool,
    actor: rls.ActorLike | None,
    at: datetime,
    came_from: Stay | None = None,
) -> Stay:
    """Begin a stay; with the case in hand. Nothing is locked: a hold is an act of its own."""
    rules.require_party(party)
    blocked = access.blocked_agencies(case.pk)
    stay = born(
        case, party, emergency=emergency, at=at, came_from=came_from,
        readers=_readers(case, at, blocked), arrival_card=card,
    )  # fmt: skip
    code = "emergency" if emergency else ""
    moved(stay, "stay.requested", actor=actor, at=at, code=code, save=False)
    if not beds.is_any_free(beds.elsewhere(_anywhere(party, at, blocked), came_from)):
        stay.wait()
        moved(stay, "stay.waiting", actor=actor, at=at, before=StayState.REQUESTED, code=code)
    return stay


def born(case: Case, party: Party, *, emergency: bool, at: datetime, **more: object) -> Stay:
    """A stay of this party, inserted."""
    stay: Stay = Stay.born(
        case=case,
        level=case.risk_level,
        emergency=emergency,
        requested_at=at,
        **coded(party),
        **more,
    )
    return stay


def coded(party: Party) -> dict[str, object]:
    """A party as the columns of a stay."""
    return {
        "adults": party.adults,
        "children_count": party.children,
        "sharing": party.sharing,
        "sex": party.sex,
        "oldest_boy": party.oldest_boy,
        "needs": list(party.needs),
    }


def _readers(case: Case, at: datetime, blocked: set[int]) -> list[int]:
    """Who sees the request: whoever offers shelter to the place, and the duty desk; no blocked."""
    day = registry.localdate(at)
    asked = {one.pk for one in registry.agencies_offering(SERVICE, case.place, day)}
    desk = registry.duty_desk(day)
    return sorted((asked | {desk.pk} if desk else asked) - blocked)


def _anywhere(party: Party, at: datetime, blocked: set[int]) -> beds.Claim:
    return beds.Claim(party, at, hold_ends(at, planned=False), beds.houses(blocked))


def hold_ends(at: datetime, *, planned: bool) -> datetime:
    """When a hold begun now ends: 60 minutes, planned arrivals 24 hours."""
    return registry.due("hold_until", at, "planned" if planned else "")


def amend_request(
    *,
    actor: Actor,
    reference: UUID,
    party: Party,
    now: datetime,
    card: ArrivalCard | None = None,
    emergency: bool | None = None,
    version: int | None = None,
) -> UUID:
    """Say better who comes and what they need; a card that is not given stays as it is.

    Raises NotVisible, PermissionDenied, Stale, RuleBroken("stay-over" once beds are kept,
    "nobody-comes", "only-children-share"). Records stay.amended, with code urgent where the bed is
    needed within the hour from now on, and then stay.waiting where none fits.
    """
    with in_hand(actor, reference, version=version) as stay:
        require(policy.may_amend(actor, stay.case.owner_id))
        rules.require_party(party)
        if stay.state not in OPEN:
            raise RuleBroken("stay-over")
        for name, value in coded(party).items():
            setattr(stay, name, value)
        code = URGENT_NOW if emergency and not stay.emergency else ""
        stay.emergency = stay.emergency if emergency is None else emergency
        if card is not None:
            stay.arrival_card = replace(card, alias=card.alias or stay.case.alias)
        moved(stay, "stay.amended", actor=actor, at=now, code=code)
        if code and stay.state == StayState.WAITING:
            press(stay, actor=actor, now=now)
    return reference


def press(stay: Stay, *, actor: rls.ActorLike, now: datetime) -> None:
    """It waits, and by now that is urgent: the duty desk has to find a place. In hand.

    Records stay.waiting once more.
    """
    code = "emergency" if stay.emergency else ""
    moved(stay, "stay.waiting", actor=actor, at=now, code=code, save=False)


def cancel_request(*, actor: Actor, reference: UUID, reason: str, now: datetime) -> UUID:
    """No bed is needed any more; a held one is free at once.

    reason: a code of the list not_placed_reason. Raises NotVisible, PermissionDenied,
    TransitionNotAllowed, RuleBroken("unknown-code"). Records stay.cancelled.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_cancel(actor, stay, stay.case.owner_id))
        registry.require_code("not_placed_reason", reason)
        before = str(stay.state)
        stay.cancel(at=now, reason=reason)
        beds.free(stay, at=now)
        deadlines.meet(stay.case, "hold_until", "safe_elsewhere", at=now, subject=stay)
        moved(stay, "stay.cancelled", actor=actor, at=now, before=before, code=reason)
    return reference


def settle_elsewhere(
    *, actor: Actor, reference: UUID, kind: str, next_check_at: datetime, now: datetime
) -> UUID:
    """She is safe somewhere else for now; a bed is still looked for.

    kind: a code of safe_elsewhere_kind. Raises NotVisible, PermissionDenied,
    TransitionNotAllowed, RuleBroken("check-within-six-hours", "unknown-code").
    Records stay.safe_elsewhere; starts the clock safe_elsewhere.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_amend(actor, stay.case.owner_id))
        registry.require_code("safe_elsewhere_kind", kind)
        rules.require_check_soon(next_check_at, now=now)
        before = str(stay.state)
        stay.settle_elsewhere(kind=kind, next_check_at=next_check_at)
        _ring_again(stay, now)
        moved(stay, "stay.safe_elsewhere", actor=actor, at=now, before=before, code=kind)
    return reference


def check_elsewhere(
    *,
    actor: Actor,
    reference: UUID,
    safe: bool,
    now: datetime,
    next_check_at: datetime | None = None,
    happened_at: datetime | None = None,
) -> UUID:
    """Somebody asked again after her. Not known to be safe: "is she safe?" is raised.

    Raises NotVisible, PermissionDenied, RuleBroken("stay-over", "check-within-six-hours",
    "in-the-future"). Records stay.checked with code safe or unsafe.
    """
    with in_hand(actor, reference) as stay:
        require(policy.may_amend(actor, stay.case.owner_id))
        at = fact_time(happened_at, now)
        if stay.state != StayState.SAFE_ELSEWHERE:
            raise RuleBroken("stay-over")
        stay.next_check_at = next_check_at or now + rules.ELSEWHERE_AT_MOST
        rules.require_check_soon(stay.next_check_at, now=now)
        deadlines.meet(stay.case, "safe_elsewhere", at=at, subject=stay)
        _ring_again(stay, now)
        if not safe:
            deadlines.safe_check(stay.case, at=at, now=now, subject=stay)
        code = "safe" if safe else "unsafe"
        moved(stay, "stay.checked", actor=actor, at=now, happened_at=happened_at, code=code)
    return reference


def _ring_again(stay: Stay, now: datetime) -> None:
    """At the moment that was named for it, which is within the clock's time."""
    owner_id, due = stay.case.owner_id, stay.next_check_at
    clock = Clock("safe_elsewhere", owner_id, now, subject=stay, due_at=due)
    deadlines.begin(stay.case, clock)
