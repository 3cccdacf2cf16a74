"""How what happens to a request reads on a case's timeline; open queues read again upon it."""

from django.utils.translation import gettext_lazy as _

from casework.timeline import titles

TITLES = {
    "referral.sent": _("Another agency was asked"),
    "referral.lapsed": _("A request was not answered in time"),
    "referral.accepted": _("A request was accepted"),
    "referral.partly_accepted": _("A request was accepted in part"),
    "referral.declined": _("A request was declined"),
    "referral.acknowledged": _("A notice was confirmed"),
    "referral.started": _("The agency that was asked began its work"),
    "referral.completed": _("The agency that was asked completed its work"),
    "referral.returned": _("A request came back"),
    "referral.voided": _("An acceptance by mistake was voided"),
    "referral.withdrawn": _("A request was taken back"),
    "referral.succeeded": _("A request passed to the successor of an office"),
    "referral.superseded": _("A request was taken on by another agency"),
    "referral.revoked": _("A request ended: consent was withdrawn"),
    "referral.stopped": _("A request ended: the person has died"),
    "referral.stop_acknowledged": _("It was confirmed that nobody contacts the person"),
}
LISTS = {
    "referral.sent": "urgency",
    "referral.accepted": "service",
    "referral.partly_accepted": "service",
    "referral.declined": "decline_reason",
    "referral.returned": "return_reason",
    "referral.completed": "referral_outcome",
    "referral.voided": "void_reason",
    "referral.revoked": "withdrawal_scope",
}
# Both sides' open queues read themselves again on these.
QUEUE = tuple(TITLES)

titles(TITLES, lists=LISTS)
