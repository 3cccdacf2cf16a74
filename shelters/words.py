"""Parties, needs and beds in words, the way a keeper would say them."""

from datetime import date

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.models import Level
from network import registry
from shelters.models import Room, Stay
from shelters.rules import INFANTS, PRIVATE, WHEELCHAIR

# For each of `rules.NEEDS`: how a form asks for it, and how it is said of who asked.
NEEDS = {
    PRIVATE: (_("A private room"), _("needs a private room")),
    WHEELCHAIR: (_("A room for a wheelchair"), _("uses a wheelchair")),
    INFANTS: (_("Room for an infant"), _("comes with an infant")),
}


def party(stay: Stay) -> str:
    """Who comes: "1 adult, 2 children"."""
    adults = ngettext("%(n)d adult", "%(n)d adults", stay.adults) % {"n": stay.adults}
    children = ngettext("%(n)d child", "%(n)d children", stay.children_count)
    children %= {"n": stay.children_count}
    parts = [adults] if stay.adults else []
    return ", ".join([*parts, children] if stay.children_count else parts)


def needs(stay: Stay) -> str:
    """Risk and needs: "High risk · needs a private room"."""
    risk = gettext("Risk: %(level)s") % {"level": Level(stay.level).label}
    said = [str(NEEDS[code][1]) for code in stay.needs if code in NEEDS]
    if stay.oldest_boy is not None:
        said.append(gettext("with a son of %(n)d") % {"n": stay.oldest_boy})
    return " · ".join([risk, *said])


def room(one: Room) -> str:
    """For whom a room is: "women, sons up to 12"."""
    said = [_tag(one, tag) for tag in one.tags]
    return ", ".join(word[:1].lower() + word[1:] for word in said)


def _tag(one: Room, tag: str) -> str:
    if tag == "sons" and one.sons_up_to is not None:
        return gettext("sons up to %(n)d") % {"n": one.sons_up_to}
    return registry.label("bed_tag", tag)


def until(one: date | None) -> str:
    """Until when somebody will probably stay: "until 28/11"."""
    return gettext("until %(day)s") % {"day": one.strftime("%d/%m")} if one else ""
