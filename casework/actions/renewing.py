"""Search indexes made anew under a new key, a case at a time, while people work."""

from datetime import datetime

from casework.actions.corrections import find_anew
from casework.models import Case, Survivor, SurvivorIndex
from safekeeping import blind, rls, rotation
from safekeeping.errors import Unreadable

BATCH = 500
REPAIR = "repair"  # sees which key made which index, and of a case only the one in hand


def renew(now: datetime) -> int:
    """Make every index of an older key anew; returns of how many survivors.

    One that cannot be read is passed over, and keeps its key in use.
    """
    done, last = 0, 0
    while batch := _behind(last, now):
        done += sum(_renew_one(case_id, now) for case_id in batch)
        last = batch[-1]
    return done


def under(key_id: str, now: datetime) -> int:
    """How many indexes one key has made."""
    with rls.acting(actor=None, now=now, system=REPAIR):
        return SurvivorIndex.objects.filter(key_id=key_id).count()


def _behind(last: int, now: datetime) -> list[int]:
    """The next cases, by id, with an index of an older key."""
    with rls.acting(actor=None, now=now, system=REPAIR):
        old = SurvivorIndex.objects.exclude(key_id=blind.writing_key()).filter(case_id__gt=last)
        ids = old.order_by("case_id").values_list("case_id", flat=True).distinct()
        return list(ids[:BATCH])


def _renew_one(case_id: int, now: datetime) -> bool:
    """A short transaction of its own, so that nobody waits long for the case."""
    with rls.acting(actor=None, now=now, system=REPAIR), rls.on_case(case_id):
        row = Survivor.objects.select_related("case").get(case_id=case_id)
        case: Case = row.case
        try:
            find_anew(case, row)
        except Unreadable:
            return False
    return True


rotation.keeps_indexes(rotation.Indexes(renew=renew, under=under))
