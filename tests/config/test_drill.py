"""The weekly drill, run as a timer would run it: on a house in which something happened."""

import os
import subprocess
from pathlib import Path

from config.embedded import BASE_DIR
from tests.config.conftest import House

HAPPENED = (
    "from datetime import UTC, datetime; from safekeeping import chain, rls;"
    " from safekeeping.models import Event; import uuid; now = datetime.now(UTC);\n"
    "with rls.acting(actor=None, now=now, system='setup'):\n"
    "    Event(reference=uuid.uuid4(), topic='house.drilled', subject_kind='house',"
    " subject=uuid.uuid4(), happened_at=now, recorded_at=now).save(force_insert=True)\n"
    "print(chain.seal_events(now), chain.anchor_head(now))"
)


def drill(house: House) -> subprocess.CompletedProcess[str]:
    here = {"DATA_DIR": str(house.home), "MAI_AM_MODE": "test"}
    mail = {"CHAIN_ANCHOR_MAIL": "auditor@example.vn"}  # nobody takes it here: sending would fail
    return subprocess.run(
        [BASE_DIR / "deploy" / "restore-drill"], check=False, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **here, **mail},
    )  # fmt: skip


def test_the_newest_backup_is_restored_elsewhere_and_proven(house: House) -> None:
    happened = house.manage("shell", "-v0", "-c", HAPPENED)
    assert happened.returncode == 0, happened.stderr
    kept = contents(house.home / "keys")
    assert house.manage("backup").returncode == 0

    done = drill(house)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The chain of events is whole." in done.stdout
    assert "The drill succeeded" in done.stdout
    assert contents(house.home / "keys") == kept


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
