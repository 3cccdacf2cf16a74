"""Values that say of themselves what they are: one seen on a page betrays its group and its scene.

Words are `Zq<scene>x<kind>q`, numbers count through the pairs of scene and kind.
"""

import io
import re
import zipfile

SCENES = ("none", "given", "refused", "withdrawn")
KINDS = (
    "person", "contact", "whereabouts", "children", "needs", "account", "accused", "risk", "health",
    "legal", "wishes", "notes", "minutes", "evidence", "followup", "reasons", "informant", "card",
    "arrival", "holds", "message", "feedback", "answerer", "codedperson", "codedaccount",
    "codedneeds", "codedrisk", "codedwishes", "codednotes", "codedhealth", "codedvisit",
    "codedasked", "theirs",
)  # fmt: skip
Mark = tuple[str, str]  # scene, kind
_WORD = re.compile(rf"zq({'|'.join(SCENES)})x({'|'.join(KINDS)})q")
_NUMBER = re.compile(r"09810\d{5}")
_ZIP = b"PK\x03\x04"


def word(scene: str, kind: str) -> str:
    assert scene in SCENES
    assert kind in KINDS
    return f"Zq{scene}x{kind}q"


def number(scene: str, kind: str) -> str:
    return f"09810{SCENES.index(scene) * 100 + KINDS.index(kind):05d}"


def found(body: bytes) -> set[Mark]:
    """Every mark in an answer, packed files and spaced numbers too."""
    text = _text(body)
    words = {(scene, kind) for scene, kind in _WORD.findall(text.lower())}
    return words | {
        _of(one) for one in _NUMBER.findall(re.sub(r"(?<=\d)[ .\u00a0]+(?=\d)", "", text))
    }


def _of(text: str) -> Mark:
    place = int(text[5:])
    return SCENES[place // 100], KINDS[place % 100]


def _text(body: bytes) -> str:
    if not body.startswith(_ZIP):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return " ".join(packed.read(one).decode("utf-8", "replace") for one in packed.namelist())
