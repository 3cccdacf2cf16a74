"""A web server in a process of its own, on a database that is already there."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import BASE_DIR
from config.run import die_with_parent


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(said: Path | None = None, **environment: str) -> Iterator[str]:
    """Run uvicorn for this block; yields its address. `localhost`: passkeys know no number.

    said: the file that takes what the server prints; without one it goes where ours goes.
    """
    port = free_port()
    address = f"http://localhost:{port}"
    sink = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND) if said else None
    server = subprocess.Popen(
        [
            sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "localhost",
            "--port", str(port), "--lifespan", "off", "--log-level", "warning",
        ],
        cwd=BASE_DIR,
        env={**os.environ, "PUBLIC_URL": address, **environment},
        stdout=sink,
        stderr=sink,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - before any thread
    )  # fmt: skip
    if sink is not None:
        os.close(sink)
    try:
        _wait(server, address)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: "subprocess.Popen[bytes]", address: str, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}; its words stand above")
        try:
            urllib.request.urlopen(f"{address}/lich", timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer")
