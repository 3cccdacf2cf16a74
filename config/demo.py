"""The demo province of a first start: made once, through the commands everybody has.

`DATA_DIR/demo` says how far it came, so that a start killed in the middle begins anew instead of
showing half a province. A restored or given database is left alone.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from config import embedded

PROVINCE = "network/data/hung-yen"
RESTORED = "restored"
NOTE = "A demo: known passwords, no second factor, no SMS is sent. Sign in as"
STEPS = (
    ("load_network", PROVINCE),
    ("rehearse",),
    ("build_figures",),
)


def is_wanted() -> bool:
    """Whether this is the demo, which `make run` is unless told otherwise."""
    return os.environ.get("MAI_AM_MODE") == "demo"


def forget_half_made() -> None:
    """Drop an embedded database whose demo was interrupted."""
    if is_wanted() and _state() == "making" and embedded.is_embedded():
        embedded.Postgres().drop_database()
        embedded.Postgres().start()
        _forget_what_lies_outside()
        _mark().unlink()


def _forget_what_lies_outside() -> None:
    """Heads and erasures of the dropped database: else the next chain looks rolled back."""
    for name in ("anchors.log", "erasures.log"):
        (embedded.data_dir() / "keys" / name).unlink(missing_ok=True)


def make(command: Callable[..., None]) -> None:
    """Load the network and rehearse some months in it, unless that was done before.

    `command` runs one `manage.py` command and raises if it fails.
    """
    if not is_wanted() or _state() == "made":
        return
    if _state() == RESTORED:
        raise embedded.DatabaseRefused(
            "This DATA_DIR holds a restored database, which the demo would show without a second "
            f"step: set MAI_AM_MODE=production, or remove {_mark()} if nobody in it is real."
        )
    if _is_somebody_there():
        _leave_them_alone()
        return
    print("Mái Ấm: first start: making a demo province …", flush=True)  # noqa: T201
    _mark().write_text("making")
    for words in STEPS:
        command(*words)
    _mark().write_text("made")


def _is_somebody_there() -> bool:
    with embedded.connect(embedded.settings_for("app")) as db:
        found = db.execute("SELECT EXISTS (SELECT FROM network_user)").fetchone()
    return bool(found == (True,))


def _leave_them_alone() -> None:
    """Our own database was played in by hand: it is shown. A given one gets no known passwords."""
    if not embedded.is_embedded():
        raise embedded.DatabaseRefused(
            "The given database has people in it, and the demo would add some with known "
            "passwords: set MAI_AM_MODE=production, or give an empty one."
        )
    _mark().write_text("made")


def leave_alone() -> None:
    """No demo is ever made, nor shown, in this DATA_DIR: it holds a restored database."""
    _mark().write_text(RESTORED)


def print_sign_ins() -> None:
    """Show one sign-in per role in the demo; nothing otherwise."""
    if is_wanted():
        print(NOTE, flush=True)  # noqa: T201 - for the person at the terminal
        subprocess.run(
            [sys.executable, "manage.py", "sign_ins"], cwd=embedded.BASE_DIR, check=False,
            env={**os.environ, "MAI_AM_SUPERVISED": "1"}, stdin=subprocess.DEVNULL,
        )  # fmt: skip


def _mark() -> Path:
    return embedded.data_dir() / "demo"


def _state() -> str:
    return _mark().read_text() if _mark().exists() else ""
