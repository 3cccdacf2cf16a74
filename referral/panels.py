"""What the case page shows of its referrals."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casework.models import Case
from casework.panels import Line, panel
from network.actors import Actor
from referral import cards
from referral.models import ASKED, Referral
from safekeeping.questions import Id, kept


@panel(
    "referrals",
    _("Referrals"),
    20,
    start="referral:send",
    start_label=_("Ask another agency"),
)
def referrals(*, actor: Actor, case: Case, now: datetime) -> list[Line]:
    """All referrals of the case that exist for this person, the latest first."""
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
        for row in _of_case(actor, Id(case.pk), now)
    ]


@kept
def _of_case(actor: Actor, case_id: int, now: datetime) -> QuerySet[Referral]:
    rows = Referral.objects.visible_to(actor).filter(case_id=case_id).select_related("to_agency")
    latest: QuerySet[Referral] = rows.order_by("-sent_at", "-pk")
    return latest
