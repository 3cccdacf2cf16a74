"""What to say when a rule of asking says no."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "consent-missing": _(
        "The person has not agreed to this service by this kind of agency with these parts. "
        "Ask first, or leave parts out"
    ),
    "consent-ended": _("The person has withdrawn this consent: nothing may be opened any more"),
    "contact-taken-back": _(
        "The person does not want to be contacted. Choose that the person comes, or ask first "
        "whether contact is wanted again"
    ),
    "statute-not-fitting": _(
        "This law does not cover this agency, this service or these parts of the information"
    ),
    "life-not-for-this": _(
        "Danger to life opens the way to police, a doctor and child protection only"
    ),
    "parts-none": _("Tick at least one part"),
    "parts-all": _("These are all parts: accept it as a whole"),
    "parts-unknown": _("One of the parts was not asked for"),
    "bed-by-stay": _("A bed is asked for on the board of beds, not by a referral"),
    "not-offered": _("This agency cannot be asked for this. Choose another one"),
    "not-connected": _("This agency cannot take a whole case over"),
    "asked-already": _("This agency is asked for this already"),
    "not-to-send-on": _("There is nothing to send on: it waits, or the next one is asked already"),
    "no-stop-line": _("There is nothing to confirm: consent stands, or it was confirmed already"),
}
