"""How root runs a program that refuses to run as root: as `nobody`, and only as root.

A checkout or DATA_DIR below a folder closed to others (such as /root) keeps `nobody` out; then
the program keeps one right of root's, to pass through folders, by util-linux' `setpriv`.
"""

import os
import pwd
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Bits of CapEff in /proc/self/status, the smaller right first.
PASSES = {"dac_read_search": 2, "dac_override": 1}


class CannotReach(Exception):
    """`nobody` cannot get at the files; the text is one sentence for a person."""


@dataclass(frozen=True)
class Lowered:
    """How to run programs: a command's `prefix`, and `popen` arguments; files are `uid`'s."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    popen: dict[str, Any] = field(default_factory=dict)


def lowered(*paths: Path) -> Lowered:
    """Ourselves unless we are root; else `nobody`, made able to reach all `paths`.

    Raises CannotReach.
    """
    if os.getuid() != 0:
        return Lowered(os.getuid(), os.getgid())
    nobody = pwd.getpwnam("nobody")
    uid, gid = nobody.pw_uid, nobody.pw_gid
    closed = [path for path in paths if not is_open(path)]
    if not closed:
        return Lowered(uid, gid, popen={"user": uid, "group": gid, "extra_groups": []})
    right = _right_to_pass()
    setpriv = shutil.which("setpriv")
    if right is None or setpriv is None:
        raise CannotReach(
            f"As root, the database runs as the user nobody, who cannot reach {closed[0]}: "
            "start as an ordinary user, or clone where others may enter."
        )
    keep = (f"--inh-caps=+{right}", f"--ambient-caps=+{right}")
    return Lowered(uid, gid, (setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *keep))


def is_open(path: Path) -> bool:
    """Whether everybody may pass through every existing folder above `path`."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())


def _right_to_pass() -> str | None:
    status = Path("/proc/self/status").read_text()
    held = int(next(line for line in status.splitlines() if line.startswith("CapEff"))[7:], 16)
    return next((right for right, bit in PASSES.items() if held >> bit & 1), None)
