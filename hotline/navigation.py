"""Alerts in the main navigation."""

from django.utils.translation import gettext_lazy as _

from hotline import pages
from hotline.models import ANSWERS
from network.navigation import Item

ITEMS = (
    Item(
        label=_("Alerts"),
        url="hotline:alerts",
        order=15,
        roles=frozenset(ANSWERS),
        waiting=pages.unanswered,
    ),
)
