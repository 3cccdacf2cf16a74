"""Answers: who may give them, what they open, who wins."""

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework.models import Access, Case, Deadline
from network.models import Agency
from referral import actions
from referral.models import State
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.models import Event
from tests.conftest import NOW
from tests.referral.conftest import HEALTH, row_of

pytestmark = pytest.mark.django_db


def test_acceptance_opens_exactly_the_consented_groups(send, do, people):
    reference = send()

    do("doctor", actions.accept_referral, reference=reference)

    with rls.acting(actor=people["doctor"], now=NOW):
        granted = Access.objects.get(agency__code="ttyt-phucu")
        assert Case.objects.visible_to(people["doctor"]).count() == 1
    assert (set(granted.groups), granted.live, granted.ends) == (set(HEALTH), True, None)
    assert row_of(reference, people["worker"]).state == State.ACCEPTED
