"""The main pages of casework."""

from django.utils.translation import gettext_lazy as _

from network.navigation import Item
from network.roles import Role

WORKS = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.COORDINATOR})

ITEMS = (
    Item(label=_("My work"), short=_("Work"), url="casework:my_work", order=10),
    Item(label=_("Report"), url="casework:report", order=40),
    Item(
        label=_("Oversight"),
        url="casework:oversight",
        order=80,
        roles=frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.AUDITOR}),
        wide=True,
    ),
    Item(label=_("Search"), url="casework:search", order=45, roles=WORKS, wide=True),
)
