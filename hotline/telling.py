"""How alerts read on a case's timeline."""

from django.utils.translation import gettext_lazy as _

from casework.timeline import titles

titles(
    {
        "alert.opened": _("Duty staff alerted"),
        "alert.rung": _("Duty staff rung"),
        "alert.exhausted": _("Nobody answered; the duty desk is rung"),
        "alert.acknowledged": _("Alert acknowledged"),
        "alert.cancelled": _("Alert ended"),
        "alert.opened_again": _("Acknowledged but nothing done: alerted again"),
        "alert.succeeded": _("The alert passed on to another office"),
    },
    follows=("alert.opened", "alert.rung", "alert.exhausted", "alert.opened_again"),
)
