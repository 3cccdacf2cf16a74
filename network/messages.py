"""Sentences for broken rules of the network."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "username-taken": _("Somebody signs in by this user name already. Choose another."),
    "admin-exists": _("The network has an administrator already, who invites the others."),
    "no-such-agency": _("No agency has this code."),
    "no-such-person": _("Nobody signs in by this user name."),
    "member-already": _("This person belongs to the agency already."),
    "membership-ended": _("This membership has ended."),
    "nothing-asked": _("Nobody has asked for this, or it was done already."),
    "agency-ended": _("This agency has ended already."),
    "ends-before-it-began": _("The agency began on that day or later. Choose a later day."),
    "successor-itself": _("An agency cannot take over from itself. Choose another one."),
    "successor-not-there": _("This successor does not exist on that day. Choose another one."),
    "last-duty-desk": _(
        "The network would be without a duty desk from that day on. Make another one first."
    ),
    "last-admin": _(
        "Nobody in another agency administers the network. Appoint somebody there first."
    ),
    "somebody-sleeps-there": _(
        "Somebody has a bed in its house. Find the person another place first, then end the agency."
    ),
    "nothing-becomes": _("Say which commune becomes which."),
    "no-such-unit": _("There is no such commune on that day."),
    "unit-ends-already": _("The end of this commune is already written down."),
    "code-in-use": _("Another commune bears this code on that day."),
    "unit-from-nothing": _("Each new commune is made of one that exists today. Name it."),
    "split-needs-two": _(
        "A commune passes as a whole to one new commune, or in parts to two or more."
    ),
    "no-end-planned": _("No end of this agency is planned."),
    "other-office": _(
        "This page was opened for another office than the one you act for now. Nothing was saved."
        " Choose that office again, or open the page anew."
    ),
    "shift-backwards": _("The shift ends before it begins."),
    "shift-too-long": _("A shift lasts 24 hours at most. Write two."),
    "shift-over": _("This shift is over already."),
    "shift-overlaps": _("This person is on duty at that time already."),
}
