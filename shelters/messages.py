"""What is said when a rule says no: what is so, and what can be done instead."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "already-asked": _("A bed has been asked for already. Change that request instead."),
    "bed-in-use": _(
        "Somebody sleeps in this bed, or it is held for them. Give them another bed first."
    ),
    "bed-out": _("This bed is out of use now. Choose another one."),
    "bed-taken": _("Somebody else has just taken this bed. Choose another one."),
    "beds-apart": _("Choose beds of one house only, so that the family stays together."),
    "beds-busy": _("Many people are giving beds at this moment. Try again."),
    "check-within-six-hours": _("Choose a time within the next six hours to ask again."),
    "ends-before-it-begins": _("The end lies in the past. Choose a later time, or none."),
    "full": _("No bed fits now. The request stays on the waiting list."),
    "leave-not-asked": _("Nobody has asked that this person must leave."),
    "left-before-arrival": _("This is before the person came. Look at the day and the time."),
    "nobody-comes": _("Say how many people come."),
    "not-held-elsewhere": _("First a bed has to be held in the other house."),
    "only-by-day": _("Nobody is sent away in the dark. Confirm between 06:00 and 18:00."),
    "only-children-share": _("Only children can share a bed: there are not that many children."),
    "stay-over": _("This stay is over already."),
    "too-few-beds": _("The family needs %(beds)s beds. Choose all of them, or none."),
}
