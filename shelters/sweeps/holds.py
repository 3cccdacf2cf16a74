"""Holds whose time is over."""

from datetime import datetime
from typing import Any

from safekeeping import rls
from safekeeping.sweeps import each, sweep
from shelters.actions import lapse_hold
from shelters.models import Stay, StayState


def _held() -> Any:
    return Stay.objects.filter(state=StayState.HELD)


@sweep("holds", moments=lambda: _held().values("until"))
def lapse_holds(now: datetime) -> int:
    """End every hold that is over; each in a transaction of its own. Returns how many."""
    with rls.acting(actor=None, now=now, system="sweep"):
        due = _held().filter(until__lte=now).order_by("until", "pk")
        found = list(due.values_list("reference", "case_id"))
    return each(_lapse, found, now)


def _lapse(reference: object, case_id: int, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system="sweep"):
        return lapse_hold(reference=reference, case_id=case_id, now=now)  # type: ignore[arg-type]
