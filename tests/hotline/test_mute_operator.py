"""An operator that takes a call and never comes to an end: clocks go on, whatever hangs there."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from casework.models import Deadline
from config import embedded
from hotline import sweeps
from network.actors import Actor
from safekeeping import rls
from safekeeping.keyring import FileSource
from tests.conftest import NOW
from tests.hotline.operator import Operator
from tests.hotline.test_killed import environment

PATIENCE_SECONDS = 60
A_BYTE_EACH_SECONDS = 1  # more often than the line's time is up, which begins anew with each


@contextmanager
def endless() -> Iterator[tuple[Operator, threading.Event]]:
    """Answers its first call letter by letter until the block ends; and whether it has begun."""
    begun, over = threading.Event(), threading.Event()

    def talk() -> None:
        line, _address = server.accept()
        with line:
            line.recv(65536)
            begun.set()
            while not over.wait(A_BYTE_EACH_SECONDS):
                line.send(b"H")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield Operator(url=f"http://127.0.0.1:{server.getsockname()[1]}"), begun
        finally:
            over.set()
            if begun.is_set():
                thread.join()


@contextmanager
def sweeper(desk: Operator, ring: FileSource) -> Iterator[None]:
    """`manage.py sweep`, as `make run` starts it."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sweep", "--every", "0.2"], cwd=embedded.BASE_DIR,
        env={**os.environ, **environment(desk, ring)},
    )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        process.wait()


def has_breached(worker: Actor, case: UUID) -> bool:
    """Whether a clock of this case has run out, as its office sees it."""
    with rls.acting(actor=worker, now=timezone.now()):
        return Deadline.objects.filter(case__reference=case).exclude(breached_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_text_that_hangs_on_the_line_stops_no_clock(
    cast: dict[str, Any],
    report: Callable[..., UUID],
    on_duty: Callable[..., Any],
    key_ring: FileSource,
) -> None:
    on_duty(cast["worker"])
    report()
    sweeps.ring_due(NOW)
    with endless() as (desk, begun), sweeper(desk, key_ring):
        assert begun.wait(PATIENCE_SECONDS)
        later = report()
        end = time.monotonic() + PATIENCE_SECONDS
        while not has_breached(cast["worker"], later) and time.monotonic() < end:
            time.sleep(0.1)

        assert has_breached(cast["worker"], later)
