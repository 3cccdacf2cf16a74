"""Pictures of pages to look at: `python -m tests.browser.look --as NAME /path …`.

Each path is drawn on a phone (360 × 800) and a desktop, in Vietnamese and English, into
`DATA_DIR/looks/`; what axe finds is printed. A path that ends in `!` is shown after its first form
was sent empty. It reads the database of `make run` (DATA_DIR), signed in as NAME without the form.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("MAI_AM_MODE", "demo")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

import django
from playwright.sync_api import sync_playwright

from config import browser, embedded, files
from tests.browser import axe
from tests.browser.serving import served

SIZES = {"360": (360, 800), "1280": (1280, 800)}


def main() -> None:
    """Draw all paths; exit 1 if axe found anything or a page scrolls sideways."""
    asked = _arguments()
    with embedded.Postgres().used():
        django.setup()
        files.prepare()
        with served(DJANGO_SETTINGS_MODULE="config.settings") as address:
            faults = _look(asked, address)
    if faults:
        sys.exit(f"{faults} faults")


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--as", dest="who", default="", help="username; none: a stranger")
    parser.add_argument("--languages", default="vi,en")
    parser.add_argument("--sizes", default="360,1280")
    parser.add_argument("--click", default="", help="a selector to press before the picture")
    parser.add_argument("--out", default="", help="folder; DATA_DIR/looks by default")
    parser.add_argument("paths", nargs="+")
    return parser.parse_args()


def _look(asked: argparse.Namespace, address: str) -> int:
    from network.models import User
    from tests.browser import sessions

    user = User.objects.get(username=asked.who) if asked.who else None
    folder = Path(asked.out or embedded.data_dir() / "looks")
    folder.mkdir(parents=True, exist_ok=True)
    faults = 0
    with sync_playwright() as play:
        chromium = play.chromium.launch(**browser.find().launch_options())  # type: ignore[arg-type]
        for language in asked.languages.split(","):
            if user is not None:
                User.objects.filter(pk=user.pk).update(language=language)
            for size in asked.sizes.split(","):
                width, height = SIZES[size]
                context = chromium.new_context(
                    base_url=address,
                    viewport={"width": width, "height": height},
                    bypass_csp=True,
                )
                context.add_cookies([sessions.language_cookie(language, address)])
                if user is not None:
                    context.add_cookies([sessions.cookie_for(user, address)])
                page = context.new_page()
                page.on("console", lambda message: say(f"  console: {message.text}"))
                for path in asked.paths:
                    faults += _draw(page, path, asked, folder, f"{language}-{size}")
    return faults


def _draw(page: Any, path: str, asked: argparse.Namespace, folder: Path, kind: str) -> int:
    answer = page.goto(path.rstrip("!"))
    if path.endswith("!"):
        page.click("main form button[type=submit], main form .govuk-button")
    if asked.click:
        page.click(asked.click)
    page.wait_for_load_state("networkidle")
    name = path.strip("/").replace("/", "-").replace("?", "-").replace("!", "-loi") or "goc"
    target = folder / f"{name}.{asked.who or 'khach'}.{kind}.png"
    page.screenshot(path=str(target), full_page=True)
    faults = axe.findings(page) + [f"small: {each}" for each in axe.small_targets(page)]
    if axe.is_too_wide(page):
        faults.append("the page scrolls sideways")
    say(f"{answer.status if answer else '-'} {target}")
    for fault in faults:
        say(f"   {fault}")
    return len(faults)


if __name__ == "__main__":
    main()
