"""`make check`: everything the build looks at besides the tests, all of it even when one fails."""

import os
import subprocess
import sys
from pathlib import Path

from config.embedded import BASE_DIR

BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
CHECKS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("style", (BIN / "ruff", "check", "--quiet", ".")),
    ("format", (BIN / "ruff", "format", "--check", "--quiet", ".")),
    ("imports", (BIN / "lint-imports", "--no-logo")),
    ("templates", (BIN / "djlint", ".", "--lint", "--quiet")),
    ("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    ("translations", (*MANAGE, "check_translations")),
    ("documents", (*MANAGE, "make_docs", "--check")),
    ("types", (BIN / "mypy", ".")),
)


def main() -> None:
    """Run all checks or those named; print what fails; exit 1 if any did."""
    wanted = set(sys.argv[1:])
    failed = [
        name for name, command in CHECKS if (not wanted or name in wanted) and not ok(name, command)
    ]
    if failed:
        sys.exit(f"make check: {', '.join(failed)} failed")
    print("make check: all is well")  # noqa: T201 - a command's answer


def ok(name: str, command: tuple[object, ...]) -> bool:
    """Whether one check passes; its output is shown only when it does not."""
    done = subprocess.run(  # noqa: S603 - our own tools, no shell
        [str(word) for word in command], cwd=BASE_DIR, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env=environment(),
    )  # fmt: skip
    if done.returncode:
        print(f"--- {name}\n{done.stdout.rstrip()}")  # noqa: T201 - a command's answer
    return done.returncode == 0


def environment() -> dict[str, str]:
    """Commands run as in the tests, beside a running demo and not in it."""
    apart = {"MAI_AM_MODE": "test", "DATA_DIR": str(BASE_DIR / "var" / "test")}
    return {**os.environ, **apart}


if __name__ == "__main__":
    main()
