"""The main page of this app: Hàng chờ."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from network.actors import Actor
from network.navigation import Item
from referral.models import Referral
from referral.policy import ANSWERS


def waiting(actor: Actor) -> QuerySet[Referral]:
    """Requests that wait for an answer of one's agency."""
    rows: QuerySet[Referral] = Referral.objects.incoming(actor)
    return rows


ITEMS = (
    Item(
        label=_("Queue"),
        url="referral:queue",
        order=20,
        roles=frozenset(ANSWERS),
        waiting=waiting,
    ),
)
