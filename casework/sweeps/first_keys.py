"""Keys for cases that were reported while the key ring was away: so that whoever comes first may
write, and need not wait until the words of the report are brought.
"""

from datetime import datetime

from casework.models import Case, Report
from safekeeping import erasure, keys, rls
from safekeeping.errors import KeysUnavailable
from safekeeping.sweeps import each, sweep


@sweep("first-keys")
def make_first_keys(now: datetime) -> int:
    """One for each survivor who has none yet; returns how many were made."""
    with rls.acting(actor=None, now=now, system="sweep"):
        late = list(Report.objects.filter(sealed_later=True).values_list("case_id", flat=True))
    try:
        return each(_make, ((case_id,) for case_id in late), now)
    except KeysUnavailable:  # still away: again at the next sweep
        return 0


def _make(case_id: int, now: datetime) -> bool:
    """Not for who was erased before the words were brought: nothing is sealed for her again."""
    with rls.acting(actor=None, now=now, system="sweep"), rls.on_case(case_id):
        subject = Case.objects.get(pk=case_id).subject_reference
        return not erasure.is_erased(subject) and keys.ensure_subject(subject)
