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
    "shift-backwards": _("The shift ends before it begins."),
    "shift-too-long": _("A shift lasts 24 hours at most. Write two."),
    "shift-past": _("This shift is over already."),
    "shift-over": _("This shift is over already."),
    "shift-overlaps": _("This person is on duty at that time already."),
}
