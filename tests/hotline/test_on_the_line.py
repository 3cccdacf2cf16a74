"""A text that is on the line: nobody else sends it, however late the round's own time is."""

from datetime import timedelta

import pytest
from django.db import connection

from hotline import sweeps
from hotline.models import Attempt
from safekeeping import rls
from tests.conftest import NOW
from tests.hotline.test_early_receipts import desk  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_one_process_is_sending_no_other_sends(desk, cast, on_duty, report):  # noqa: F811
    on_duty(cast["worker"])
    report()
    sweeps.ring_due(NOW)
    tried_meanwhile = []

    def another_process(text):
        if not tried_meanwhile:
            tried_meanwhile.append(None)  # it would be called again by a second text
            tried_meanwhile[0] = sweeps.send_due(NOW + timedelta(hours=1))
        connection.close()  # the operator's thread has one of its own

    desk.on_text = another_process
    sweeps.send_due(NOW)

    with rls.acting(actor=None, now=NOW, system="deliver"):
        states = list(Attempt.objects.values_list("state", flat=True))
    assert tried_meanwhile == [0]
    assert len(desk.texts) == 1
    assert states == ["SENT"]
