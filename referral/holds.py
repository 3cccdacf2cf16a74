"""Why a case cannot be closed yet: a referral is open."""

from django.utils.translation import gettext_lazy as _

from casework.holds import Reason, hold
from referral.models import IN_WORK, Kind, Referral, State


@hold
def open_referrals(case_id: int) -> list[Reason]:
    """Waiting for an answer, or in work; not what lapsed, a notice or a handover that is done."""
    open_ones = Referral.objects.filter(
        case_id=case_id, kind=Kind.SERVICE, state__in=(State.SENT, *IN_WORK)
    ) | Referral.objects.filter(case_id=case_id, kind=Kind.HANDOVER, state=State.SENT)
    count = open_ones.count()
    return [Reason("open-referral", _("Requests to others"), count)] if count else []
