"""What the case page shows of its referrals."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casework.models import Case
from casework.panels import Line, panel
from casework.timeline import titles
from network.actors import Actor
from referral import cards
from referral.models import ASKED, Referral

titles(
    {
        "referral.sent": _("Another agency was asked"),
        "referral.lapsed": _("A request was not answered in time"),
        "referral.accepted": _("A request was accepted"),
        "referral.partly_accepted": _("A request was accepted in part"),
        "referral.declined": _("A request was declined"),
        "referral.acknowledged": _("A notice was confirmed"),
        "referral.started": _("Another agency began its work"),
        "referral.completed": _("Another agency completed its work"),
        "referral.returned": _("A request came back"),
        "referral.voided": _("An acceptance by mistake was voided"),
        "referral.withdrawn": _("A request was taken back"),
        "referral.succeeded": _("A request passed to the successor of an office"),
        "referral.superseded": _("A request was taken on by another agency"),
        "referral.revoked": _("A request ended: consent was withdrawn"),
        "referral.stopped": _("A request ended: the person has died"),
        "referral.stop_acknowledged": _("It was confirmed that nobody contacts the person"),
    },
    lists={
        "referral.sent": "urgency",
        "referral.accepted": "service",
        "referral.partly_accepted": "service",
        "referral.declined": "decline_reason",
        "referral.returned": "return_reason",
        "referral.completed": "referral_outcome",
        "referral.voided": "void_reason",
        "referral.revoked": "withdrawal_scope",
    },
)


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
