"""Why a case cannot be closed yet: somebody has a bed."""

from django.utils.translation import gettext_lazy as _

from casework.holds import Reason, hold
from shelters.models import LIVE, Stay


@hold
def live_stays(case_id: int) -> list[Reason]:
    """A case does not close over somebody who has a bed."""
    count = Stay.objects.filter(case_id=case_id, state__in=LIVE).count()
    return [Reason("live-stay", _("A bed held or slept in"), count)] if count else []
