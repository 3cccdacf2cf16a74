"""What falls due is found in the rows: a clock that ran out, an office that is no more."""

from datetime import date, datetime

from django.db.models import QuerySet

from casework import access, deadlines, routing, rules
from casework.models import Access, Case, CaseState, Deadline
from network import registry
from network.actors import system_actor
from safekeeping import events, policies, rls
from safekeeping.sweeps import sweep


@sweep("deadlines")
def breach_due(now: datetime) -> int:
    """Mark every clock that has run out. An old fact entered late is marked but wakes nobody.

    Each case in a transaction of its own: one that fails keeps the others from nothing.
    Records deadline.breached, or deadline.found_late.
    """
    with rls.acting(actor=None, now=now, system="sweep"):
        due = list(_due(now).order_by("due_at", "pk").values_list("pk", "case_id"))
    return sum(_breach(pk, case_id, now) for pk, case_id in due)


def _due(now: datetime) -> QuerySet[Deadline]:
    return Deadline.objects.filter(met_at=None, waived_at=None, breached_at=None, due_at__lte=now)


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


@sweep("succession")
def pass_on(now: datetime) -> int:
    """Live cases of an office that ended pass to its successor, clocks unbroken.

    Without one, or where the conflict list names it, the duty desk takes them and has a day to
    place them. Closed cases keep their office. Records case.handed_over.
    """
    day = registry.localdate(now)
    with rls.acting(actor=None, now=now, system="sweep"):
        owned = Access.objects.filter(reach=policies.OWNING, live=True, agency__valid_to__lte=day)
        case_ids = list(owned.order_by("case_id").values_list("case_id", flat=True))
    settled = _closed_on.setdefault(day, set())
    return sum(_pass_on(case_id, now) for case_id in case_ids if case_id not in settled)


# Closed cases stay with their ended office for ever; each is looked at once a day, not each sweep.
_closed_on: dict[date, set[int]] = {}


def _pass_on(case_id: int, now: datetime) -> bool:
    day = registry.localdate(now)
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        case = Case.objects.select_related("owner__successor").get(pk=case_id)
        if case.state == CaseState.CLOSED:
            _closed_on[day].add(case_id)
            return False
        if case.owner.holds(day):
            return False
        heir = registry.successor_of(case.owner, day)
        if heir is None or access.is_blocked(case_id, agency_id=heir.pk):
            heir = routing.duty_desk(now)
            deadlines.start(case, "succession", at=now, agency_id=heir.pk)
        access.change_owner(
            case, agency=heir, actor=system_actor("sweep"), now=now, reason="succession"
        )
    return True
