"""The process of the sweep: one that hangs ends, and is started again."""

import os
import subprocess
import sys

from django.conf import settings

from config.embedded import BASE_DIR

HANGING = """
import threading
import django
django.setup()
from config.management.commands import sweep
from safekeeping import sweeps
sweeps._sweeps = {"hangs": lambda now: threading.Event().wait(), "goes": lambda now: 0}
sweeps._outside = {"goes"}
sweep.HANGS = 0.5
sweep.Command().handle(once=False, every=0.1)
"""


def test_a_sweep_of_which_one_hand_hangs_ends_itself() -> None:
    here = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    ended = subprocess.run(
        [sys.executable, "-c", HANGING], cwd=BASE_DIR, env=here, capture_output=True, check=False,
        timeout=60, text=True,
    )  # fmt: skip

    assert (ended.returncode, "sweep.hangs" in ended.stdout) == (1, True), ended.stderr


def test_no_mail_is_waited_for_without_an_end() -> None:
    assert settings.EMAIL_TIMEOUT
