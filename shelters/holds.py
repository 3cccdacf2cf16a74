"""Why a case cannot be closed yet: somebody has a bed, or waits for one."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from casework.holds import Reason, hold
from shelters.models import LIVE, OPEN, Stay


@hold
def live_stays(case_id: int) -> list[Reason]:
    """A case closes neither over somebody who has a bed nor over somebody who waits for one.

    Else a house would keep a bed for whom nobody works any more.
    """
    found = Stay.objects.filter(case_id=case_id).aggregate(
        live=Count("pk", filter=Q(state__in=LIVE)), asked=Count("pk", filter=Q(state__in=OPEN))
    )
    held = Reason("live-stay", _("A bed held or slept in"), found["live"])
    asked = Reason("open-stay", _("A bed asked for"), found["asked"])
    return [each for each in (held, asked) if each.count]
