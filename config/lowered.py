"""How root runs a program that refuses to run as root: as `nobody`, or under another name.

Where a checkout or DATA_DIR lies below a folder closed to others (such as /root), `nobody` cannot
get at it. There the program runs in a user namespace: itself it sees an ordinary user, the files
see their owner. Needs util-linux' `unshare`, and a kernel and container that allow it.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOMEBODY = 1000


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
    """Ourselves unless we are root; else somebody who is not and can reach all `paths`.

    Raises CannotReach.
    """
    if os.getuid() != 0:
        return Lowered(os.getuid(), os.getgid())
    closed = [path for path in paths if not is_open(path)]
    if not closed:
        nobody = pwd.getpwnam("nobody")
        uid, gid = nobody.pw_uid, nobody.pw_gid
        return Lowered(uid, gid, popen={"user": uid, "group": gid, "extra_groups": []})
    prefix = _in_namespace()
    if prefix is None:
        raise CannotReach(
            f"As root, the database runs as the user nobody, who cannot reach {closed[0]}: "
            "start as an ordinary user, or clone where others may enter."
        )
    return Lowered(os.getuid(), os.getgid(), prefix)


def is_open(path: Path) -> bool:
    """Whether everybody may pass through every existing folder above `path`."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())


def _in_namespace() -> tuple[str, ...] | None:
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    prefix = (unshare, "--user", f"--map-user={SOMEBODY}", f"--map-group={SOMEBODY}")
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)  # noqa: S603
    return prefix if tried.returncode == 0 else None
