"""A process killed while a text is on its way: with real processes, over HTTP to our operator."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from config import embedded
from hotline import rules
from hotline.models import Attempt
from safekeeping import rls
from safekeeping.keyring import FileSource
from tests.hotline.operator import Operator, operator

SWEEP = (
    "from datetime import datetime; from hotline import sweeps;"
    " at = datetime.fromisoformat('{at}'); sweeps.ring_due(at); sweeps.send_due(at)"
)


def environment(desk: Operator, ring: FileSource) -> dict[str, str]:
    """Of a process on this test's database and keys that sends by our operator."""
    return {
        "MAI_AM_MODE": "test", "MAI_AM_SUPERVISED": "1", "MAI_AM_POOL": "",
        "DATA_DIR": str(embedded.data_dir()), "PGDATABASE": connection.settings_dict["NAME"],
        "KEY_RING_FILE": str(ring.path), "DJANGO_SETTINGS_MODULE": "config.settings",
        "SMS_GATEWAY": "twilio", "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t",
        "TWILIO_SENDER": "+15005550006", "TWILIO_BASE_URL": desk.url,
    }  # fmt: skip


def sweeping(at: datetime, desk: Operator, ring: FileSource) -> subprocess.Popen[bytes]:
    """A process that sweeps once, at a given time, on this test's database."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", SWEEP.format(at=at.isoformat())],
        cwd=embedded.BASE_DIR, env={**os.environ, **environment(desk, ring)},
    )  # fmt: skip


def attempts(now: datetime) -> list[Attempt]:
    with rls.acting(actor=None, now=now, system="deliver"):
        return list(Attempt.objects.order_by("pk"))


@pytest.mark.django_db(transaction=True)
def test_a_text_on_its_way_survives_the_death_of_its_sender(
    cast: dict[str, Any],
    report: Callable[..., Any],
    on_duty: Callable[..., Any],
    key_ring: FileSource,
    now: datetime,
) -> None:
    on_duty(cast["worker"])
    report()
    with operator() as desk:
        killed = sweeping(now, desk, key_ring)
        desk.before_answer = killed.kill
        assert killed.wait(60) == -9
        desk.before_answer = lambda: None
        at_death = [attempt.state for attempt in attempts(now)]

        too_early = sweeping(now + rules.LEASE / 2, desk, key_ring)
        assert too_early.wait(60) == 0
        sent_early = len(desk.texts)
        next_one = sweeping(now + rules.LEASE, desk, key_ring)
        assert next_one.wait(60) == 0

    assert at_death == ["QUEUED"]
    assert sent_early <= 1
    assert [attempt.state for attempt in attempts(now)] == ["SENT"]
    assert 1 <= len(desk.texts) <= 2
    assert {text["To"] for text in desk.texts} == {"+84912000111"}
