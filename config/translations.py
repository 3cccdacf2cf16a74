"""What the pages say against what the catalogues hold: nothing marked untranslated, nothing bare.

`locale/vi` of each app holds the Vietnamese of that app's own English texts. English needs no
catalogue: the texts in the code are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from config.embedded import BASE_DIR

APPS = (
    "config", "figures", "hotline", "shelters", "referral", "casework", "network", "safekeeping",
)  # fmt: skip
LOCALE = Path("locale/vi/LC_MESSAGES/django.po")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    name + lazy: places
    for lazy in ("", "_lazy")
    for name, places in {
        "_": None,
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!%)%[sd]|\{(\w*)\}")
NOT_TEXT = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}"
    r"|<(script|style|svg)\b.*?</\1>|<!.*?>|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"')
LETTERS = re.compile(r"[^\W\d_]{2,}")
NAMES = {"English", "Tiếng", "Việt", "HY", "nbsp", "PT"}


@dataclass(frozen=True)
class Text:
    """One text to translate; `plural` is empty for most."""

    context: str
    single: str
    plural: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What a catalogue knows it by."""
        return self.context, self.single


def texts_of(app: str) -> dict[tuple[str, str], Text]:
    """Return the app's marked texts, by context and English wording."""
    found = (text for path in sources(app) for text in texts_in(path))
    return {text.key: text for text in found}


def sources(app: str) -> Iterator[Path]:
    """Yield the app's code and templates."""
    for pattern in ("*.py", "*.html", "*.txt"):
        for path in sorted((BASE_DIR / app).rglob(pattern)):
            if "migrations" not in path.parts:
                yield path


def texts_in(path: Path) -> Iterator[Text]:
    """Yield the marked texts of one file."""
    source = path.read_text()
    if path.suffix != ".py":
        # Indentation means something to the reader of Python and nothing here.
        source = re.sub(r"(?m)^[ \t]+", "", templatize(source, origin=str(path)))
    for _line, message, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        single, plural = message if isinstance(message, tuple) else (message, "")
        if single:
            yield Text(context or "", single, plural)


def faults_of(app: str) -> list[str]:
    """Return one sentence for each text without Vietnamese, and each entry nobody asks for."""
    catalogue = {(entry.msgctxt or "", entry.msgid): entry for entry in entries(app)}
    wanted = texts_of(app)
    faults = [f"{app}: no Vietnamese for {key[1]!r}" for key in wanted if not done(catalogue, key)]
    faults += [f"{app}: nobody says {key[1]!r} any more" for key in catalogue if key not in wanted]
    return faults + [
        f"{app}: {entry.msgid!r} and its Vietnamese name different values"
        for entry in catalogue.values()
        if differs(entry)
    ]


def entries(app: str) -> list[polib.POEntry]:
    """Return the app's catalogue, obsolete entries left out."""
    path = BASE_DIR / app / LOCALE
    return [e for e in polib.pofile(str(path)) if not e.obsolete] if path.exists() else []


def done(catalogue: dict[tuple[str, str], polib.POEntry], key: tuple[str, str]) -> bool:
    """Is the text there, whole and not marked as a guess?"""
    return key in catalogue and bool(catalogue[key].translated())


def differs(entry: polib.POEntry) -> bool:
    """Does the Vietnamese name other values than the English?"""
    said = [text for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]
    named = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    return any(set(PLACEHOLDER.findall(text)) - named for text in said) or any(
        named - set(PLACEHOLDER.findall(text)) for text in said
    )


def write(app: str) -> int:
    """Add missing texts to the app's catalogue, empty, and drop unused ones; returns how many."""
    wanted, path = texts_of(app), BASE_DIR / app / LOCALE
    catalogue = polib.pofile(str(path)) if path.exists() else _new()
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue}
    for key in known.keys() - wanted.keys():
        catalogue.remove(known[key])
    added = [wanted[key] for key in wanted if key not in known]
    catalogue.extend(_entry(text) for text in added)
    if wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
    return len(added)


def _new() -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Language": "vi",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalogue


def _entry(text: Text) -> polib.POEntry:
    said = {"msgid_plural": text.plural, "msgstr_plural": {0: ""}} if text.plural else {}
    return polib.POEntry(msgid=text.single, msgctxt=text.context or None, **said)


def bare_texts(path: Path) -> list[str]:
    """Return the words of a template that nobody marked for translation."""
    source = path.read_text()
    shown = re.sub(r"<[^>]*>", "\n", NOT_TEXT.sub(" ", source))
    said = NOT_TEXT.sub(" ", source)
    words = [*shown.splitlines(), *(match for match in ATTRIBUTE.findall(said))]
    said_bare = (text.strip() for text in words if set(LETTERS.findall(text)) - NAMES)
    return [text for text in said_bare if not text.startswith("ma-")]  # a class for the page


def faults() -> list[str]:
    """Return every fault of every app."""
    marked = [fault for app in APPS for fault in faults_of(app)]
    bare = [
        f"{path.relative_to(BASE_DIR)}: not marked for translation: {text!r}"
        for app in APPS
        for path in sources(app)
        if path.suffix == ".html"
        for text in bare_texts(path)
    ]
    return marked + bare + disagreements()


def disagreements() -> list[str]:
    """One catalogue speaks for all: the same text must not mean two things without a context."""
    said: dict[tuple[str, str], dict[str, str]] = {}
    for app in APPS:
        for entry in entries(app):
            if entry.translated():
                words = entry.msgstr or entry.msgstr_plural[0]
                said.setdefault((entry.msgctxt or "", entry.msgid), {})[words] = app
    return [
        f"{', '.join(found.values())}: {key[1]!r} is said in {len(found)} ways; give it a context"
        for key, found in said.items()
        if len(found) > 1
    ]
