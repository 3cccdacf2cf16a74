"""Who is rung about what. Rows are made in the event's own transaction; texts go out after it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from casework import holds
from casework.deadlines import OF_HER
from casework.models import Case, Deadline
from hotline import actions, sweeps
from hotline.gateways import live
from hotline.models import Alert
from network import registry
from referral.requests import is_left
from referral.sweeps import ENDED
from referral.telling import QUEUE
from safekeeping import events
from safekeeping.events import Event
from shelters.actions.leaving import DIED
from shelters.actions.requests import URGENT_NOW
from shelters.telling import BOARD

GRAVE = frozenset({"high", "extreme"})
EMERGENCY = "emergency"
# Answered by doing: which event of the agency rung settles which alerts.
SETTLES: dict[str, tuple[str, ...]] = {
    "case.assigned": ("case.reported", "case.handed_over", "case.worker_left"),
    "case.reassigned": ("case.reported", "case.handed_over", "case.worker_left"),
    "notice.acknowledged": ("case.reported", "case.handed_over"),
    "referral.accepted": ("referral.sent", "referral.lapsed"),
    "referral.partly_accepted": ("referral.sent", "referral.lapsed"),
    "referral.declined": ("referral.sent", "referral.lapsed"),
    "referral.acknowledged": ("referral.sent",),
    "referral.stop_acknowledged": ("referral.revoked", "referral.stopped"),
    "death.reviewed": ("death.recorded",),
    "glass.reviewed": ("glass.broken",),
}
# Asks the owner to find another bed; answered by asking for one.
TO_ASK_AGAIN = ("stay.cancelled", "stay.voided")
# Asks the sender to find another office; answered by asking one.
TO_ASK_NEXT = ("referral.declined", "referral.returned", "referral.voided", "referral.lapsed")
# What asks somebody to find her, or a place for her.
ABOUT_HER = (
    "safe_check.raised", "stay.requested", "stay.waiting", "stay.amended", "stay.cancelled",
    "stay.voided", "stay.leave_asked", "stay.house_ends",
)  # fmt: skip
# Clocks that raise the question whether she is safe when they run out.
ASKED_AFTER = ("hold_until", "away_back")
# What rings whoever has the case, and goes on ringing there when it passes to another office.
OWNERS = (
    "case.reported", "case.handed_over", "case.worker_left", "safe_check.raised",
    "stay.cancelled", "stay.voided", "stay.leave_asked", *TO_ASK_NEXT, "referral.withdrawn",
)  # fmt: skip
NOBODY_LEFT, COORDINATOR = "nobody_left", "coordinator"
# No longer worth ringing for, whoever ended it: alerts about the same row.
ENDS = (
    "referral.withdrawn",
    "referral.superseded",
    "referral.voided",
    "death.taken_back",
    "stay.cancelled",
    "stay.held",
    "stay.admitted",
    "stay.leave_refused",
    "stay.discharged",
    "stay.transferred",
    "stay.left_untold",
    "stay.lapsed",
    "stay.voided",
    "deadline.waived",
)


def _case(event: Event) -> Case:
    """The case behind an event; that which the action has in hand, if its row came with it."""
    row = getattr(event, "row", None)
    held = row if isinstance(row, Case) else getattr(row, "case", None)
    case: Case = held or Case.objects.get(pk=event.case_id)
    return case


# Who is rung: ids of agencies, each of which gets an alert of its own.
Offices = Sequence[int]


def _owner(event: Event, case: Case, now: datetime) -> Offices:
    return (case.owner_id,)


def _desk(event: Event, case: Case, now: datetime) -> Offices:
    desk = registry.duty_desk(registry.localdate(now))
    return (desk.pk,) if desk else ()


def _owner_unless_alone(event: Event, case: Case, now: datetime) -> Offices:
    """Where nobody is left to ask, the duty desk has to find somebody."""
    whom = _desk if event.code == NOBODY_LEFT else _owner
    return whom(event, case, now)


def _owner_if_others(event: Event, case: Case, now: datetime) -> Offices:
    """A house, or the desk, takes back what the owner counted on: a bed, or that she may stay."""
    is_told = event.agency_id == case.owner_id or event.code == DIED
    return () if is_told else (case.owner_id,)


def _receiver(event: Event, case: Case, now: datetime) -> Offices:
    return (event.row.to_agency_id,)  # type: ignore[attr-defined]


def _receiver_unless_told(event: Event, case: Case, now: datetime) -> Offices:
    """Whoever would have called; an owner that asked itself knows from the case."""
    row = event.row  # type: ignore[attr-defined]
    return () if row.stop_seen_at is not None else (row.to_agency_id,)


def _sender_in_need(event: Event, case: Case, now: datetime) -> Offices:
    """Who asked in an emergency and has to ask the next; not whoever wrote the no down itself."""
    row = event.row  # type: ignore[attr-defined]
    sender = row.from_agency_id
    if row.urgency != EMERGENCY or sender in (None, event.agency_id) or not is_left(row):
        return ()
    return (sender,)


def _sender_left_alone(event: Event, case: Case, now: datetime) -> Offices:
    """The office that was asked in an emergency is no more, and has no heir."""
    row = event.row  # type: ignore[attr-defined]
    is_over = event.code == ENDED and row.urgency == EMERGENCY and row.is_request
    return (row.from_agency_id,) if is_over else ()


def _houses(event: Event, case: Case, now: datetime) -> Offices:
    """Every house that may answer; who holds a bed ends it for all."""
    desk = _desk(event, case, now)
    return [one for one in event.row.readers if one not in desk]  # type: ignore[attr-defined]


def _houses_made_urgent(event: Event, case: Case, now: datetime) -> Offices:
    """The same as of a fresh request, by a bed that was asked for at leisure."""
    return _houses(event, case, now) if event.code == URGENT_NOW else ()


def _raised_to(event: Event, case: Case, now: datetime) -> Offices:
    """The clock says who hears of its breach: the agency itself, or the duty desk."""
    clock = registry.clock(event.code, on=registry.localdate(now))
    if clock.raise_to == COORDINATOR:
        return _desk(event, case, now)
    return (event.row.agency_id,)  # type: ignore[attr-defined]


def _looks_back(event: Event, case: Case, now: datetime) -> Offices:
    """Who looks back; and the owner, if another office wrote it down: it stops every question."""
    office = event.row.review_agency_id  # type: ignore[attr-defined]
    is_told = event.agency_id == case.owner_id
    return [one for one in (office, None if is_told else case.owner_id) if one]


def _is_grave(event: Event, case: Case) -> bool:
    return case.risk_level in GRAVE


def _is_urgent_referral(event: Event, case: Case) -> bool:
    return bool(event.row.urgency == EMERGENCY)  # type: ignore[attr-defined]


def _is_urgent_stay(event: Event, case: Case) -> bool:
    """The stay knows of a graver danger before its case does: in the act that finds it."""
    stay = event.row  # type: ignore[attr-defined]
    return bool(stay.emergency) or stay.level in GRAVE or _is_grave(event, case)


def _is_about_safety(event: Event, case: Case) -> bool:
    """A missed paper is no emergency; not knowing whether she is safe is one."""
    return event.code == "safe_check"


def _always(event: Event, case: Case) -> bool:
    return True


def _never(event: Event, case: Case) -> bool:
    return False


# topic → whom it rings, and whether it is an emergency. Its words stand in `titles.TITLES`.
Rule = tuple[Callable[[Event, Case, datetime], Offices], Callable[[Event, Case], bool]]
RINGS: dict[str, Rule] = {
    "case.reported": (_owner, _is_grave),
    "case.handed_over": (_owner, _is_grave),
    "case.worker_left": (_owner, _never),
    "referral.sent": (_receiver, _is_urgent_referral),
    "referral.lapsed": (_owner_unless_alone, _is_urgent_referral),
    "referral.declined": (_sender_in_need, _always),
    "referral.returned": (_sender_in_need, _always),
    "referral.voided": (_sender_in_need, _always),
    "referral.withdrawn": (_sender_left_alone, _always),
    "referral.revoked": (_receiver_unless_told, _always),
    "referral.stopped": (_receiver_unless_told, _never),
    "death.recorded": (_looks_back, _never),
    "deadline.breached": (_raised_to, _is_about_safety),
    "safe_check.raised": (_owner, _always),
    "stay.requested": (_houses, _always),
    "stay.waiting": (_desk, _always),
    "stay.amended": (_houses_made_urgent, _always),
    "stay.cancelled": (_owner_if_others, _is_urgent_stay),
    "stay.voided": (_owner_if_others, _is_urgent_stay),
    "stay.leave_asked": (_owner_if_others, _never),
    "stay.house_ends": (_desk, _never),
    "glass.broken": (_owner, _never),
    "case.stood_in": (_owner, _never),
}


@events.on(*RINGS, within=True, must=True)
def ring(event: Event, *, now: datetime) -> None:
    """Open the alert in the transaction of what it is about: neither is ever there alone."""
    case = _case(event)
    if _is_routine(event, case):
        return
    whom, is_emergency = RINGS[event.topic]
    emergency, agency_ids = is_emergency(event, case), whom(event, case, now)
    if agency_ids:
        actions.open_alerts(
            event=event, case=case, agency_ids=agency_ids, emergency=emergency, now=now
        )


@events.on(*SETTLES, within=True)
def settle(event: Event, *, now: datetime) -> None:
    """Who does what the alert asked for has answered it."""
    if event.case_id is not None:
        actions.settle(event=event, case_id=event.case_id, topics=SETTLES[event.topic], now=now)


@events.on("safe_check.met", within=True)
def settle_checks(event: Event, *, now: datetime) -> None:
    """She is safe: whoever was rung about it, also elsewhere, need not look any more."""
    if event.case_id is not None:
        actions.settle_clocks(event=event, case_id=event.case_id, now=now)


@events.on("referral.sent", within=True, must=True)
def settle_followed(event: Event, *, now: datetime) -> None:
    """The next request answers for the one that it follows, and for no other.

    Most follow none and ask nothing, so a savepoint of its own would cost more than it guards.
    """
    followed = event.row.follows  # type: ignore[attr-defined]
    if followed is not None and event.case_id is not None:
        actions.settle(
            event=event, case_id=event.case_id, topics=TO_ASK_NEXT, about=followed.reference,
            now=now,
        )  # fmt: skip


@events.on("stay.requested", within=True, must=True)
def settle_given_up(event: Event, *, now: datetime) -> None:
    """The next bed that is asked for answers for the one that was given up.

    Not the one that the report itself asks for, before which nothing was: it asks nothing here.
    """
    if event.case_id is not None and _case(event).recorded_at < event.recorded_at:
        actions.settle(event=event, case_id=event.case_id, topics=TO_ASK_AGAIN, now=now)


@events.on(*ENDS, within=True)
def stop_ringing(event: Event, *, now: datetime) -> None:
    """Nobody should be rung about a row that ended, but for what rings of its very end."""
    if event.case_id is not None:
        others = RINGS.keys() - {event.topic}
        actions.cancel_for(case_id=event.case_id, now=now, subject=event.subject, topic__in=others)


@events.on("case.handed_over", within=True, must=True)
def ring_the_new_owner(event: Event, *, now: datetime) -> None:
    """What rang at whoever had the case rings at whoever has it now, from the first rung."""
    case = _case(event)
    moved = Deadline.objects.filter(reference=OuterRef("subject"), agency=case.owner_id)
    theirs = Q(topic__in=OWNERS) | Q(Exists(moved), topic="deadline.breached")
    rung = Alert.objects.filter(theirs, case_id=case.pk).exclude(agency_id=case.owner_id)
    for alert in rung.unsettled().select_related("case").order_by("pk"):
        if not _is_the_desks(alert, now):
            actions.hand_on(alert, alert.agency_id, case.owner_id, now=now)


def _is_the_desks(alert: Alert, now: datetime) -> bool:
    """What rings the duty desk, whoever has the case."""
    if alert.topic == "deadline.breached":
        clock = registry.clock(alert.code, on=registry.localdate(now))
        return bool(clock.raise_to == COORDINATOR)
    return alert.topic == "referral.lapsed" and alert.code == NOBODY_LEFT


@events.on("death.recorded", within=True)
def stop_asking_after_her(event: Event, *, now: datetime) -> None:
    """Nobody is sent to look for her any more; texts that wait are not sent."""
    if event.case_id is not None:
        actions.cancel_for(case_id=event.case_id, now=now, topic__in=ABOUT_HER)
        actions.cancel_for(
            case_id=event.case_id, now=now, topic="deadline.breached", code__in=OF_HER
        )


@events.on("case.closed", within=True)
def stop_all(event: Event, *, now: datetime) -> None:
    """A closed case rings for nothing."""
    if event.case_id is not None:
        actions.cancel_for(case_id=event.case_id, now=now)


@events.on("alert.opened", urgent=True)
def ring_at_once(event: Event, *, now: datetime) -> None:
    """After the commit: do not wait for the sweep, nor for another alert's line.

    It may run twice; each row is claimed.
    """
    if event.case_id is not None:
        sweeps.ring_now(event.subject, event.case_id, now)


def _is_routine(event: Event, case: Case) -> bool:
    """A routine referral waits in the queue, a bed for next week on the list; neither wakes.

    Nor does a closed case that passes to another office: nobody has to take it on. A hold that is
    over, and who is not back, ring once: by the question whether she is safe.
    """
    if event.topic == "deadline.breached":
        return event.code in ASKED_AFTER
    if event.topic == "case.handed_over" and not case.is_live:
        return True
    row = event.row  # type: ignore[attr-defined]
    if event.topic == "stay.requested":
        return event.subject_kind != "stay" or not row.emergency
    if event.topic == "stay.waiting":
        return not _is_urgent_stay(event, case)
    return event.topic == "referral.sent" and row.urgency == "routine"


@events.on(*QUEUE, within=True, must=True)
def show_queue(event: Event, *, now: datetime) -> None:
    """Both sides' open queues read again; a repair comes too late to tell them.

    It asks what `ring` asks too, so a savepoint of its own would guard nothing.
    """
    referral = getattr(event, "row", None)
    if referral is None:
        return
    sides = {referral.from_agency_id, referral.to_agency_id} - {None}
    live.push_all((live.group_of_agency(one), "referral", event.subject) for one in sides)


@events.on(*BOARD, within=True, must=True)
def show_beds(event: Event, *, now: datetime) -> None:
    """Every open bed board reads again. No stay is named: who is kept from a case hears it too."""
    live.push(live.BEDS, "bed", "")


@holds.hold
def ringing(case_id: int) -> list[holds.Reason]:
    """A case is not closed while it rings; in hand."""
    count = Alert.objects.ringing().filter(case_id=case_id).count()
    return [holds.Reason("alert", _("Alerts that nobody has answered"), count)] if count else []
