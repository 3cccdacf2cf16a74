"""The other person who looks at what one did: asked anew once nobody there may look any more."""

from datetime import datetime
from typing import Any

from casework import access, routing, staff
from casework.models import Access, AccessWhy, BreakGlass, Case, Closure, Deadline, Death, Override
from network.models import Agency


def ask_to_decide(case: Case, row: Closure, *, now: datetime) -> None:
    """Where the owner's office has nobody else, one outside sees the case until it answers.

    The duty desk, else one of the province's. It sees what is coded and opens nothing.
    """
    if staff.has_other(case, than=row.proposed_by_id, now=now):
        return
    office = staff.reviewer_outside(case, now, but=row.proposed_by_id)
    if office.pk != case.owner_id:
        _show(case, office, row, now)


def _show(case: Case, office: Agency, row: Any, now: datetime) -> None:
    access.grant(
        case, agency_id=office.pk, groups=(), why=AccessWhy.SECOND_PERSON, source=row.reference,
        starts=now,
    )  # fmt: skip


def ask_again(case: Case, *, now: datetime) -> None:
    """After a block: what waits for somebody who may not look is asked of somebody who may."""
    desk = routing.duty_desk(now)
    for row in _stuck(case, Override, now) + _stuck(case, BreakGlass, now):
        _pass(row, staff.reviewer_of(case, by=row.done_by, now=now, desk=desk))
    for row in _stuck(case, Death, now):
        access.end(source=row.reference, at=now)
        office = staff.reviewer_outside(case, now, but=row.done_by)
        _pass(row, office)
        if office.pk != case.owner_id:
            _show(case, office, row, now)
    waiting = Closure.objects.filter(case=case, decided_at=None).order_by("pk").last()
    if waiting is not None:
        _ask_anew(case, waiting, now)


def _stuck(case: Case, model: Any, now: datetime) -> list[Any]:
    waits = model.objects.filter(case=case, reviewed_at=None).select_related("review_agency")
    return [
        row
        for row in waits.order_by("pk")
        if not staff.may_look(case, row.review_agency, now, but=row.done_by)
    ]


def _pass(row: Any, office: Agency) -> None:
    """Its clock goes along, unbroken."""
    running = Deadline.objects.filter(subject=row.reference, met_at=None, waived_at=None)
    running.filter(agency=row.review_agency).exclude(clock="break_glass_words").update(
        agency=office
    )
    row.review_agency = office
    row.save(update_fields=["review_agency"])


def _ask_anew(case: Case, row: Closure, now: datetime) -> None:
    asked = Access.objects.filter(source=row.reference, live=True).select_related("agency").first()
    if asked is not None:
        if staff.may_look(case, asked.agency, now, but=row.proposed_by_id):
            return
        access.end(source=row.reference, at=now)
    ask_to_decide(case, row, now=now)
