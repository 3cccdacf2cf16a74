"""The cast and cases of casework, and people on duty with phones."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from network.models import Agency, Membership, Shift, ShiftPhone
from safekeeping import keys
from tests.casework.conftest import (  # noqa: F401
    _province,
    actor,
    assigned,
    cast,
    client_of,
    report,
)
from tests.conftest import NOW


@pytest.fixture
def on_duty(db: None) -> Callable[..., Shift]:
    """`on_duty(actor, turn=1, number="0912…")`: put somebody on the roster of their agency."""

    def make(person: Any, turn: int = 1, number: str = "0912000111") -> Shift:
        agency = Agency.objects.get(pk=person.agency_id)
        if agency.subject is None:
            agency.subject = keys.create_subject()
            agency.save(update_fields=["subject"])
        return Shift.born(
            agency=agency,
            membership=Membership.objects.get(pk=person.membership_id),
            starts=NOW - timedelta(hours=1),
            ends=NOW + timedelta(hours=11),
            turn=turn,
            phone=ShiftPhone(number=number),
        )

    return make
