"""`python -m tests.bench [B2 …]`: run the suite on a PostgreSQL of its own and print one table."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STARTED = time.monotonic()
SUITE = {
    "B1": "b1_intake", "B2": "b2_sealed", "B10": "b10_steps", "B5": "b5_alert",
    "B8": "b8_pages", "B3": "b3_queue", "B4": "b4_beds",
}  # fmt: skip


@contextmanager
def private_server() -> Iterator[None]:
    """A durable embedded server, the product's settings, a DATA_DIR that goes with the block."""
    (BASE_DIR / "var" / "bench").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=BASE_DIR / "var" / "bench"))
    folder.chmod(0o755)  # the server may run as another user
    os.environ.update(
        DATA_DIR=str(folder), MAI_AM_MODE="demo", MAI_AM_SUPERVISED="1",
        DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="ERROR",
    )  # fmt: skip
    for name in ("MAI_AM_FAST_DATABASE", "DATABASE_URL", "PGOPTIONS"):
        os.environ.pop(name, None)
    from config import embedded

    try:
        with embedded.Postgres(fast=False).used():
            subprocess.run([sys.executable, "manage.py", "setup"], cwd=BASE_DIR, check=True)
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def say(what: str) -> None:
    """How far it has come; the table alone goes to stdout."""
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


def main(wanted: list[str]) -> None:
    """Run what is named, or all; every bench begins on what the former left."""
    unknown = set(wanted) - SUITE.keys()
    if unknown:
        sys.exit(f"There is no {', '.join(sorted(unknown))}; choose of {', '.join(SUITE)}.")
    with private_server():
        import django

        django.setup()
        from tests.bench import measuring, world

        world.played()
        say(f"ready after {time.monotonic() - STARTED:.0f} s")
        figures = []
        for name, module in SUITE.items():
            if not wanted or name in wanted:
                figures += _run(name, module)
        sys.stdout.write(f"\n{_machine()}\n\n{measuring.table(figures)}\n")
        say(f"all took {time.monotonic() - STARTED:.0f} s")


def _run(name: str, module: str) -> list[Any]:
    from tests.bench import measuring

    begun = time.monotonic()
    bench = import_module(f"tests.bench.{module}")
    found = bench.run(bench.FULL)
    say(f"{name} took {time.monotonic() - begun:.0f} s")
    say(measuring.table(found.figures))
    return list(found.figures)


def _machine() -> str:
    cpu = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{cpu}, {os.cpu_count()} cores, load {load}; Python {platform.python_version()}"


if __name__ == "__main__":
    main([word.upper() for word in sys.argv[1:]])
