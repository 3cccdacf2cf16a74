"""What the case page shows of its referrals."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casework.models import Case
from casework.panels import Line, panel
from network.actors import Actor
from referral import cards
from referral.models import ASKED, Referral


@panel(
    "referrals",
    _("Referrals"),
    20,
    start="referral:send",
    start_label=_("Ask another agency"),
)
def referrals(*, actor: Actor, case: Case, now: datetime) -> list[Line]:
    """All referrals of the case that exist for this person, the latest first."""
    rows = Referral.objects.visible_to(actor).filter(case=case).select_related("to_agency")
    return [
        Line(
            what=cards.title_of(row),
            where=row.to_agency.short,
            state=str(row.get_state_display()),
            at=row.sent_at,
            due=row.answer_due if row.state in ASKED else None,
            started=row.sent_at,
            url=reverse("referral:detail", args=[row.reference]),
        )
        for row in rows.order_by("-sent_at", "-pk")
    ]
