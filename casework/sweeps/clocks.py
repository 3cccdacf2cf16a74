"""Clocks that ran out, found in the rows."""

from datetime import datetime

from django.db.models import QuerySet

from casework import rules
from casework.models import Deadline
from safekeeping import events, rls
from safekeeping.sweeps import each, sweep


def _running() -> QuerySet[Deadline]:
    return Deadline.objects.filter(met_at=None, waived_at=None, breached_at=None)


@sweep("deadlines", moments=lambda: _running().values("due_at"))
def breach_due(now: datetime) -> int:
    """Mark every clock that has run out. An old fact entered late is marked but wakes nobody.

    Each case in a transaction of its own: one that fails keeps the others from nothing.
    Records deadline.breached, or deadline.found_late.
    """
    with rls.acting(actor=None, now=now, system="sweep"):
        due = list(_due(now).order_by("due_at", "pk").values_list("pk", "case_id"))
    return each(_breach, due, now)


def _due(now: datetime) -> QuerySet[Deadline]:
    return _running().filter(due_at__lte=now)


def _breach(pk: int, case_id: int, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        row = _due(now).filter(pk=pk).select_related("case").first()
        if row is None:  # met while we waited for the case
            return False
        row.breached_at = now
        row.save(update_fields=["breached_at"])
        quiet = rules.is_quiet(due=row.due_at, is_late_entry=row.late_entry, now=now)
        topic = "deadline.found_late" if quiet else "deadline.breached"
        events.record(topic, subject=row, actor=None, at=now, code=row.clock)
    return True
