"""What shelters does once something has happened to a case. A withdrawn consent ends no stay."""

from datetime import datetime

from casework import deadlines
from casework.models import Deadline, Level, Report
from safekeeping import events
from safekeeping.events import Event
from shelters.actions.leaving import end_for_death
from shelters.actions.requests import URGENT, open_request, press
from shelters.actions.staying import BACK
from shelters.groups import ArrivalCard
from shelters.models import LIVE, OPEN, Sex, Stay, StayState
from shelters.rules import Party

BED = "bed"


@events.on("case.reported", must=True)
def ask_for_a_bed(event: Event, *, now: datetime) -> None:
    """A bed needed within the hour is asked for in the report's own transaction, or not at all."""
    report: Report = event.row  # type: ignore[attr-defined]
    if BED not in report.needs:
        return
    case = report.case
    open_request(
        case,
        party=_party_of(report),
        # Without keys the coded request is still saved; the card is written later.
        card=None if report.sealed_later else ArrivalCard(alias=case.alias),
        emergency=True,
        actor=event.originator,
        at=now,
    )


def _party_of(report: Report) -> Party:
    sex = report.case.survivor.sex
    known = sex if sex in Sex.values else Sex.UNKNOWN
    adults = report.adults if report.adults or report.children_count else 1
    return Party(adults=adults, children=report.children_count, sex=str(known))


@events.on("case.assessed", "case.reassessed", within=True)
def show_the_risk(event: Event, *, now: datetime) -> None:
    """A house decides by the risk as it is judged now, not as it was reported.

    Who waits at leisure and is in grave danger by now is the duty desk's to place.
    Records stay.waiting.
    """
    if event.code not in Level.values:
        return
    wanted = Stay.objects.filter(case_id=event.case_id, state__in=OPEN)
    at_leisure = wanted.filter(state=StayState.WAITING).exclude(level__in=URGENT)
    waiting = list(at_leisure.select_related("case")) if event.code in URGENT else []
    wanted.update(level=event.code)
    for stay in waiting:
        stay.level = event.code
        press(stay, actor=event.originator, now=now)


@events.on("deadline.breached", "deadline.found_late", must=True)
def ask_after_who_is_not_back(event: Event, *, now: datetime) -> None:
    """Out for a while, and not back when it was said: is she safe? Records safe_check.raised."""
    if event.code == BACK:
        clock: Deadline = event.row  # type: ignore[attr-defined]
        stay = Stay.objects.select_related("case").get(reference=clock.subject)
        deadlines.safe_check(stay.case, at=clock.due_at, now=now, subject=stay)


@events.on("death.recorded", must=True)
def end_stays(event: Event, *, now: datetime) -> None:
    """Her bed is free; whoever came with her stays. Records stay.discharged, stay.cancelled or
    stay.amended."""
    live = Stay.objects.filter(case_id=event.case_id, state__in=(*OPEN, *LIVE))
    for stay in live.select_related("case").order_by("pk"):
        end_for_death(stay, actor=event.originator, at=event.happened_at, now=now)
