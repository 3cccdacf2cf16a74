"""The browser that the tests drive: the machine's own, or one unpacked from npm without root.

`python -m config.browser` (that is `make browser`) finds or makes one and prints its path.
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from config import assets
from config.embedded import BASE_DIR

HOME = BASE_DIR / "var" / "browser"
PACKAGE = assets.NODE_MODULES / "@sparticuz" / "chromium" / "bin"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_SANDBOX = "--no-sandbox"  # neither root nor the unpacked one has a sandbox to give
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{home}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{home}/cache</cachedir>
</fontconfig>
"""


class BrowserMissing(RuntimeError):
    """No browser to test with; the text says what to do."""


@dataclass(frozen=True)
class Browser:
    """What Playwright's `launch` needs: `executable_path`, `args`, `env`."""

    path: Path
    args: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)

    def launch_options(self) -> dict[str, object]:
        """Keyword arguments for `playwright.chromium.launch`."""
        return {
            "executable_path": str(self.path),
            "args": list(self.args),
            "env": {**os.environ, **self.extra},
        }


def find() -> Browser:
    """$CHROMIUM, one on the path, or the unpacked one; raises BrowserMissing."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if named:
        return Browser(Path(named), (NO_SANDBOX,) if os.getuid() == 0 else ())
    if not (HOME / ".done").exists():
        raise BrowserMissing("No browser to test with: run `make browser`.")
    return _own()


def make() -> Browser:
    """Find a browser, or unpack one under var/browser; raises BrowserMissing if it cannot start."""
    try:
        browser = find()
    except BrowserMissing:
        _unpack()
        browser = _own()
    _require_start(browser)
    return browser


def _own() -> Browser:
    return Browser(
        HOME / "chromium",
        (NO_SANDBOX, "--disable-gpu"),
        {"LD_LIBRARY_PATH": str(HOME / "lib"), "FONTCONFIG_FILE": str(HOME / "fonts.conf")},
    )


def _unpack() -> None:
    assets.fetch(with_tools=True)
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    program = HOME / "chromium"
    program.write_bytes(brotli.decompress((PACKAGE / "chromium.br").read_bytes()))
    program.chmod(0o755)
    for bundle in ("al2023.tar.br", "fonts.tar.br"):
        _untar(PACKAGE / bundle)
    (HOME / "cache").mkdir(exist_ok=True)
    # Its own fonts.conf names folders that do not exist: the first text would end the browser.
    (HOME / "fonts.conf").write_text(FONTS_CONF.format(home=HOME))
    (HOME / ".done").write_text(hashlib.sha256(assets.LOCK.read_bytes()).hexdigest())


def _untar(bundle: Path) -> None:
    packed = io.BytesIO(brotli.decompress(bundle.read_bytes()))
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(HOME, filter="data")


def _require_start(browser: Browser) -> None:
    done = subprocess.run(  # noqa: S603 - the browser itself, no shell
        [str(browser.path), "--version"],
        env={**os.environ, **browser.extra}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BrowserMissing(f"The browser {browser.path} does not start: {done.stderr.strip()}")


def main() -> None:
    """Print the browser's path; one sentence and exit 1 where there is none."""
    try:
        print(make().path)  # noqa: T201 - a command's answer
    except (BrowserMissing, assets.AssetsMissing) as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
