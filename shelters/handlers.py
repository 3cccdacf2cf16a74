"""What shelters does once something has happened to a case. A withdrawn consent ends no stay."""

from datetime import datetime

from casework import deadlines
from casework.models import Deadline, Level, Report
from safekeeping import events
from safekeeping.events import Event
from shelters.actions.leaving import end_for_death
from shelters.actions.requests import open_request
from shelters.actions.staying import BACK
from shelters.groups import ArrivalCard
from shelters.models import LIVE, OPEN, Sex, Stay
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
    """A house decides by the risk as it is judged now, not as it was reported."""
    if event.code in Level.values:
        Stay.objects.filter(case_id=event.case_id, state__in=OPEN).update(level=event.code)


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
