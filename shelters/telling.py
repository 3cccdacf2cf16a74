"""How what happens to a stay reads on a case's timeline, and what makes an open board read again.

The place itself is never named.
"""

from django.utils.translation import gettext_lazy as _

from casework.timeline import titles

TITLES = {
    "stay.requested": _("A bed was asked for"),
    "stay.waiting": _("No bed was free; waiting for one"),
    "stay.held": _("A bed is being held"),
    "stay.lapsed": _("The held bed lapsed without an arrival"),
    "stay.cancelled": _("The bed is not wanted any more"),
    "stay.safe_elsewhere": _("Safe in another place for now"),
    "stay.checked": _("Asked again in the other place"),
    "stay.admitted": _("Arrived at the shelter"),
    "stay.amended": _("Details of the stay changed"),
    "stay.moved": _("Moved to another bed"),
    "stay.away": _("Away from the shelter for a while"),
    "stay.returned": _("Back at the shelter"),
    "stay.reviewed": _("Stay reviewed"),
    "stay.seen": _("Arrival card opened"),
    "stay.transfer_asked": _("Another shelter was asked for"),
    "stay.transferred": _("Moved to another shelter"),
    "stay.leave_asked": _("Leaving without wanting to: another person was asked"),
    "stay.leave_refused": _("Leaving without wanting to: refused"),
    "stay.discharged": _("Left the shelter"),
    "stay.left_untold": _("Left the shelter without a word"),
    "stay.house_ends": _("The house is to end: another place has to be found"),
    "stay.succeeded": _("The request passed to the successor of a house that ended"),
    "stay.voided": _("Entered by mistake: the stay was voided"),
    "bed.stopped": _("A bed was taken out of use"),
    "bed.returned": _("A bed is in use again"),
}
LISTS = {
    "stay.away": "away_reason",
    "stay.cancelled": "not_placed_reason",
    "stay.discharged": "discharge_reason",
    "stay.safe_elsewhere": "safe_elsewhere_kind",
    "stay.voided": "void_reason",
}
READ_ONLY = frozenset({"stay.seen", "stay.checked", "stay.transfer_asked", "stay.house_ends"})
# Every open board reads itself again on these.
BOARD = tuple(topic for topic in TITLES if topic not in READ_ONLY)

titles(TITLES, lists=LISTS)
