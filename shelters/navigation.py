"""The entry of the main navigation."""

from django.utils.translation import gettext_lazy as _

from network.navigation import Item
from shelters.board import waiting
from shelters.models.places import SEES_BEDS

ITEMS = (Item(_("Beds"), "shelters:board", 30, roles=frozenset(SEES_BEDS), waiting=waiting),)
