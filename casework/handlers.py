"""What casework does once an event has happened."""

from datetime import datetime

from casework import access, indexing, routing, staff
from casework.actions.closure import DUPLICATE
from casework.closing import LINKED
from casework.models import (
    Case,
    CaseState,
    EmergencyCard,
    Link,
    Report,
    ReportStatus,
    Survivor,
    SurvivorIndex,
)
from network.models import Membership
from safekeeping import events, rls
from safekeeping.errors import Unreadable
from safekeeping.events import Event
from safekeeping.sealed import open_readable

KNOWN_BY = ("phone", "id_number")  # of what is shared, only this says that it is she


@events.on("notice.acknowledged", "case.assigned", within=True)
def show_handled(event: Event, *, now: datetime) -> None:
    """The reporter sees that somebody has the case."""
    for report in Report.objects.filter(case_id=event.case_id, status=ReportStatus.RECEIVED):
        report.handle()
        report.save(update_fields=["status"])


@events.on("case.closed", within=True)
def show_closed(event: Event, *, now: datetime) -> None:
    """The reporter sees that it is closed; or handled still, in the case that it was linked to."""
    for report in Report.objects.filter(case_id=event.case_id).exclude(status=ReportStatus.CLOSED):
        if event.code != LINKED:
            report.close()
        elif report.status == ReportStatus.RECEIVED:
            report.handle()
        report.save(update_fields=["status"])
    if event.case_id is not None:
        # Whoever had the card for the night needs it no more.
        EmergencyCard.objects.filter(case_id=event.case_id).update(readers=[])


@events.on("case.reopened", within=True)
def show_handled_again(event: Event, *, now: datetime) -> None:
    """The reporter sees that it is worked on again."""
    for report in Report.objects.filter(case_id=event.case_id, status=ReportStatus.CLOSED):
        report.handle_again()
        report.save(update_fields=["status"])


@events.on("case.closed", "case.reopened")
def show_along(event: Event, *, now: datetime) -> None:
    """Who told of the same event in another report sees what becomes of the case that goes on."""
    if event.case_id is None:
        return
    with rls.acting(actor=event.originator, now=now, system="deliver"), rls.on_case(event.case_id):
        case = Case.objects.get(pk=event.case_id)
        links = Link.objects.filter(case=case, kind=DUPLICATE).order_by("other_id")
        others = list(links.values_list("other_id", flat=True))
    for other_id in others:
        is_double = case.closure_reason == LINKED
        kept_id, double_id = (other_id, case.pk) if is_double else (case.pk, other_id)
        _show_along(kept_id, double_id, event, now)


def _show_along(kept_id: int, double_id: int, event: Event, now: datetime) -> None:
    with rls.acting(actor=event.originator, now=now, system="deliver"), rls.on_case(kept_id):
        goes_on = Case.objects.get(pk=kept_id).is_live
    with rls.acting(actor=event.originator, now=now, system="deliver"), rls.on_case(double_id):
        double = Case.objects.get(pk=double_id)
        if double.is_live or double.closure_reason != LINKED:
            return
        reports = Report.objects.filter(case=double)
        is_closed = reports.filter(status=ReportStatus.CLOSED)
        for report in is_closed if goes_on else reports.exclude(status=ReportStatus.CLOSED):
            (report.handle_again if goes_on else report.close)()
            report.save(update_fields=["status"])


@events.on("case.reopened", "death.taken_back", within=True)
def show_card_again(event: Event, *, now: datetime) -> None:
    """The duty desk has the card of every live case: it is rung when nobody knows if she is safe.

    Whoever else had it for the night is asked anew.
    """
    if event.case_id is None:
        return
    desk = routing.duty_desk(now)
    if not access.is_blocked(event.case_id, agency_id=desk.pk):
        access.add_reader(event.case_id, desk.pk)


@events.on("membership.ended", "membership.changed")
def let_go(event: Event, *, now: datetime) -> None:
    """The cases of somebody who works on none there any more are without a worker, with a clock.

    Where the whole office ended they pass on, and its successor finds them without one.
    """
    member = Membership.objects.select_related("agency").get(reference=event.subject)
    if event.code == "agency_ended" or staff.works_there(member, now):
        return
    office = rls.Ids(user_id=None, agency_id=member.agency_id)
    with rls.acting(actor=office, now=now, system="deliver"):
        theirs = Case.objects.filter(owner_id=member.agency_id, worker_id=member.user_id)
        live = theirs.exclude(state=CaseState.CLOSED).order_by("pk")
        case_ids = list(live.values_list("pk", flat=True))
    for case_id in case_ids:
        _let_go_of(case_id, member, office, now, "left" if member.ends else "roles")


def _let_go_of(case_id: int, member: Membership, office: rls.Ids, now: datetime, code: str) -> None:
    with rls.acting(actor=office, now=now, system="deliver"), rls.on_case(case_id):
        case = Case.objects.get(pk=case_id)
        if case.worker_id != member.user_id or case.owner_id != member.agency_id:
            return
        case.worker = None
        case.save(update_fields=["worker"])
        access.want_worker(case, now=now)
        events.record("case.worker_left", subject=case, actor=office, at=now, code=code)


@events.on("case.reported", "report.completed")
def look_for_known(event: Event, *, now: datetime) -> None:
    """Tell a new case's owner that the person is possibly known to the same office, no more.

    Works in the owner's name, not the reporter's: whoever reports learns nothing.
    """
    with rls.acting(actor=event.originator, now=now, system="deliver"):
        if event.case_id is None:
            return
        with rls.on_case(event.case_id):
            case = Case.objects.get(pk=event.case_id)
    office = rls.Ids(user_id=None, agency_id=case.owner_id)
    with rls.acting(actor=office, now=now, system="deliver"), rls.on_case(case.pk):
        if _is_known(case):
            events.record("case.possibly_known", subject=case, actor=office, at=now)


def _is_known(case: Case) -> bool:
    if not SurvivorIndex.objects.filter(case=case, kind__in=KNOWN_BY).exists():
        return False
    try:
        own = _opened({case.pk})
        mine = {text for one in own for text in _marks(one)}
        crowd = SurvivorIndex.objects.filter(indexing.bearing(mine)).exclude(case=case)
        others = _opened(set(crowd.values_list("case_id", flat=True)))
    except Unreadable:  # a hint is worth less than a report
        return False
    return any(mine & _marks(other) for other in others)


def _opened(case_ids: set[int]) -> list[Survivor]:
    rows = Survivor.objects.filter(case_id__in=case_ids).select_related("case")
    return open_readable(list(rows), ["identity", "contact"])


def _marks(survivor: Survivor) -> set[tuple[str, str]]:
    texts = indexing.texts_of(survivor.identity, survivor.contact, None)
    return {(kind, text) for kind, text in texts if kind in KNOWN_BY}
