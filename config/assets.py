"""What pages are drawn with: taken from npm by lock, made fit for us at set-up, never committed.

`build()` fetches the packages and writes DATA_DIR/assets/vendor/: the GOV.UK and MOJ style sheets
and scripts without their typeface, crest and source maps, and Be Vietnam Pro cut to what we show.
Beside them stands our own style sheet, joined from `config/styles/`: one request, not ten.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from fontTools import subset

from config.embedded import BASE_DIR, data_dir

LOCK = BASE_DIR / "package-lock.json"
NODE_MODULES = BASE_DIR / "node_modules"
FOLDER = data_dir() / "assets"
VENDOR = FOLDER / "vendor"
GOVUK = NODE_MODULES / "govuk-frontend" / "dist" / "govuk"
MOJ = NODE_MODULES / "@ministryofjustice" / "frontend" / "moj"
FONT = NODE_MODULES / "@fontsource" / "be-vietnam-pro"
STYLES = BASE_DIR / "config" / "styles"
OURS_JOINED = FOLDER / "kit" / "mai-am.css"
# A later part stands over an earlier one.
OUR_PARTS = (
    "base", "top", "forms", "work", "cards", "pictures", "moj", "shapes", "widths", "paper",
)  # fmt: skip
WEIGHTS = (400, 600)
SCRIPTS = ("vietnamese", "latin")
# What Vietnamese and English are written with; the packages carry half of Europe besides.
LETTERS = {
    *range(0x20, 0x7F), *range(0xC0, 0x100), 0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169,
    0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x300, 0x304), 0x306, 0x309, 0x31B, 0x323,
    *range(0x1EA0, 0x1EFA), 0x20AB, *map(ord, "\u00a0\u00ad§°±²³·½×÷–—‘’“”…•−≤≥→"),
}  # fmt: skip
# The parts of MOJ Frontend on our pages; a test compares them with the templates.
GOVUK_UNUSED = (
    "accordion", "breadcrumbs", "character-count", "cookie-banner", "feedback", "generic-header",
    "header", "language-navigation", "notification-banner", "pagination", "phase-banner", "tabs",
    "warning-text",
)  # fmt: skip
MOJ_PARTS = ("alert", "side-navigation", "sub-navigation", "timeline")
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl"]
OURS = 'var(--font,"Be Vietnam Pro",system-ui,arial,sans-serif)'


class AssetsMissing(Exception):
    """The pages' assets cannot be made; the text is one sentence for a person."""


def fetch(*, with_tools: bool = False) -> None:
    """Bring the npm packages as locked; `with_tools` adds those only tests need."""
    stamp = NODE_MODULES / (".all" if with_tools else ".run")
    wanted = _hash(LOCK)
    if any(_read(NODE_MODULES / name) == wanted for name in {".all", stamp.name}):
        return
    leave_out = [] if with_tools else ["--omit=dev"]
    done = subprocess.run(  # noqa: S603 - npm itself, no shell
        [npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *leave_out],
        cwd=BASE_DIR, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env=_environment(),
    )  # fmt: skip
    if done.returncode:
        raise AssetsMissing(f"npm could not fetch the pages' assets: {_complaint(done.stderr)}")
    stamp.write_text(wanted)


def _environment() -> dict[str, str]:
    """npm finds the node beside it, and trusts whom the machine trusts."""
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}


def _complaint(words: str) -> str:
    """What npm says went wrong, in one line."""
    lines = [line.removeprefix("npm error ").strip() for line in words.splitlines()]
    return "; ".join([line for line in lines if line][:3]) or "no reason was given"


def npm() -> str:
    """The npm to call: the machine's own, or the one that requirements/node.txt brings."""
    beside = Path(sys.executable).parent / "npm"
    found = shutil.which("npm") or (str(beside) if beside.exists() else None)
    if found is None:
        raise AssetsMissing("npm is missing: run `make setup`, which brings one by pip.")
    return found


def build() -> bool:
    """Join our style sheet; write `vendor/` if the lock or this file changed: returns whether."""
    _join_our_styles()
    wanted = _hash(LOCK, Path(__file__))
    stamp = FOLDER / ".stamp"
    if _read(stamp) == wanted:
        return False
    fetch()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    _copy_styles()
    _copy_scripts()
    _copy_fonts()
    stamp.write_text(wanted)
    return True


def _join_our_styles() -> None:
    """Untouched where nothing changed: static files are collected by their time."""
    joined = "\n".join((STYLES / f"{part}.css").read_text() for part in OUR_PARTS)
    if _read(OURS_JOINED) != joined:
        OURS_JOINED.parent.mkdir(parents=True, exist_ok=True)
        OURS_JOINED.write_text(joined)


def rewrite_styles(css: str) -> str:
    """A GOV.UK or MOJ style sheet without its typeface, crest and map; images lie beside it."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r"GDS Transport,arial,sans-serif", OURS, css)
    css = re.sub(r"url\([^)]*govuk-crest[^)]*\)", "none", css)
    css = re.sub(r"url\(/assets/images/([^)]*)\)", r"url(./images/\1)", css)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def only_parts(css: str, parts: tuple[str, ...] = MOJ_PARTS) -> str:
    """The rules of a minified style sheet that draw the parts we use: 95 KB become 21."""
    used = re.compile(rf"\.moj-(?:{'|'.join(parts)})")
    return _kept(css, lambda selector: bool(used.search(selector)))


def without_parts(css: str, parts: tuple[str, ...] = GOVUK_UNUSED) -> str:
    """A minified style sheet less the rules that draw only parts we never use."""
    unused = re.compile(rf"\.govuk-(?:{'|'.join(parts)})\b")
    return _kept(css, lambda selector: not unused.search(selector))


def _kept(css: str, is_wanted: Callable[[str], bool]) -> str:
    """The style sheet with wanted selectors only; conditions keep what is left inside them."""
    kept = []
    for head, body in _blocks(css):
        if head.startswith(("@media", "@supports")):
            inner = _kept(body, is_wanted)
            kept.append(f"{head}{{{inner}}}" if inner else "")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        elif selectors := [one for one in _selectors(head) if is_wanted(one)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each `head{body}` of the outermost level, braces inside counted."""
    depth = start = opened = 0
    for at, letter in enumerate(css):
        if letter == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : at]
                start = at + 1


def _selectors(head: str) -> list[str]:
    """Parted at commas, but not at those inside brackets: `:not(a,b)`."""
    return re.split(r",(?![^(]*\))", head)


def rewrite_script(script: str) -> str:
    """A script without its map: the manifest of static files would ask for it."""
    return re.sub(r"//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)


def _copy_styles() -> None:
    images = set()
    for source in (GOVUK / "govuk-frontend.min.css", MOJ / "moj-frontend.min.css"):
        css = rewrite_styles(source.read_text())
        css = only_parts(css) if source.is_relative_to(MOJ) else without_parts(css)
        (VENDOR / source.name).write_text(css)
        images |= set(re.findall(r"url\(\./images/([^)]*)\)", css))
    (VENDOR / "images").mkdir()
    for image in sorted(images):
        shutil.copy(MOJ / "assets" / "images" / image, VENDOR / "images" / image)


def _copy_scripts() -> None:
    for source in (GOVUK / "govuk-frontend.min.js", MOJ / "moj-frontend.min.js"):
        (VENDOR / source.name).write_text(rewrite_script(source.read_text()))


def _copy_fonts() -> None:
    """Hints out, features cut to what text needs: 67 KB become 32."""
    folder = VENDOR / "be-vietnam-pro"
    folder.mkdir()
    shutil.copy(FONT / "LICENSE", folder / "LICENSE")
    for weight in WEIGHTS:
        faces = []
        for script in SCRIPTS:
            name = f"be-vietnam-pro-{script}-{weight}-normal.woff2"
            _cut(FONT / "files" / name, folder / name)
            faces.append(_face(weight, script, name))
        (folder / f"{weight}.css").write_text("".join(faces))


def _cut(source: Path, target: Path) -> None:
    options = subset.Options(hinting=False, flavor="woff2", layout_features=FEATURES)
    with subset.load_font(str(source), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=set(font.getBestCmap()) & LETTERS)
        cutter.subset(font)
        subset.save_font(font, str(target), options)


def _face(weight: int, script: str, name: str) -> str:
    """The @font-face rule of one file, with the range of letters that its package names."""
    css = (FONT / f"{weight}.css").read_text()
    found = re.search(rf"pro-{script}-{weight}-normal \*/.*?unicode-range: ([^;]*);", css, re.S)
    if found is None:
        raise AssetsMissing(f"The typeface's style sheet no longer names {name}.")
    return (
        f'@font-face{{font-family:"Be Vietnam Pro";font-style:normal;font-display:swap;'
        f'font-weight:{weight};src:url(./{name}) format("woff2");'
        f"unicode-range:{found.group(1)}}}\n"
    )


def _hash(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""
