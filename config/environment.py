"""Make `.venv` from the hashed locks: the first step of every `make` target.

Runs on the machine's bare Python (no package is there yet), and does nothing when the locks are
the ones installed last. uv is used where pip can bring it, because it is three times as fast.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = BASE_DIR / ".venv"
PYTHON = HOME / "bin" / "python"
LOCKS = BASE_DIR / "requirements"
OLDEST = (3, 11)


class NotPossible(Exception):
    """The environment cannot be made; the text is one sentence for a person."""


def make(kind: str) -> None:
    """Install the lock of `run` or `test` (which holds `run` too) unless its stamp is there."""
    wanted = _hash(kind)
    stamp = HOME / f".{kind}"
    if _stamp_is(stamp, wanted) and _works(PYTHON):
        return
    if not _works(PYTHON):
        _make_home()
    _install(LOCKS / f"{kind}.txt")
    if _npm_is_missing():
        _install(LOCKS / "node.txt")
    stamp.write_text(wanted)


def _stamp_is(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _hash(kind: str) -> str:
    files = [LOCKS / f"{kind}.txt", LOCKS / "node.txt"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _works(python: Path) -> bool:
    """Whether it is there and is new enough; a moved checkout leaves a broken one behind."""
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", test], check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _make_home() -> None:
    if sys.version_info < OLDEST:
        raise NotPossible(
            f"Python 3.11 or newer is needed, {sys.executable} is {sys.version.split()[0]}: "
            "name another, as in `make run PYTHON=python3.12`."
        )
    _say("making .venv")
    if HOME.is_symlink():
        HOME.unlink()
    shutil.rmtree(HOME, ignore_errors=True)
    made = subprocess.run(  # noqa: S603 - Python itself
        [sys.executable, "-m", "venv", HOME], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise NotPossible(
            "Python cannot make a virtual environment (on Debian: apt-get install "
            f"python3-venv): {(made.stdout + made.stderr).strip()}"
        )


def _install(lock: Path) -> None:
    _say(f"installing {lock.relative_to(BASE_DIR)}")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    uv = HOME / "bin" / "uv"
    if not uv.exists():
        _run(*pip, "install", "--require-hashes", "-r", LOCKS / "uv.txt")
    by_uv = (uv, "pip", "install", "--quiet", "--python", PYTHON)
    if uv.exists() and _run(*by_uv, "--require-hashes", "-r", lock):
        return
    if not _run(*pip, "install", "--require-hashes", "-r", lock):
        raise NotPossible(f"pip could not install {lock.relative_to(BASE_DIR)}; see above.")


def _npm_is_missing() -> bool:
    return shutil.which("npm") is None and not (HOME / "bin" / "npm").exists()


def _run(*command: object) -> bool:
    done = subprocess.run(  # noqa: S603 - pip and uv, no shell
        [str(word) for word in command], cwd=BASE_DIR, stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"},
    )  # fmt: skip
    return done.returncode == 0


def _say(what: str) -> None:
    print(f"Mái Ấm: {what} …", flush=True)  # noqa: T201 - a command's answer


def main() -> None:
    """`python3 -m config.environment run|test`."""
    try:
        make(sys.argv[1])
    except NotPossible as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
