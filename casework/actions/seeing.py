"""Seeing a case by its emergency card too: what may be done for her without seeing the case."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from casework.models import Case, EmergencyCard
from network.actors import Actor


def case_or_card_ids(actor: Actor, reference: UUID) -> QuerySet[Any, int]:
    """The id by the case's reference or by that of an emergency card addressed to one's office.

    Whoever sees a card sees nothing of the case; some duties may be done all the same.
    For `rls.on_case_of`.
    """
    cases = Case.objects.visible_to(actor).case_ids(reference)
    cards = EmergencyCard.objects.visible_to(actor).case_ids(reference)
    found: QuerySet[Any, int] = cases.union(cards)
    return found
