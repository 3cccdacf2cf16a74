"""The figures in the main navigation."""

from django.utils.translation import gettext_lazy as _

from figures.policy import READERS
from network.navigation import Item

ITEMS = (Item(label=_("Figures"), url="figures:index", order=60, roles=frozenset(READERS)),)
