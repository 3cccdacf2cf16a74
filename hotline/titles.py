"""What an alert is about, in words that name nobody."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotline.models import Alert
from network import registry

Words = str | Promise

TITLES: dict[str, tuple[Words, Words]] = {
    "case.reported": (
        _("A new report"),
        _("Read it and decide who works on it. Answering means: my office knows."),
    ),
    "case.handed_over": (_("A case is now yours"), _("It came from another office. Take it on.")),
    "case.worker_left": (
        _("A case is without a worker"),
        _("The person who worked on it has left. Name another."),
    ),
    "referral.sent": (
        _("Somebody needs you now"),
        _("An urgent request waits in your queue. Answer it there: accept, in part, or decline."),
    ),
    "referral.lapsed": (
        _("An urgent request was not answered"),
        _("Nobody answered in time. See who was asked next, or ring."),
    ),
    "referral.declined": (
        _("An urgent request was declined"),
        _("Nobody is on the way because of it. Ask the next office, or ring."),
    ),
    "referral.returned": (
        _("An urgent request came back"),
        _("Nobody works on it any more. Ask the next office, or ring."),
    ),
    "referral.voided": (
        _("An urgent request was accepted by mistake"),
        _("Nobody is on the way because of it. Ask the next office, or ring."),
    ),
    "referral.withdrawn": (
        _("An urgent request came to nobody: that office has ended"),
        _("Nobody is on the way because of it. Ask the next office, or ring."),
    ),
    "referral.revoked": (
        _("Stop: do not contact"),
        _("The consent for a request you had was withdrawn. Stop at once and confirm."),
    ),
    "referral.stopped": (
        _("The person has died: do not contact"),
        _("A request you had is ended. Please call and visit no more, and confirm."),
    ),
    "death.recorded": (
        _("A person in the network’s care has died"),
        _("Your office looks back, to learn and not to blame. Nobody has to hurry tonight."),
    ),
    "deadline.breached": (
        _("A deadline has passed"),
        _("See what is missing, do it or say why it cannot be done."),
    ),
    "safe_check.raised": (
        _("Is this person safe?"),
        _("Nobody knows for certain. Find out by a safe way: speak to the person alone."),
    ),
    "stay.requested": (
        _("A bed is wanted now"),
        _("Hold a bed, or tell the duty desk that you cannot."),
    ),
    "stay.amended": (
        _("A bed is wanted now"),
        _("Hold a bed, or tell the duty desk that you cannot."),
    ),
    "stay.waiting": (
        _("No bed, and it is urgent"),
        _("Find a place: another shelter, an extra bed, or somewhere safe for tonight."),
    ),
    "stay.cancelled": (
        _("A bed was given up, not by your office"),
        _("No bed is kept any more. Is the person on the way there? Find another place."),
    ),
    "stay.voided": (
        _("A stay was taken back as a mistake"),
        _("No bed is kept by it. Ask the house what is right, and where the person is tonight."),
    ),
    "stay.leave_asked": (
        _("A house asks that somebody leaves it"),
        _("A second person has to agree, by day. Talk with the house, and find another place."),
    ),
    "stay.house_ends": (
        _("Somebody sleeps in a house that is to end"),
        _("The house stays until the person has left. Find another place, together with them."),
    ),
    "case.stood_in": (
        _("The duty desk acted for your office"),
        _("Nobody had taken note for 20 minutes. See what was done, and go on from there."),
    ),
    "glass.broken": (
        _("A case was opened without access"),
        _("A colleague opened it in an emergency. Look who and why."),
    ),
}
IS_IT_SO = _(
    "Another office wrote this down, and nobody asks after the person any more. See whether it is"
    " so; if it is not, whoever leads the case takes it back."
)
UNKNOWN: tuple[Words, Words] = (_("Something needs you"), _("Open it and see what is to be done."))

# Where the matter itself is worked on: the topic, or its first word → an address's name.
SENT = "referral:outgoing"  # for who sent it: there the next is asked
PLACES = {
    "referral": "referral:queue",
    **dict.fromkeys(
        (
            "referral.declined",
            "referral.returned",
            "referral.voided",
            "referral.lapsed",
            "referral.withdrawn",
        ),
        SENT,
    ),
    "stay": "shelters:board",
}


def title_of(alert: Alert) -> str:
    """One line; a clock's alert names the clock."""
    if alert.topic == "deadline.breached":
        return registry.clock(alert.code).name
    return str(TITLES.get(alert.topic, UNKNOWN)[0])


def text_of(alert: Alert, *, is_ours: bool = False) -> str:
    """What to do, in one or two sentences. is_ours: the office that is rung has the case."""
    if is_ours and alert.topic == "death.recorded":
        return str(IS_IT_SO)
    return str(TITLES.get(alert.topic, UNKNOWN)[1])
